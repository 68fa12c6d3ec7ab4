import { type Address, NONE, type Skip } from '../../../engine/engine.ts';
import type { Layout } from './contract.ts';

/** `N` rows of w_hh from row `from` on, packed, in this pass or before; transposed for backward. */
export function packed(
  { tape, H, weights }: Layout,
  from: number,
  N: number,
  transposed: boolean,
  w = weights.wHh,
): Address {
  const kept = transposed ? undefined : tape.packed(w, N, H, from * H);
  if (kept !== undefined) return kept;
  const { engine } = tape;
  const [rows, K] = transposed ? [H, N] : [N, H];
  const address = engine.arena.take(engine.packedSize(rows, K));
  engine.pack(address, w.address + from * H, rows, K, transposed);
  return address;
}

export function skipOf(at: Layout, transposed: boolean): Skip | undefined {
  return at.skip && { delay: at.delay, w: packed(at, 0, at.G, transposed, at.skip.weight) };
}

/** `dw_hh += dgatesᵀ·h'`, `dw_sk += dgatesᵀ·h_{t−d}`, `db_hh += Σ dgates`; `hidden` starts with the state before the window, so row t is h_{t−1}. */
export function addRecurrentGradients(
  { tape, B, H, G, skip, delay }: Layout,
  dw: Address,
  db: Address,
  T: number,
  hidden: Address,
  dgates: Address,
): void {
  const { engine } = tape;
  if (dw !== NONE) engine.gemmTn(dw, dgates, hidden, G, H, T * B);
  const dsk = skip ? tape.gradientOf(skip.weight) : NONE;
  if (dsk !== NONE) engine.gemmTn(dsk, dgates, hidden - (delay - 1) * B * H, G, H, T * B);
  if (db !== NONE) engine.reduce(db, dgates, 1, T * B, G, true);
}
