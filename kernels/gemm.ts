// Products. Every element of C is one chain: it starts from what it is given (C itself, a bias, or 0) and adds a·b in the order of k
// that engine.ts states; in exact arithmetic a multiplication and an addition, each rounded. Tiles, blocks and tails only decide
// which chains run side by side; between blocks of k a chain rests in C.
//
// Loops, from the inside (Goto & van de Geijn 2008): a tile of C stays in registers, K_BLOCK steps of one panel of W stay in L1 while
// M_BLOCK rows of A pass, those rows stay in L2 while many panels pass. What goes through memory far away, goes through it seldom.
// Few rows cannot share much: their time is that of reading W, and step after step of a sequence reads it again. It is then read there
// and back, so that a W that is larger than L2 begins each time with the panels that are still in it.
import { packPanels, packTiles, tileCount } from './pack';
import { rowPanels } from './row';
import { halfTile, packedTile, PANEL, PANEL_STEP, ROWS, rowTile, ZEROS } from './tile';
import { WIDE } from './tier';
import { bytes, copyRow, fillRow, NONE } from './vector';

/** Steps of k per block: a wide panel takes 16 KiB. */
const K_BLOCK: i32 = 256;
/** Rows of A per block, a multiple of every tile's height. */
const M_BLOCK: i32 = 240;
/**
 * The same, about, where W stands in panels from the start: fewer, so that there is room for all steps of k in tiles (up to 1,536) and C
 * does not come back from afar. At K 1024 1.06 to 1.15 times as fast as with 240, at K 64 the same.
 */
const M_PACKED: i32 = 120;
/** Most rows of A for which W is read there and back: 1.38, 1.16 and 1.06 times as fast for 1, 2 and 4 rows at 4 MiB, no gain from 8 on. */
const FEW_ROWS: i32 = 4;
/** Rows of A for which panels of W are laid out once (1,024, a usual number, in one go), and columns that so many panels have. */
const M_SHARED: i32 = 5 * M_BLOCK;
const N_SHARED: i32 = 512;
/** Columns from which on it pays to lay out A in tiles first: a step of theirs takes no address but one. */
const TILING_COLUMNS: i32 = 128;

// Scratch: an edge tile (512 bytes), N_SHARED columns of one block of W (512 KiB), the tiles of one block of A (240 KiB): 770,560 bytes in
// all. Where W stands in panels, tiles take their place too.
const EDGE_BYTES: usize = 512;
const PANELS_BYTES: usize = <usize>(N_SHARED * K_BLOCK) << 2;
const MOST_TILED: i32 = (N_SHARED + M_BLOCK) * K_BLOCK;

/** C[M,n] of one panel. `tiles`: A stands in tiles, else rows are `rs` and steps of k `ks` bytes apart. */
function multiplyPanel(
  c: usize, cs: usize, from: usize, fs: usize, tiles: bool, a: usize, rs: usize, ks: usize, b: usize, M: i32, n: i32, K: i32, edge: usize,
): void {
  let count = tileCount(M);
  const rows = M / count;
  let higher = M % count;
  for (; count > 0; count--) {
    const R = rows + i32(higher > 0);
    higher--;
    if (n == PANEL) {
      if (tiles) packedTile(R, c, cs, from, fs, a, b, K);
      else rowTile(R, c, cs, from, fs, a, rs, ks, b, K);
    } else {
      partOfPanel(R, c, cs, from, fs, a, tiles ? 4 : rs, tiles ? bytes(R) : ks, b, n, K, edge);
    }
    a += tiles ? <usize>R * bytes(K) : <usize>R * rs;
    c += <usize>R * cs;
    from += <usize>R * fs;
  }
}

/** A tile of n < PANEL columns, by way of the edge tile. */
function partOfPanel(R: i32, c: usize, cs: usize, from: usize, fs: usize, a: usize, rs: usize, ks: usize, b: usize, n: i32, K: i32, edge: usize): void {
  for (let r = 0; r < R; r++) copyRow(edge + <usize>r * PANEL_STEP, from + <usize>r * fs, n);
  if (WIDE && n <= 8) halfTile(R, edge, PANEL_STEP, edge, PANEL_STEP, a, rs, ks, b, K);
  else rowTile(R, edge, PANEL_STEP, edge, PANEL_STEP, a, rs, ks, b, K);
  for (let r = 0; r < R; r++) copyRow(c + <usize>r * cs, edge + <usize>r * PANEL_STEP, n);
}

/**
 * C[M,N] = from + A · W with W in panels; A row-major. Strides in bytes. `from`: C itself to add to it; with
 * `fs` = 0 NONE to start from 0, or one row of biases for all.
 */
export function gemmPacked(c: usize, cs: usize, from: usize, fs: usize, a: usize, as: usize, packed: usize, M: i32, N: i32, K: i32, scratch: usize): void {
  if (M == 0 || K == 0) {
    start(c, cs, from, fs, M, N);
    return;
  }
  const tiles = scratch + EDGE_BYTES;
  const step = <usize>K * PANEL_STEP;
  const backward = M <= FEW_ROWS && turn(packed);
  if (M == 1) {
    const whole = N & ~(PANEL - 1);
    rowPanels(c, from, a, packed, step, whole, K, backward);
    if (whole < N) {
      const o = bytes(whole);
      partOfPanel(1, c + o, cs, startOf(from, o), fs, a, as, 4, packed + <usize>(whole / PANEL) * step, N - whole, K, scratch);
    }
    return;
  }
  const panels = (N + PANEL - 1) / PANEL;
  const tiled = N >= TILING_COLUMNS;
  const blocks = (M + M_PACKED - 1) / M_PACKED;
  const rows = ROWS * tileCount((M + blocks - 1) / blocks);
  // As many steps of k as there is room for tiles: so often the columns of C come back, block after block while they are near.
  const steps = min(K, (MOST_TILED / rows) & ~(K_BLOCK - 1));
  for (; M > 0; M -= rows) {
    const mb = min(rows, M);
    for (let k0 = 0; k0 < K; k0 += steps) {
      const k1 = min(k0 + steps, K);
      if (tiled) {
        for (let k = k0; k < k1; k += K_BLOCK) packTiles(tiles + <usize>(k - k0) * bytes(mb), a + bytes(k), as, 4, mb, min(K_BLOCK, k1 - k));
      }
      for (let i = 0; i < panels; i++) {
        const p = backward ? panels - 1 - i : i;
        const n = p * PANEL;
        const panel = packed + <usize>p * step;
        const y = c + bytes(n);
        const columns = min(PANEL, N - n);
        for (let k = k0; k < k1; k += K_BLOCK) {
          const block = tiled ? tiles + <usize>(k - k0) * bytes(mb) : a + bytes(k);
          const first = k > 0 ? y : startOf(from, bytes(n));
          multiplyPanel(y, cs, first, k > 0 ? cs : fs, tiled, block, as, 4, panel + <usize>k * PANEL_STEP, mb, columns, min(K_BLOCK, k1 - k), scratch);
        }
      }
    }
    a += as * <usize>rows;
    c += cs * <usize>rows;
    if (from != NONE) from += fs * <usize>rows;
  }
}

/** Whether packed matrices were last read forwards, a bit for each by a hash of its address (Knuth's multiplicative one, 6 bits of it). */
let directions: u64 = 0;

/** Turns the direction in which a packed matrix is read, and says whether it is backwards now. Results do not depend on it, only time does. */
function turn(packed: usize): bool {
  const bit: u64 = 1 << <u64>((<u32>packed * 0x9e3779b1) >> 26);
  directions ^= bit;
  return (directions & bit) == 0;
}

/**
 * C[M,N] = from + A · W from plain arrays: element (m,k) of A at `a + m·ar + k·ak`, element (k,n) of W at `w + k·wk + n·wn`, all in bytes,
 * so one routine serves W[N,K], W[K,N], A[K,M] and, with negative steps, descending k. `from` as in gemmPacked.
 */
export function gemm(
  c: usize, cs: usize, from: usize, fs: usize, a: usize, ar: usize, ak: usize, w: usize, wk: usize, wn: usize, M: i32, N: i32, K: i32, scratch: usize,
): void {
  if (K == 0) {
    start(c, cs, from, fs, M, N);
    return;
  }
  // Columns of A side by side mean rows of A far apart, often by a power of two: then the tiles are gathered first.
  const tiled = N >= TILING_COLUMNS || (ar == 4 && N > PANEL);
  for (let n = 0; n < N; n += N_SHARED) {
    const nb = min(N_SHARED, N - n);
    const right = w + <usize>n * wn;
    for (let m = 0; m < M; m += M_SHARED) {
      const o = <usize>m * cs + bytes(n);
      const first = from == NONE ? NONE : from + <usize>m * fs + bytes(n);
      sharePanels(c + o, cs, first, fs, tiled, a + <usize>m * ar, ar, ak, right, wk, wn, min(M_SHARED, M - m), nb, K, scratch);
    }
  }
}

/** At most M_SHARED rows and N_SHARED columns: every panel is laid out when the first rows need it, and stays for the others. */
function sharePanels(
  c: usize, cs: usize, from: usize, fs: usize, tiled: bool, a: usize, ar: usize, ak: usize, w: usize, wk: usize, wn: usize,
  M: i32, N: i32, K: i32, scratch: usize,
): void {
  const panels = scratch + EDGE_BYTES;
  const tiles = panels + PANELS_BYTES;
  for (let k = 0; k < K; k += K_BLOCK) {
    const kb = min(K_BLOCK, K - k);
    for (let m = 0; m < M; m += M_BLOCK) {
      const mb = min(M_BLOCK, M - m);
      const block = a + <usize>m * ar;
      const rows = c + <usize>m * cs;
      if (tiled) packTiles(tiles, block, ar, ak, mb, kb);
      for (let n = 0; n < N; n += PANEL) {
        const panel = panels + <usize>n * bytes(kb);
        const columns = min(PANEL, N - n);
        if (m == 0) packPanels(panel, w + <usize>n * wn, wk, wn, columns, kb);
        const y = rows + bytes(n);
        const first = k > 0 ? y : startOf(from, <usize>m * fs + bytes(n));
        multiplyPanel(y, cs, first, k > 0 ? cs : fs, tiled, tiled ? tiles : block, ar, ak, panel, mb, columns, kb, scratch);
      }
    }
    a += <usize>K_BLOCK * ak;
    w += <usize>K_BLOCK * wk;
  }
}

/** `o` bytes behind where a product starts from. */
@inline
function startOf(from: usize, o: usize): usize {
  return from == NONE ? ZEROS : from + o;
}

/** A product without steps: C = from. */
function start(c: usize, cs: usize, from: usize, fs: usize, M: i32, N: i32): void {
  if (from == c) return;
  for (let m = 0; m < M; m++) {
    if (from == NONE) fillRow(c, 0, N);
    else copyRow(c, from + <usize>m * fs, N);
    c += cs;
  }
}
