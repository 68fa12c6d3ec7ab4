import type { Network } from '../../nn/index.ts';
import { crossEntropy } from '../../nn/index.ts';
import type { Objective } from '../../train/index.ts';
import type { TagInputs } from './features.ts';

/** A sequence to learn from or to be asked about. */
export interface Example extends TagInputs {
  /** T */
  length: number;
  /** Class per step, −1 for none. */
  labels: Int32Array;
  /** Which steps count, and how much; 0 for those that only warm the memory up. */
  weights: Float64Array;
}

/** Only the steps that `keeps` says count; examples without any are left out. */
export function counting(examples: readonly Example[], keeps: (example: number, t: number) => boolean): Example[] {
  return examples
    .map((one, i) => ({ ...one, weights: one.weights.map((weight, t) => (keeps(i, t) ? weight : 0)) }))
    .filter(({ weights }) => weights.some((weight) => weight > 0));
}

/** Multiplies the weights of steps by those of their classes. */
export function weighted(examples: readonly Example[], classWeights: ArrayLike<number>): Example[] {
  return examples.map((one) => ({
    ...one,
    weights: one.weights.map((weight, t) => (one.labels[t] < 0 ? 0 : weight * classWeights[one.labels[t]])),
  }));
}

/** Inputs of some sequences side by side, padded with zeros to the longest, [B, T, D]. */
export function batchOf(
  sequences: readonly Float64Array[],
  D: number,
): { x: Float64Array; T: number; lengths: number[] } {
  const lengths = sequences.map(({ length }) => length / D);
  const T = Math.max(...lengths);
  const x = new Float64Array(sequences.length * T * D);
  sequences.forEach((rows, b) => {
    x.set(rows, b * T * D);
  });
  return { x, T, lengths };
}

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

/** Classes of the steps that count, in the order of `onLogits`. */
export function countedLabels(all: readonly Example[]): Int32Array {
  return Int32Array.from(all.flatMap(({ labels, weights }) => Array.from(labels).filter((_, t) => weights[t] > 0)));
}
