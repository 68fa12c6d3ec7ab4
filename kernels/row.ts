// One row of A: there is nothing to share a panel with, so speed is that of reading the weights. Four panels side by side give
// the chains that hide the latency of an addition.
import { madd, WIDE } from './tier';
import { bytes, NONE } from './vector';
import { PANEL, PANEL_STEP, ZEROS } from './tile';

/** c[N] = from + a[K] · W for N a multiple of four panels, `bp` bytes apart. `from`: c itself, a bias, or NONE. */
export function rowPanels(c: usize, from: usize, a: usize, b: usize, bp: usize, N: i32, K: i32): void {
  for (; N > 0; N -= 4 * PANEL) {
    fourPanels(c, from == NONE ? ZEROS : from, a, b, bp, K);
    c += PANEL_STEP << 2;
    if (from != NONE) from += PANEL_STEP << 2;
    b += bp << 2;
  }
}

function fourPanels(c: usize, from: usize, a: usize, b: usize, bp: usize, K: i32): void {
  let x00 = v128.load(from);
  let x01 = v128.load(from, 16);
  let x02 = WIDE ? v128.load(from, 32) : x00;
  let x03 = WIDE ? v128.load(from, 48) : x00;
  from += PANEL_STEP;
  let x10 = v128.load(from);
  let x11 = v128.load(from, 16);
  let x12 = WIDE ? v128.load(from, 32) : x00;
  let x13 = WIDE ? v128.load(from, 48) : x00;
  from += PANEL_STEP;
  let x20 = v128.load(from);
  let x21 = v128.load(from, 16);
  let x22 = WIDE ? v128.load(from, 32) : x00;
  let x23 = WIDE ? v128.load(from, 48) : x00;
  from += PANEL_STEP;
  let x30 = v128.load(from);
  let x31 = v128.load(from, 16);
  let x32 = WIDE ? v128.load(from, 32) : x00;
  let x33 = WIDE ? v128.load(from, 48) : x00;
  let b1 = b + bp;
  let b2 = b1 + bp;
  let b3 = b2 + bp;
  const end = a + bytes(K);
  while (a < end) {
    const s = v128.load32_splat(a);
    x00 = madd(x00, s, v128.load(b));
    x01 = madd(x01, s, v128.load(b, 16));
    if (WIDE) x02 = madd(x02, s, v128.load(b, 32));
    if (WIDE) x03 = madd(x03, s, v128.load(b, 48));
    x10 = madd(x10, s, v128.load(b1));
    x11 = madd(x11, s, v128.load(b1, 16));
    if (WIDE) x12 = madd(x12, s, v128.load(b1, 32));
    if (WIDE) x13 = madd(x13, s, v128.load(b1, 48));
    x20 = madd(x20, s, v128.load(b2));
    x21 = madd(x21, s, v128.load(b2, 16));
    if (WIDE) x22 = madd(x22, s, v128.load(b2, 32));
    if (WIDE) x23 = madd(x23, s, v128.load(b2, 48));
    x30 = madd(x30, s, v128.load(b3));
    x31 = madd(x31, s, v128.load(b3, 16));
    if (WIDE) x32 = madd(x32, s, v128.load(b3, 32));
    if (WIDE) x33 = madd(x33, s, v128.load(b3, 48));
    a += 4;
    b += PANEL_STEP;
    b1 += PANEL_STEP;
    b2 += PANEL_STEP;
    b3 += PANEL_STEP;
  }
  v128.store(c, x00);
  v128.store(c, x01, 16);
  if (WIDE) v128.store(c, x02, 32);
  if (WIDE) v128.store(c, x03, 48);
  c += PANEL_STEP;
  v128.store(c, x10);
  v128.store(c, x11, 16);
  if (WIDE) v128.store(c, x12, 32);
  if (WIDE) v128.store(c, x13, 48);
  c += PANEL_STEP;
  v128.store(c, x20);
  v128.store(c, x21, 16);
  if (WIDE) v128.store(c, x22, 32);
  if (WIDE) v128.store(c, x23, 48);
  c += PANEL_STEP;
  v128.store(c, x30);
  v128.store(c, x31, 16);
  if (WIDE) v128.store(c, x32, 32);
  if (WIDE) v128.store(c, x33, 48);
}
