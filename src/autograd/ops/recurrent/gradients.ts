import { type Address, NONE } from '../../../engine/engine.ts';
import type { Tensor } from '../../tensor.ts';
import type { FusedCell, Layout, Packed, Window, WindowGradients } from './contract.ts';
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

/** A window in backward, before its own gradients have a place. */
type Received = Window & Pick<WindowGradients, 'dhidden' | 'dcell'>;

/**
 * Whether no gradient reaches a window, neither from above nor from later steps: where it has vanished on its way back, what is left of a long
 * sequence need not be gone through. The last state is asked first, so that this costs nothing where gradients come from every step.
 */
export function untouched({ tape: { engine }, B, H }: Layout, T: number, dhidden: Address, dcell: Address): boolean {
  const n = B * H;
  const isZero = (gradient: Address, size: number): boolean => engine.sumSquares(gradient, size) === 0;
  return isZero(dhidden + T * n, n) && (dcell === NONE || isZero(dcell, n)) && isZero(dhidden + n, (T - 1) * n);
}

/**
 * Back through a window that begins at step `from`: the time loop, then the gradients of x and of all weights that these steps bring.
 * Windows one after another, the last one first, add up to the bits of the whole.
 */
export function backThrough(
  at: Layout,
  cell: FusedCell,
  x: Tensor,
  from: number,
  window: Received,
  packed: Packed,
  { dx, dwIh, dbIh, dwHh, dbHh }: Targets,
): void {
  const { B, D, H, G, weights } = at;
  const { engine } = at.tape;
  const rows = window.T * B;
  const input = x.address + from * B * D;
  engine.arena.scope(() => {
    const dgates = engine.arena.take(rows * G);
    const dcandidate = cell.candidate ? engine.arena.take(rows * H) : NONE;
    const back: WindowGradients = { ...window, dgates, dcandidate };
    cell.backward(at, back, packed);
    if (dx !== NONE) engine.gemmNn(dx + from * B * D, dgates, weights.wIh.address, rows, D, G);
    if (dwIh !== NONE) engine.gemmTn(dwIh, dgates, input, G, D, rows);
    if (dbIh !== NONE) engine.reduce(dbIh, dgates, 1, rows, G, true);
    cell.recurrentGradients(at, dwHh, dbHh, back);
  });
}
