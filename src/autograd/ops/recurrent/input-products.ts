import type { Address } from '../../../engine/engine.ts';
import type { FusedCell, Layout } from './contract.ts';

/** Rows of an input product from which on weights are laid out once for all of them: above them the engine would do it again. */
const ROWS_WORTH_PACKING = 961;

/** w_ih packed, by this pass or an earlier one; undefined where all T steps together are too few to gain by it. */
export function inputPanels({ tape, T, B, D, G, weights }: Layout): Address | undefined {
  const kept = tape.packed(weights.wIh, G, D);
  if (kept !== undefined || T * B < ROWS_WORTH_PACKING) return kept;
  const { engine } = tape;
  const panels = engine.arena.take(engine.packedSize(G, D));
  engine.pack(panels, weights.wIh.address, G, D);
  return panels;
}

/** `gates[steps·B, G] = b_ih (+ b_hh where it adds) + x·w_ihᵀ`, with what {@link inputPanels} gave. */
export function inputProducts(
  { tape: { engine }, B, D, H, G, weights }: Layout,
  cell: FusedCell,
  gates: Address,
  x: Address,
  steps: number,
  panels: Address | undefined,
): void {
  engine.arena.scope(() => {
    const bias = engine.arena.take(G);
    const both = H * cell.biased;
    engine.binary('add', bias, weights.bIh.address, weights.bHh.address, both);
    if (both < G) engine.copy(bias + both, weights.bIh.address + both, G - both);
    if (panels === undefined) engine.gemmNt(gates, x, weights.wIh.address, steps * B, G, D, { bias });
    else engine.gemmPacked(gates, x, panels, steps * B, G, D, { bias });
  });
}
