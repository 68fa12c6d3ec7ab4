import { crossEntropy, type Network } from '../../../nn/index.ts';
import type { Objective } from '../../../train/index.ts';
import { batchOf } from '../inputs.ts';
import type { Example } from './examples.ts';

/**
 * Mean cross-entropy per step that counts.
 *
 * @param onLogits receives the logits [steps that count, K] after each whole pass over the examples in their order
 */
export function objectiveOf(
  network: Network,
  all: readonly Example[],
  { D, K }: { D: number; K: number },
  onLogits?: (logits: Float64Array) => void,
): Objective {
  const total = (batch: Iterable<number>): number => {
    let sum = 0;
    for (const i of batch) for (const weight of all[i].weights) sum += weight;
    return sum;
  };
  const counted = all.reduce((n, { weights }) => n + weights.filter((weight) => weight > 0).length, 0);
  let logits = new Float64Array(0);
  let filled = 0;
  return {
    examples: all.length,
    weight: total,
    loss(batch, pass, tape) {
      const chosen = Array.from(batch, (i) => all[i]);
      const { x, T, lengths } = batchOf(
        chosen.map(({ rows }) => rows),
        D,
      );
      const B = chosen.length;
      const targets = new Int32Array(B * T).fill(-1);
      const weights = new Float64Array(B * T);
      chosen.forEach((one, b) => {
        targets.set(one.labels, b * T);
        weights.set(one.weights, b * T);
      });
      const y = network.root.forward(tape.constant(x, [B, T, D]), { ...pass, lengths });
      if (onLogits) {
        // Batches of an evaluation come in order: the first one begins a new pass, the last one completes it.
        if (batch[0] === 0) {
          logits = new Float64Array(counted * K);
          filled = 0;
        }
        const values = y.values();
        weights.forEach((weight, i) => {
          if (weight === 0) return;
          for (let k = 0; k < K; k++) logits[filled++] = values[i * K + k];
        });
        if (batch[batch.length - 1] === all.length - 1) onLogits(logits);
      }
      return crossEntropy(y, { values: targets, shape: [B, T] }, { weights });
    },
  };
}
