import { type Address, NONE } from '../../../engine/engine.ts';
import type { Tensor } from '../../tensor.ts';
import type { FusedCell, Layout, WindowGradients } from './contract.ts';
import { extrasOf } from './layout.ts';

/** Where the gradients of x and of the weights lie; `NONE` where they are not wanted. */
export interface Targets {
  dx: Address;
  dwIh: Address;
  dbIh: Address;
  dwHh: Address;
  dbHh: Address;
}

/** Asked for before any scope: a gradient's place has to outlive the window. */
export function targets({ tape, weights, skip }: Layout, cell: FusedCell, x: Tensor): Targets {
  for (const tensor of extrasOf(cell, skip)) tape.gradientOf(tensor);
  return {
    dx: tape.gradientOf(x),
    dwIh: tape.gradientOf(weights.wIh),
    dbIh: tape.gradientOf(weights.bIh),
    dwHh: tape.gradientOf(weights.wHh),
    dbHh: tape.gradientOf(weights.bHh),
  };
}

/** The gradients of x and of all weights that the steps from `from` on bring. */
export function windowGradients(
  at: Layout,
  cell: FusedCell,
  x: Address,
  from: number,
  window: WindowGradients,
  { dx, dwIh, dbIh, dwHh, dbHh }: Targets,
): void {
  const { B, D, G, weights } = at;
  const { engine } = at.tape;
  const rows = window.T * B;
  const first = from * B * D;
  if (dx !== NONE) engine.gemmNn(dx + first, window.dgates, weights.wIh.address, rows, D, G);
  if (dwIh !== NONE) engine.gemmTn(dwIh, window.dgates, x + first, G, D, rows);
  if (dbIh !== NONE) engine.reduce(dbIh, window.dgates, 1, rows, G, true);
  cell.recurrentGradients(at, dwHh, dbHh, window);
}
