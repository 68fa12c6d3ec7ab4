import type { Address } from '../../../engine/engine.ts';
import type { FusedCell, Layout } from './contract.ts';

/** Rows of an input product from which on weights are laid out once for all of them: above them the engine would do it again. */
const ROWS_WORTH_PACKING = 961;

/** `gates[steps·B, G] = b_ih (+ b_hh where it adds) + x·w_ihᵀ`. */
export function inputProducts(
  { tape, B, D, H, G, weights }: Layout,
  cell: FusedCell,
  x: Address,
  steps: number,
): Address {
  const { engine } = tape;
  const gates = engine.arena.take(steps * B * G);
  engine.arena.scope(() => {
    const bias = engine.arena.take(G);
    const both = H * cell.biased;
    engine.binary('add', bias, weights.bIh.address, weights.bHh.address, both);
    if (both < G) engine.copy(bias + both, weights.bIh.address + both, G - both);
    const kept = tape.packed(weights.wIh, G, D);
    if (kept !== undefined) {
      engine.gemmPacked(gates, x, kept, steps * B, G, D, { bias });
      return;
    }
    if (steps * B < ROWS_WORTH_PACKING) {
      engine.gemmNt(gates, x, weights.wIh.address, steps * B, G, D, { bias });
      return;
    }
    const panels = engine.arena.take(engine.packedSize(G, D));
    engine.pack(panels, weights.wIh.address, G, D);
    engine.gemmPacked(gates, x, panels, steps * B, G, D, { bias });
  });
  return gates;
}
