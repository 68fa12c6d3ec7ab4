// Products. Every element of C is one chain: it starts from what C holds (or 0) and adds a·b in the order of k that
// engine.ts states, a multiplication and an addition, each rounded. Tiles, blocks of K and tails only decide which chains
// run side by side; between blocks a chain rests in C. Zeros that fill the last panel meet only columns that are thrown away.
//
// B is read from panels of 8 columns, so that a step of k is two adjacent vectors:
//
//   panel j:  [k = 0: column 8j … 8j+7][k = 1: …] …      a panel has K · 32 bytes
import { bytes, loadPart, storePart } from './vector';

/** Rows of the tile. TILE_ROWS × 2 accumulators, 2 vectors of B, 1 of A, 1 product: 12 of V8's 15 registers. */
const TILE_ROWS: i32 = 4;
/** Columns of a panel: two vectors. */
const PANEL: i32 = 8;
const PANEL_STEP: usize = 32;
/** Panels side by side: one block of A stays in L1 for all of them, and a single row has 8 independent chains. */
const GROUP: i32 = 4;
const GROUP_COLUMNS: i32 = 32;
/** Steps of k per block: GROUP panels of a block take 16 KiB of L1. */
const K_BLOCK: i32 = 128;
/** Rows of A per block: with K_BLOCK steps 128 KiB, which stay in L2 while all columns pass. */
const M_BLOCK: i32 = 256;

/** Scratch: an edge tile, a group of panels and the tiles of one block, 147,584 bytes in all. */
const EDGE_BYTES: usize = 128;
const PANELS_BYTES: usize = 16384;
const TILE_STEP: usize = 16;

/** C[4,8] over K steps. `rs`, `ks`: bytes between rows and between steps of A. */
function tile4x2(c: usize, cs: usize, a: usize, rs: usize, ks: usize, b: usize, K: i32, accumulate: bool): void {
  let a1 = a + rs;
  let a2 = a1 + rs;
  let a3 = a2 + rs;
  const c1 = c + cs;
  const c2 = c1 + cs;
  const c3 = c2 + cs;
  let x00 = f32x4.splat(0);
  let x01 = x00;
  let x10 = x00;
  let x11 = x00;
  let x20 = x00;
  let x21 = x00;
  let x30 = x00;
  let x31 = x00;
  if (accumulate) {
    x00 = v128.load(c);
    x01 = v128.load(c, 16);
    x10 = v128.load(c1);
    x11 = v128.load(c1, 16);
    x20 = v128.load(c2);
    x21 = v128.load(c2, 16);
    x30 = v128.load(c3);
    x31 = v128.load(c3, 16);
  }
  const end = b + <usize>K * PANEL_STEP;
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    x00 = f32x4.add(x00, f32x4.mul(s, b0));
    x01 = f32x4.add(x01, f32x4.mul(s, b1));
    s = v128.load32_splat(a1);
    x10 = f32x4.add(x10, f32x4.mul(s, b0));
    x11 = f32x4.add(x11, f32x4.mul(s, b1));
    s = v128.load32_splat(a2);
    x20 = f32x4.add(x20, f32x4.mul(s, b0));
    x21 = f32x4.add(x21, f32x4.mul(s, b1));
    s = v128.load32_splat(a3);
    x30 = f32x4.add(x30, f32x4.mul(s, b0));
    x31 = f32x4.add(x31, f32x4.mul(s, b1));
    a += ks;
    a1 += ks;
    a2 += ks;
    a3 += ks;
    b += PANEL_STEP;
  }
  v128.store(c, x00);
  v128.store(c, x01, 16);
  v128.store(c1, x10);
  v128.store(c1, x11, 16);
  v128.store(c2, x20);
  v128.store(c2, x21, 16);
  v128.store(c3, x30);
  v128.store(c3, x31, 16);
}

/** C[1,8] over K steps. */
function tile1x2(c: usize, a: usize, ks: usize, b: usize, K: i32, accumulate: bool): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  if (accumulate) {
    x0 = v128.load(c);
    x1 = v128.load(c, 16);
  }
  const end = b + <usize>K * PANEL_STEP;
  while (b < end) {
    const s = v128.load32_splat(a);
    x0 = f32x4.add(x0, f32x4.mul(s, v128.load(b)));
    x1 = f32x4.add(x1, f32x4.mul(s, v128.load(b, 16)));
    a += ks;
    b += PANEL_STEP;
  }
  v128.store(c, x0);
  v128.store(c, x1, 16);
}

/** C[1,32] over K steps, four panels `bp` bytes apart: eight chains hide the latency of the addition. */
function tile1x8(c: usize, a: usize, ks: usize, b: usize, bp: usize, K: i32, accumulate: bool): void {
  let b1 = b + bp;
  let b2 = b1 + bp;
  let b3 = b2 + bp;
  let x0 = f32x4.splat(0);
  let x1 = x0;
  let x2 = x0;
  let x3 = x0;
  let x4 = x0;
  let x5 = x0;
  let x6 = x0;
  let x7 = x0;
  if (accumulate) {
    x0 = v128.load(c);
    x1 = v128.load(c, 16);
    x2 = v128.load(c, 32);
    x3 = v128.load(c, 48);
    x4 = v128.load(c, 64);
    x5 = v128.load(c, 80);
    x6 = v128.load(c, 96);
    x7 = v128.load(c, 112);
  }
  const end = b + <usize>K * PANEL_STEP;
  while (b < end) {
    const s = v128.load32_splat(a);
    x0 = f32x4.add(x0, f32x4.mul(s, v128.load(b)));
    x1 = f32x4.add(x1, f32x4.mul(s, v128.load(b, 16)));
    x2 = f32x4.add(x2, f32x4.mul(s, v128.load(b1)));
    x3 = f32x4.add(x3, f32x4.mul(s, v128.load(b1, 16)));
    x4 = f32x4.add(x4, f32x4.mul(s, v128.load(b2)));
    x5 = f32x4.add(x5, f32x4.mul(s, v128.load(b2, 16)));
    x6 = f32x4.add(x6, f32x4.mul(s, v128.load(b3)));
    x7 = f32x4.add(x7, f32x4.mul(s, v128.load(b3, 16)));
    a += ks;
    b += PANEL_STEP;
    b1 += PANEL_STEP;
    b2 += PANEL_STEP;
    b3 += PANEL_STEP;
  }
  v128.store(c, x0);
  v128.store(c, x1, 16);
  v128.store(c, x2, 32);
  v128.store(c, x3, 48);
  v128.store(c, x4, 64);
  v128.store(c, x5, 80);
  v128.store(c, x6, 96);
  v128.store(c, x7, 112);
}

/** A tile of `rows` (1 or 4) rows and n < 8 columns, by way of the edge tile. */
function edgeTile(c: usize, cs: usize, a: usize, rs: usize, ks: usize, b: usize, rows: i32, n: i32, K: i32, accumulate: bool, edge: usize): void {
  if (accumulate) moveEdge(edge, PANEL_STEP, c, cs, rows, n);
  if (rows == TILE_ROWS) tile4x2(edge, PANEL_STEP, a, rs, ks, b, K, accumulate);
  else tile1x2(edge, a, ks, b, K, accumulate);
  moveEdge(c, cs, edge, PANEL_STEP, rows, n);
}

function moveEdge(y: usize, ys: usize, x: usize, xs: usize, rows: i32, n: i32): void {
  for (let r = 0; r < rows; r++) {
    storePart(y, loadPart(x, n), n);
    if (n > 4) storePart(y + 16, loadPart(x + 16, n - 4), n - 4);
    y += ys;
    x += xs;
  }
}

/** C[M,n] for the n ≤ 32 columns of one group of panels, over one block of K. `ts`: bytes between tiles of A. */
function multiplyGroup(c: usize, cs: usize, a: usize, ts: usize, rs: usize, ks: usize, b: usize, bp: usize, M: i32, n: i32, K: i32, accumulate: bool, edge: usize): void {
  for (; M >= TILE_ROWS; M -= TILE_ROWS) {
    let panel = b;
    let column = c;
    let rest = n;
    for (; rest >= PANEL; rest -= PANEL) {
      tile4x2(column, cs, a, rs, ks, panel, K, accumulate);
      panel += bp;
      column += PANEL_STEP;
    }
    if (rest > 0) edgeTile(column, cs, a, rs, ks, panel, TILE_ROWS, rest, K, accumulate, edge);
    a += ts;
    c += cs << 2;
  }
  for (; M > 0; M--) {
    if (n == GROUP_COLUMNS) {
      tile1x8(c, a, ks, b, bp, K, accumulate);
    } else {
      let panel = b;
      let column = c;
      let rest = n;
      for (; rest >= PANEL; rest -= PANEL) {
        tile1x2(column, a, ks, panel, K, accumulate);
        panel += bp;
        column += PANEL_STEP;
      }
      if (rest > 0) edgeTile(column, cs, a, rs, ks, panel, 1, rest, K, accumulate, edge);
    }
    a += rs;
    c += cs;
  }
}

/** C += A · W with W in panels (pack); A row-major. Strides of A and C in bytes. */
export function gemmPacked(c: usize, cs: usize, a: usize, as: usize, packed: usize, M: i32, N: i32, K: i32, accumulate: bool, scratch: usize): void {
  if (K == 0 && !accumulate) clear(c, cs, M, N);
  const bp = <usize>K * PANEL_STEP;
  for (; M > 0; M -= M_BLOCK) {
    const mb = min(M_BLOCK, M);
    for (let k = 0; k < K; k += K_BLOCK) {
      const kb = min(K_BLOCK, K - k);
      for (let n = 0; n < N; n += GROUP_COLUMNS) {
        const group = packed + <usize>(n / PANEL) * bp + <usize>k * PANEL_STEP;
        multiplyGroup(c + bytes(n), cs, a + bytes(k), as << 2, as, 4, group, bp, mb, min(GROUP_COLUMNS, N - n), kb, accumulate || k > 0, scratch);
      }
    }
    a += as * <usize>M_BLOCK;
    c += cs * <usize>M_BLOCK;
  }
}

/**
 * C[M,N] += A · W from plain arrays: element (m,k) of A at `a + m·ar + k·ak`, element (k,n) of W at `w + k·wk + n·wn`, all in bytes,
 * so one routine serves W[N,K], W[K,N], A[K,M] and, with negative steps, descending k.
 */
export function gemm(c: usize, cs: usize, a: usize, ar: usize, ak: usize, w: usize, wk: usize, wn: usize, M: i32, N: i32, K: i32, accumulate: bool, scratch: usize): void {
  if (K == 0 && !accumulate) clear(c, cs, M, N);
  const panels = scratch + EDGE_BYTES;
  const tiles = panels + PANELS_BYTES;
  // Columns of A side by side mean rows of A far apart, often by a power of two: then the tiles are gathered first.
  const gather = ar == 4 && N > PANEL;
  for (; M > 0; M -= M_BLOCK) {
    const mb = min(M_BLOCK, M);
    for (let k = 0; k < K; k += K_BLOCK) {
      const kb = min(K_BLOCK, K - k);
      const bp = <usize>kb * PANEL_STEP;
      const block = a + <usize>k * ak;
      if (gather) packTiles(tiles, block, ak, mb, kb);
      for (let n = 0; n < N; n += GROUP_COLUMNS) {
        const columns = min(GROUP_COLUMNS, N - n);
        packPanels(panels, w + <usize>n * wn + <usize>k * wk, wk, wn, columns, kb);
        if (gather) multiplyGroup(c + bytes(n), cs, tiles, <usize>kb * TILE_STEP, 4, TILE_STEP, panels, bp, mb, columns, kb, accumulate || k > 0, scratch);
        else multiplyGroup(c + bytes(n), cs, block, ar << 2, ar, ak, panels, bp, mb, columns, kb, accumulate || k > 0, scratch);
      }
    }
    a += ar * <usize>M_BLOCK;
    c += cs * <usize>M_BLOCK;
  }
}

/** Tiles of four rows of A for rows that lie side by side: [k = 0: rows 4i … 4i+3][k = 1: …] …; a line of memory at a time. */
function packTiles(p: usize, a: usize, ak: usize, M: i32, K: i32): void {
  const step = <usize>K * TILE_STEP;
  for (; M >= 4 * TILE_ROWS; M -= 4 * TILE_ROWS) {
    let source = a;
    for (let k = 0; k < K; k++) {
      v128.store(p, v128.load(source));
      v128.store(p + step, v128.load(source, 16));
      v128.store(p + 2 * step, v128.load(source, 32));
      v128.store(p + 3 * step, v128.load(source, 48));
      source += ak;
      p += TILE_STEP;
    }
    p += 3 * step;
    a += TILE_STEP << 2;
  }
  for (; M > 0; M -= TILE_ROWS) {
    let source = a;
    for (let k = 0; k < K; k++) {
      v128.store(p, loadPart(source, M));
      source += ak;
      p += TILE_STEP;
    }
    a += TILE_STEP;
  }
}

/** Panels of W, element (k,n) at `w + k·wk + n·wn`; missing columns of the last panel are 0. */
export function packPanels(p: usize, w: usize, wk: usize, wn: usize, N: i32, K: i32): void {
  for (; N > 0; N -= PANEL) {
    if (wn == 4) packRows(p, w, wk, min(N, PANEL), K);
    else packColumns(p, w, wk, wn, min(N, PANEL), K);
    p += <usize>K * PANEL_STEP;
    w += wn * <usize>PANEL;
  }
}

/** One panel of n columns that lie side by side. */
function packRows(p: usize, w: usize, wk: usize, n: i32, K: i32): void {
  if (n == PANEL) {
    for (let k = 0; k < K; k++) {
      const x = v128.load(w);
      const y = v128.load(w, 16);
      v128.store(p, x);
      v128.store(p, y, 16);
      w += wk;
      p += PANEL_STEP;
    }
    return;
  }
  const zero = f32x4.splat(0);
  for (let k = 0; k < K; k++) {
    v128.store(p, loadPart(w, n));
    v128.store(p, n > 4 ? loadPart(w + 16, n - 4) : zero, 16);
    w += wk;
    p += PANEL_STEP;
  }
}

/** One panel of n columns that lie `wn` bytes apart; four steps of k at a time when those are adjacent. */
function packColumns(p: usize, w: usize, wk: usize, wn: usize, n: i32, K: i32): void {
  if (n == PANEL && wk == 4) {
    for (; K >= 4; K -= 4) {
      transpose4(p, w, wn);
      transpose4(p + 16, w + (wn << 2), wn);
      w += 16;
      p += PANEL_STEP << 2;
    }
  }
  for (; K > 0; K--) {
    let source = w;
    for (let j = 0; j < PANEL; j++) {
      store<f32>(p + bytes(j), j < n ? load<f32>(source) : 0);
      source += wn;
    }
    w += wk;
    p += PANEL_STEP;
  }
}

/** Four rows of four numbers, `ws` bytes apart, to four columns in a panel. */
@inline
function transpose4(p: usize, w: usize, ws: usize): void {
  const r0 = v128.load(w);
  const r1 = v128.load(w + ws);
  const r2 = v128.load(w + 2 * ws);
  const r3 = v128.load(w + 3 * ws);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(p, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(p, v128.shuffle<f64>(low01, low23, 1, 3), 32);
  v128.store(p, v128.shuffle<f64>(high01, high23, 0, 2), 64);
  v128.store(p, v128.shuffle<f64>(high01, high23, 1, 3), 96);
}

function clear(c: usize, cs: usize, M: i32, N: i32): void {
  for (let m = 0; m < M; m++) {
    memory.fill(c, 0, bytes(N));
    c += cs;
  }
}
