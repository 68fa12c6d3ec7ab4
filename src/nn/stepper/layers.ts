import type { Address } from '../../engine/engine.ts';
import { RecurveError } from '../../errors.ts';
import type { Layer } from '../layer.ts';
import type { LinearLayer } from '../layers/linear.ts';
import { planCell, tabled } from './cell.ts';
import { fused } from './chain.ts';
import type { Plan, Rows } from './plan.ts';

/**
 * A chain of layers from its input on; gives where its output will lie.
 *
 * @throws RecurveError `unsupported` for a layer that cannot be stepped
 */
export function planLayers(plan: Plan, chain: readonly Layer[], input: Rows): Rows {
  let at = input;
  /** The embedding just before, where its products are looked up instead of its rows. */
  let table: Layer | undefined;
  chain.forEach((layer, k) => {
    if (layer.config.kind === 'embedding') {
      const next = chain[k + 1];
      if (next && fused(next) && tabled(layer, next.cells[0])) table = layer;
      else at = planEmbedding(plan, layer, at.address);
    } else if (fused(layer)) {
      for (const cell of layer.cells) {
        at = planCell(plan, cell, at, table);
        table = undefined;
      }
    } else if (layer.config.kind === 'linear' || layer.config.kind === 'tied') {
      at = planLinear(plan, layer as LinearLayer, at);
    } else {
      throw new RecurveError(
        'unsupported',
        `stepper: expected embedding, plain recurrent, linear and dropout layers, got ${layer.config.kind}; step this network with predict and a carry`,
      );
    }
  });
  return at;
}

function planEmbedding(plan: Plan, { parameters: { weight } }: Layer, indices: Address): Rows {
  const { engine, B } = plan;
  const [K, D] = weight.shape;
  const table = plan.copyOf(weight.tensor.address, K * D);
  const y = plan.keep(B * D);
  plan.add(() => engine.gatherRows(y, table, indices, B, D));
  return { address: y, width: D };
}

function planLinear(plan: Plan, { weight, bias }: LinearLayer, x: Rows): Rows {
  const [N] = weight.shape;
  const y = plan.keep(plan.B * N);
  plan.product(y, bias && plan.copyOf(bias.tensor.address, N), x, plan.pack(weight.tensor.address, N, x.width), N);
  return { address: y, width: N };
}
