// The tile: R rows by V vectors of C in registers, one step of k after the other. Each element of C is one chain, so which tile an
// element falls into never shows in exact arithmetic.
//
//   panel of B:   [k = 0: column 0 … PANEL−1][k = 1: …] …
//   A row-major:  row r at a + r·rs, step k at + k·ks
//   A in tiles:   [k = 0: row 0 … R−1][k = 1: …] …
//
// V8 has 15 vector registers: accumulators, a row of B, a number of A and (without fused multiply-add) a product must fit. On wide
// hosts two vectors share one. The body is written once; with R and V known at compile time what they leave out falls away.
import { FMA, madd, WIDE } from './tier';

/** Most rows of a tile. */
export const ROWS: i32 = FMA ? 6 : WIDE ? 5 : 4;
/** Columns of a panel: two vectors, or four on wide hosts. */
export const PANEL: i32 = WIDE ? 16 : 8;
/** Bytes of one step of k in a panel. */
export const PANEL_STEP: usize = <usize>PANEL << 2;
/** A row of zeros, four panels long: what a product starts from that adds to nothing. */
export const ZEROS: usize = memory.data(256);

/**
 * C = from + A · B over K steps. `from`: C itself, or with fs = 0 one row for all. It is always loaded: V8 does not merge pairs of
 * accumulators that may come from two places. `tiles`: A stands in tiles.
 */
@inline
function multiply(R: i32, V: i32, tiles: bool, c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  let x00 = v128.load(from);
  let x01 = v128.load(from, 16);
  let x02 = V > 2 ? v128.load(from, 32) : x00;
  let x03 = V > 2 ? v128.load(from, 48) : x00;
  if (R > 1) from += fs;
  let x10 = R > 1 ? v128.load(from) : x00;
  let x11 = R > 1 ? v128.load(from, 16) : x00;
  let x12 = R > 1 && V > 2 ? v128.load(from, 32) : x00;
  let x13 = R > 1 && V > 2 ? v128.load(from, 48) : x00;
  if (R > 2) from += fs;
  let x20 = R > 2 ? v128.load(from) : x00;
  let x21 = R > 2 ? v128.load(from, 16) : x00;
  let x22 = R > 2 && V > 2 ? v128.load(from, 32) : x00;
  let x23 = R > 2 && V > 2 ? v128.load(from, 48) : x00;
  if (R > 3) from += fs;
  let x30 = R > 3 ? v128.load(from) : x00;
  let x31 = R > 3 ? v128.load(from, 16) : x00;
  let x32 = R > 3 && V > 2 ? v128.load(from, 32) : x00;
  let x33 = R > 3 && V > 2 ? v128.load(from, 48) : x00;
  if (R > 4) from += fs;
  let x40 = R > 4 ? v128.load(from) : x00;
  let x41 = R > 4 ? v128.load(from, 16) : x00;
  let x42 = R > 4 && V > 2 ? v128.load(from, 32) : x00;
  let x43 = R > 4 && V > 2 ? v128.load(from, 48) : x00;
  if (R > 5) from += fs;
  let x50 = R > 5 ? v128.load(from) : x00;
  let x51 = R > 5 ? v128.load(from, 16) : x00;
  let x52 = R > 5 && V > 2 ? v128.load(from, 32) : x00;
  let x53 = R > 5 && V > 2 ? v128.load(from, 48) : x00;
  // V8 knows of what is computed, not of what is passed in, that its upper half is 0, and would copy both addresses at every step.
  a &= ~3;
  b &= ~3;
  let a1 = a + rs;
  let a2 = a + 2 * rs;
  let a3 = a + 3 * rs;
  let a4 = a + 4 * rs;
  let a5 = a + 5 * rs;
  if (tiles) {
    // Where memory begins plus such an offset is one addition a row and step, unless V8 finds it made before the loop: once for all.
    if (R > 1) v128.load32_splat(a, 4);
    if (R > 2) v128.load32_splat(a, 8);
    if (R > 3) v128.load32_splat(a, 12);
    if (R > 4) v128.load32_splat(a, 16);
    if (R > 5) v128.load32_splat(a, 20);
  }
  const end = b + <usize>K * PANEL_STEP;
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = V > 2 ? v128.load(b, 32) : b0;
    const b3 = V > 2 ? v128.load(b, 48) : b0;
    const s0 = v128.load32_splat(a);
    x00 = madd(x00, s0, b0);
    x01 = madd(x01, s0, b1);
    if (V > 2) x02 = madd(x02, s0, b2);
    if (V > 2) x03 = madd(x03, s0, b3);
    if (R > 1) {
      const s = tiles ? v128.load32_splat(a, 4) : v128.load32_splat(a1);
      x10 = madd(x10, s, b0);
      x11 = madd(x11, s, b1);
      if (V > 2) x12 = madd(x12, s, b2);
      if (V > 2) x13 = madd(x13, s, b3);
      if (!tiles) a1 += ks;
    }
    if (R > 2) {
      const s = tiles ? v128.load32_splat(a, 8) : v128.load32_splat(a2);
      x20 = madd(x20, s, b0);
      x21 = madd(x21, s, b1);
      if (V > 2) x22 = madd(x22, s, b2);
      if (V > 2) x23 = madd(x23, s, b3);
      if (!tiles) a2 += ks;
    }
    if (R > 3) {
      const s = tiles ? v128.load32_splat(a, 12) : v128.load32_splat(a3);
      x30 = madd(x30, s, b0);
      x31 = madd(x31, s, b1);
      if (V > 2) x32 = madd(x32, s, b2);
      if (V > 2) x33 = madd(x33, s, b3);
      if (!tiles) a3 += ks;
    }
    if (R > 4) {
      const s = tiles ? v128.load32_splat(a, 16) : v128.load32_splat(a4);
      x40 = madd(x40, s, b0);
      x41 = madd(x41, s, b1);
      if (V > 2) x42 = madd(x42, s, b2);
      if (V > 2) x43 = madd(x43, s, b3);
      if (!tiles) a4 += ks;
    }
    if (R > 5) {
      const s = tiles ? v128.load32_splat(a, 20) : v128.load32_splat(a5);
      x50 = madd(x50, s, b0);
      x51 = madd(x51, s, b1);
      if (V > 2) x52 = madd(x52, s, b2);
      if (V > 2) x53 = madd(x53, s, b3);
      if (!tiles) a5 += ks;
    }
    a += tiles ? <usize>R << 2 : ks;
    b += PANEL_STEP;
  }
  if (V > 2) v128.store(c, x03, 48);
  if (V > 2) v128.store(c, x02, 32);
  v128.store(c, x01, 16);
  v128.store(c, x00);
  if (R > 1) {
    c += cs;
    if (V > 2) v128.store(c, x13, 48);
    if (V > 2) v128.store(c, x12, 32);
    v128.store(c, x11, 16);
    v128.store(c, x10);
  }
  if (R > 2) {
    c += cs;
    if (V > 2) v128.store(c, x23, 48);
    if (V > 2) v128.store(c, x22, 32);
    v128.store(c, x21, 16);
    v128.store(c, x20);
  }
  if (R > 3) {
    c += cs;
    if (V > 2) v128.store(c, x33, 48);
    if (V > 2) v128.store(c, x32, 32);
    v128.store(c, x31, 16);
    v128.store(c, x30);
  }
  if (R > 4) {
    c += cs;
    if (V > 2) v128.store(c, x43, 48);
    if (V > 2) v128.store(c, x42, 32);
    v128.store(c, x41, 16);
    v128.store(c, x40);
  }
  if (R > 5) {
    c += cs;
    if (V > 2) v128.store(c, x53, 48);
    if (V > 2) v128.store(c, x52, 32);
    v128.store(c, x51, 16);
    v128.store(c, x50);
  }
}

// One function per height, each with its own registers.
function rows1(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(1, WIDE ? 4 : 2, false, c, cs, from, fs, a, rs, ks, b, K);
}
function rows2(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(2, WIDE ? 4 : 2, false, c, cs, from, fs, a, rs, ks, b, K);
}
function rows3(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(3, WIDE ? 4 : 2, false, c, cs, from, fs, a, rs, ks, b, K);
}
function rows4(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(4, WIDE ? 4 : 2, false, c, cs, from, fs, a, rs, ks, b, K);
}
function rows5(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(5, WIDE ? 4 : 2, false, c, cs, from, fs, a, rs, ks, b, K);
}
function rows6(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(6, WIDE ? 4 : 2, false, c, cs, from, fs, a, rs, ks, b, K);
}
function tiles1(c: usize, cs: usize, from: usize, fs: usize, a: usize, b: usize, K: i32): void {
  multiply(1, WIDE ? 4 : 2, true, c, cs, from, fs, a, 0, 0, b, K);
}
function tiles2(c: usize, cs: usize, from: usize, fs: usize, a: usize, b: usize, K: i32): void {
  multiply(2, WIDE ? 4 : 2, true, c, cs, from, fs, a, 0, 0, b, K);
}
function tiles3(c: usize, cs: usize, from: usize, fs: usize, a: usize, b: usize, K: i32): void {
  multiply(3, WIDE ? 4 : 2, true, c, cs, from, fs, a, 0, 0, b, K);
}
function tiles4(c: usize, cs: usize, from: usize, fs: usize, a: usize, b: usize, K: i32): void {
  multiply(4, WIDE ? 4 : 2, true, c, cs, from, fs, a, 0, 0, b, K);
}
function tiles5(c: usize, cs: usize, from: usize, fs: usize, a: usize, b: usize, K: i32): void {
  multiply(5, WIDE ? 4 : 2, true, c, cs, from, fs, a, 0, 0, b, K);
}
function tiles6(c: usize, cs: usize, from: usize, fs: usize, a: usize, b: usize, K: i32): void {
  multiply(6, WIDE ? 4 : 2, true, c, cs, from, fs, a, 0, 0, b, K);
}
function half1(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(1, 2, false, c, cs, from, fs, a, rs, ks, b, K);
}
function half2(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(2, 2, false, c, cs, from, fs, a, rs, ks, b, K);
}
function half3(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(3, 2, false, c, cs, from, fs, a, rs, ks, b, K);
}
function half4(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(4, 2, false, c, cs, from, fs, a, rs, ks, b, K);
}
function half5(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(5, 2, false, c, cs, from, fs, a, rs, ks, b, K);
}
function half6(c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  multiply(6, 2, false, c, cs, from, fs, a, rs, ks, b, K);
}

/** R rows of one panel, A by strides. */
export function rowTile(R: i32, c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  if (R == 1) rows1(c, cs, from, fs, a, rs, ks, b, K);
  else if (R == 2) rows2(c, cs, from, fs, a, rs, ks, b, K);
  else if (R == 3) rows3(c, cs, from, fs, a, rs, ks, b, K);
  else if (R == 4) rows4(c, cs, from, fs, a, rs, ks, b, K);
  else if (R == 5) rows5(c, cs, from, fs, a, rs, ks, b, K);
  else rows6(c, cs, from, fs, a, rs, ks, b, K);
}

/** R rows of one panel, A in tiles of R rows. */
export function packedTile(R: i32, c: usize, cs: usize, from: usize, fs: usize, a: usize, b: usize, K: i32): void {
  if (R == 1) tiles1(c, cs, from, fs, a, b, K);
  else if (R == 2) tiles2(c, cs, from, fs, a, b, K);
  else if (R == 3) tiles3(c, cs, from, fs, a, b, K);
  else if (R == 4) tiles4(c, cs, from, fs, a, b, K);
  else if (R == 5) tiles5(c, cs, from, fs, a, b, K);
  else tiles6(c, cs, from, fs, a, b, K);
}

/** R rows of the first eight columns of a wide panel, A by strides. */
export function halfTile(R: i32, c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32): void {
  if (R == 1) half1(c, cs, from, fs, a, rs, ks, b, K);
  else if (R == 2) half2(c, cs, from, fs, a, rs, ks, b, K);
  else if (R == 3) half3(c, cs, from, fs, a, rs, ks, b, K);
  else if (R == 4) half4(c, cs, from, fs, a, rs, ks, b, K);
  else if (R == 5) half5(c, cs, from, fs, a, rs, ks, b, K);
  else half6(c, cs, from, fs, a, rs, ks, b, K);
}
