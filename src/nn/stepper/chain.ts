import { RecurveError } from '../../errors.ts';
import { expectLayer } from '../check.ts';
import type { Layer } from '../layer.ts';
import type { RecurrentLayer } from '../layers/recurrent.ts';

/** The layers in the order they run, without those that do nothing outside training. */
export function chainOf(layer: Layer): Layer[] {
  expectLayer('stepper', layer);
  if (layer.config.kind === 'dropout') return [];
  return layer.config.kind === 'sequential' ? Object.values(layer.children ?? {}).flatMap(chainOf) : [layer];
}

/** Whether a stepper takes this network. */
export function canStep(root: Layer): boolean {
  return chainOf(root).every((layer) => ['embedding', 'linear', 'tied'].includes(layer.config.kind) || fused(layer));
}

/** Whether a layer is a plain forward recurrent one, of cells that kernels step whole. */
export function fused(layer: Layer): layer is RecurrentLayer {
  const { kind, residual, backward, reverse, initial, returns } = layer.config;
  if (kind !== 'recurrent' || residual || backward || reverse || initial || returns) return false;
  return (layer as RecurrentLayer).cells.every(
    (cell) =>
      cell.sequence &&
      ['lstm', 'gru', 'rnn'].includes(cell.kind) &&
      cell.stateNames.join() === (cell.kind === 'lstm' ? 'h,c' : 'h') &&
      !cell.parameters.weight_sk,
  );
}

/** Numbers per row that a chain reads: one index before an embedding. */
export function widthIn([first]: readonly Layer[]): number {
  if (first?.config.kind === 'embedding') return 1;
  const shape =
    first &&
    ('cells' in first ? (first as RecurrentLayer).cells[0].parameters.weight_ih : first.parameters.weight)?.shape;
  if (shape) return shape[1];
  throw new RecurveError(
    'unsupported',
    'stepper: expected a first layer with weights, got none; step with predict and a carry',
  );
}
