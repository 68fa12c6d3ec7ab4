// One row of A: there is nothing to share a panel with, so speed is that of reading the weights. Panels side by side give the chains
// that hide the latency of an addition: eight of them on wide hosts, where four panels are left.
import { madd, WIDE } from './tier';
import { bytes, NONE } from './vector';
import { PANEL, PANEL_STEP, ZEROS } from './tile';

/** Panels side by side. */
const ABREAST: i32 = 4;

/**
 * c[N] = from + a[K] · W for N a multiple of PANEL, panels `bp` bytes apart, from the last to the first if `backward`. `from`: c itself, a
 * bias, or NONE.
 */
export function rowPanels(c: usize, from: usize, a: usize, b: usize, bp: usize, N: i32, K: i32, backward: bool): void {
  const panels = N / PANEL;
  const last = ((panels - 1) / ABREAST) * ABREAST;
  for (let i = 0; i < panels; i += ABREAST) {
    const p = backward ? last - i : i;
    const o = <usize>p * PANEL_STEP;
    const first = from == NONE ? ZEROS : from + o;
    const w = b + <usize>p * bp;
    const count = panels - p;
    if (count >= ABREAST) fourPanels(c + o, first, a, w, bp, K);
    else if (count == 3) threePanels(c + o, first, a, w, bp, K);
    else if (count == 2) twoPanels(c + o, first, a, w, bp, K);
    else onePanel(c + o, first, a, w, bp, K);
  }
}

// One function per width, each with its own registers.
function onePanel(c: usize, from: usize, a: usize, b: usize, bp: usize, K: i32): void {
  multiply(1, c, from, a, b, bp, K);
}
function twoPanels(c: usize, from: usize, a: usize, b: usize, bp: usize, K: i32): void {
  multiply(2, c, from, a, b, bp, K);
}
function threePanels(c: usize, from: usize, a: usize, b: usize, bp: usize, K: i32): void {
  multiply(3, c, from, a, b, bp, K);
}
function fourPanels(c: usize, from: usize, a: usize, b: usize, bp: usize, K: i32): void {
  multiply(4, c, from, a, b, bp, K);
}

/** P panels, P known at compile time. */
@inline
function multiply(P: i32, c: usize, from: usize, a: usize, b: usize, bp: usize, K: i32): void {
  let x00 = v128.load(from);
  let x01 = v128.load(from, 16);
  let x02 = WIDE ? v128.load(from, 32) : x00;
  let x03 = WIDE ? v128.load(from, 48) : x00;
  if (P > 1) from += PANEL_STEP;
  let x10 = P > 1 ? v128.load(from) : x00;
  let x11 = P > 1 ? v128.load(from, 16) : x00;
  let x12 = P > 1 && WIDE ? v128.load(from, 32) : x00;
  let x13 = P > 1 && WIDE ? v128.load(from, 48) : x00;
  if (P > 2) from += PANEL_STEP;
  let x20 = P > 2 ? v128.load(from) : x00;
  let x21 = P > 2 ? v128.load(from, 16) : x00;
  let x22 = P > 2 && WIDE ? v128.load(from, 32) : x00;
  let x23 = P > 2 && WIDE ? v128.load(from, 48) : x00;
  if (P > 3) from += PANEL_STEP;
  let x30 = P > 3 ? v128.load(from) : x00;
  let x31 = P > 3 ? v128.load(from, 16) : x00;
  let x32 = P > 3 && WIDE ? v128.load(from, 32) : x00;
  let x33 = P > 3 && WIDE ? v128.load(from, 48) : x00;
  // As in tile.ts.
  a &= ~3;
  b &= ~3;
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
    if (P > 1) {
      x10 = madd(x10, s, v128.load(b1));
      x11 = madd(x11, s, v128.load(b1, 16));
      if (WIDE) x12 = madd(x12, s, v128.load(b1, 32));
      if (WIDE) x13 = madd(x13, s, v128.load(b1, 48));
      b1 += PANEL_STEP;
    }
    if (P > 2) {
      x20 = madd(x20, s, v128.load(b2));
      x21 = madd(x21, s, v128.load(b2, 16));
      if (WIDE) x22 = madd(x22, s, v128.load(b2, 32));
      if (WIDE) x23 = madd(x23, s, v128.load(b2, 48));
      b2 += PANEL_STEP;
    }
    if (P > 3) {
      x30 = madd(x30, s, v128.load(b3));
      x31 = madd(x31, s, v128.load(b3, 16));
      if (WIDE) x32 = madd(x32, s, v128.load(b3, 32));
      if (WIDE) x33 = madd(x33, s, v128.load(b3, 48));
      b3 += PANEL_STEP;
    }
    a += 4;
    b += PANEL_STEP;
  }
  v128.store(c, x01, 16);
  v128.store(c, x00);
  if (WIDE) v128.store(c, x03, 48);
  if (WIDE) v128.store(c, x02, 32);
  if (P > 1) {
    c += PANEL_STEP;
    v128.store(c, x11, 16);
    v128.store(c, x10);
    if (WIDE) v128.store(c, x13, 48);
    if (WIDE) v128.store(c, x12, 32);
  }
  if (P > 2) {
    c += PANEL_STEP;
    v128.store(c, x21, 16);
    v128.store(c, x20);
    if (WIDE) v128.store(c, x23, 48);
    if (WIDE) v128.store(c, x22, 32);
  }
  if (P > 3) {
    c += PANEL_STEP;
    v128.store(c, x31, 16);
    v128.store(c, x30);
    if (WIDE) v128.store(c, x33, 48);
    if (WIDE) v128.store(c, x32, 32);
  }
}
