// Copies of matrices in the order in which the tiles read them. Zeros that fill the last panel meet only columns that are thrown away.
import { PANEL, PANEL_STEP, ROWS } from './tile';
import { bytes, loadPart } from './vector';

/** Tiles that M rows are cut into. They are as equal as can be, so that no tile is much lower than the best one. */
@inline
export function tileCount(M: i32): i32 {
  return (M + ROWS - 1) / ROWS;
}

/** Columns of a panel; `packedSize` in src/engine counts with it. */
export function panelColumns(): i32 {
  return PANEL;
}

/** Panels of W, element (k,n) at `w + k·wk + n·wn`; missing columns of the last panel are 0. */
export function packPanels(p: usize, w: usize, wk: usize, wn: usize, N: i32, K: i32): void {
  for (; N > 0; N -= PANEL) {
    const n = min(N, PANEL);
    if (wn == 4) packRows(p, w, wk, n, K);
    else packColumns(p, w, wk, wn, n, K);
    p += <usize>K * PANEL_STEP;
    w += wn * <usize>PANEL;
  }
}

/** One panel of n columns that lie side by side. */
function packRows(p: usize, w: usize, wk: usize, n: i32, K: i32): void {
  if (n == PANEL) {
    for (let k = 0; k < K; k++) {
      for (let j: usize = 0; j < PANEL_STEP; j += 32) {
        const x = v128.load(w + j);
        const y = v128.load(w + j, 16);
        v128.store(p + j, y, 16);
        v128.store(p + j, x);
      }
      w += wk;
      p += PANEL_STEP;
    }
    return;
  }
  const zero = f32x4.splat(0);
  for (let k = 0; k < K; k++) {
    for (let j = 0; j < PANEL; j += 4) v128.store(p + bytes(j), j < n ? loadPart(w + bytes(j), n - j) : zero);
    w += wk;
    p += PANEL_STEP;
  }
}

/** One panel of n columns that lie `wn` bytes apart; four columns and four steps of k at a time when those are adjacent. */
function packColumns(p: usize, w: usize, wk: usize, wn: usize, n: i32, K: i32): void {
  if (n == PANEL && wk == 4) {
    for (; K >= 4; K -= 4) {
      for (let j = 0; j < PANEL; j += 4) transpose4(p + bytes(j), PANEL_STEP, w + <usize>j * wn, wn);
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

/** Four rows of four numbers, `ws` bytes apart, to four rows `ps` bytes apart, transposed. */
@inline
function transpose4(p: usize, ps: usize, w: usize, ws: usize): void {
  const r0 = v128.load(w);
  const r1 = v128.load(w + ws);
  const r2 = v128.load(w + 2 * ws);
  const r3 = v128.load(w + 3 * ws);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(p, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(p + ps, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(p + 2 * ps, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(p + 3 * ps, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** Tiles of A, element (m,k) at `a + m·ar + k·ak`: first those with one row more, then the others. */
export function packTiles(p: usize, a: usize, ar: usize, ak: usize, M: i32, K: i32): void {
  const count = tileCount(M);
  const rows = M / count;
  const higher = M % count;
  const step = <usize>(rows + 1) * bytes(K);
  packEqualTiles(p, a, ar, ak, higher, rows + 1, K);
  packEqualTiles(p + <usize>higher * step, a + <usize>(higher * (rows + 1)) * ar, ar, ak, count - higher, rows, K);
}

function packEqualTiles(p: usize, a: usize, ar: usize, ak: usize, count: i32, R: i32, K: i32): void {
  if (ar == 4) {
    if (R == 6) packAdjacent(6, p, a, ak, count, K);
    else if (R == 5) packAdjacent(5, p, a, ak, count, K);
    else if (R == 4) packAdjacent(4, p, a, ak, count, K);
    else if (R == 3) packAdjacent(3, p, a, ak, count, K);
    else if (R == 2) packAdjacent(2, p, a, ak, count, K);
    else packAdjacent(1, p, a, ak, count, K);
    return;
  }
  for (; count > 0; count--) {
    if (ak == 4) transposeTile(p, a, ar, R, K);
    else gatherTile(p, a, ar, ak, R, K);
    a += <usize>R * ar;
    p += <usize>R * bytes(K);
  }
}

/** Steps of k in one sweep over the tiles: eight streams of reading, whole lines of writing (measured against 4 and 16). */
const SWEEP: i32 = 8;

/** `count` tiles of R adjacent rows, R known at compile time. */
@inline
function packAdjacent(R: i32, p: usize, a: usize, ak: usize, count: i32, K: i32): void {
  const size = <usize>R * bytes(K);
  const end = bytes(R * count);
  for (; K > 0; K -= SWEEP) {
    const steps = min(SWEEP, K);
    let tile = p;
    for (let row = a; row < a + end; row += <usize>R << 2) {
      let x = row;
      let y = tile;
      for (let k = 0; k < steps; k++) {
        if (R >= 4) v128.store(y, v128.load(x));
        else if (R >= 2) store<u64>(y, load<u64>(x));
        if (R == 6) store<u64>(y, load<u64>(x, 16), 16);
        if (R == 5) store<u32>(y, load<u32>(x, 16), 16);
        if (R == 3) store<u32>(y, load<u32>(x, 8), 8);
        if (R == 1) store<u32>(y, load<u32>(x));
        x += ak;
        y += <usize>R << 2;
      }
      tile += size;
    }
    a += <usize>SWEEP * ak;
    p += <usize>(R * SWEEP) << 2;
  }
}

/** One tile of rows in each of which k lies side by side. */
function transposeTile(p: usize, a: usize, ar: usize, R: i32, K: i32): void {
  const ps = bytes(R);
  if (R >= 4) {
    for (; K >= 4; K -= 4) {
      transpose4(p, ps, a, ar);
      for (let r = 4; r < R; r++) {
        const source = a + <usize>r * ar;
        const target = p + bytes(r);
        store<f32>(target, load<f32>(source));
        store<f32>(target + ps, load<f32>(source, 4));
        store<f32>(target + 2 * ps, load<f32>(source, 8));
        store<f32>(target + 3 * ps, load<f32>(source, 12));
      }
      a += 16;
      p += ps << 2;
    }
  }
  gatherTile(p, a, ar, 4, R, K);
}

function gatherTile(p: usize, a: usize, ar: usize, ak: usize, R: i32, K: i32): void {
  for (; K > 0; K--) {
    let source = a;
    for (let r = 0; r < R; r++) {
      store<f32>(p, load<f32>(source));
      source += ar;
      p += 4;
    }
    a += ak;
  }
}
