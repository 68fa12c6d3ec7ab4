// What every kernel shares: the address that means "no array", and vectors of fewer than four lanes at the end of an array.
// Loops take two vectors (8 numbers) a turn, load both, compute both, store both: V8 can merge such pairs into 256-bit code. The upper one
// is stored first: otherwise V8 stores the lower one twice, once alone and once with the other.

/** `NONE` of engine.ts (-1) as a byte address. */
export const NONE: usize = 0xffff_fffc;

/** Bytes of `n` numbers. */
@inline
export function bytes(n: i32): usize {
  return <usize>n << 2;
}

/** The first `min(n, 4)` numbers at p, 0 in the other lanes; never reads behind them. */
@inline
export function loadPart(p: usize, n: i32): v128 {
  return n >= 4 ? v128.load(p) : loadFew(p, n);
}

function loadFew(p: usize, n: i32): v128 {
  let v = v128.load32_zero(p);
  if (n > 1) v = v128.load_lane<u32>(p, v, 1, 4);
  if (n > 2) v = v128.load_lane<u32>(p, v, 2, 8);
  return v;
}

/** Stores the first `min(n, 4)` lanes; never writes behind them. */
@inline
export function storePart(p: usize, v: v128, n: i32): void {
  if (n >= 4) v128.store(p, v);
  else storeFew(p, v, n);
}

function storeFew(p: usize, v: v128, n: i32): void {
  v128.store_lane<u32>(p, v, 0);
  if (n > 1) v128.store_lane<u32>(p, v, 1, 4);
  if (n > 2) v128.store_lane<u32>(p, v, 2, 8);
}

/** VANISHED of engine.ts, and the smallest normal number; in memory for the reason that math.ts gives. */
const LEAST = memory.data<f32>([1.262177448e-29, 1.17549435e-38]);

/**
 * A gradient that arrives, 0 where it has all but vanished: |g| < 2^-96. What back-propagation makes of smaller ones is soon subnormal, and
 * an x86 multiplies those a hundred times slower: many-to-one, 500 steps back took ten times as long. NaN stays.
 */
@inline
export function stillThere(g: v128): v128 {
  return v128.andnot(g, f32x4.lt(f32x4.abs(g), v128.load32_splat(LEAST)));
}

/** A mean of squares, 0 where it is subnormal. NaN stays. */
@inline
export function normalSquare(s: v128): v128 {
  return v128.andnot(s, f32x4.lt(s, v128.load32_splat(LEAST + 4)));
}

/** y[i] = x[i]. Short rows are the rule here, so no call into memory.copy. */
export function copyRow(y: usize, x: usize, n: i32): void {
  for (; n >= 8; n -= 8) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    v128.store(y, b, 16);
    v128.store(y, a);
    x += 32;
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(y, loadPart(x, n), n);
    x += 16;
    y += 16;
  }
}

/** y[i] += x[i]. */
export function addRow(y: usize, x: usize, n: i32): void {
  for (; n >= 8; n -= 8) {
    const a = f32x4.add(v128.load(y), v128.load(x));
    const b = f32x4.add(v128.load(y, 16), v128.load(x, 16));
    v128.store(y, b, 16);
    v128.store(y, a);
    x += 32;
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(y, f32x4.add(loadPart(y, n), loadPart(x, n)), n);
    x += 16;
    y += 16;
  }
}

/** y[i] *= x[i]. */
export function multiplyRow(y: usize, x: usize, n: i32): void {
  for (; n >= 8; n -= 8) {
    const a = f32x4.mul(v128.load(y), v128.load(x));
    const b = f32x4.mul(v128.load(y, 16), v128.load(x, 16));
    v128.store(y, b, 16);
    v128.store(y, a);
    x += 32;
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(y, f32x4.mul(loadPart(y, n), loadPart(x, n)), n);
    x += 16;
    y += 16;
  }
}

/** y[i] = value. */
export function fillRow(y: usize, value: f32, n: i32): void {
  const v = f32x4.splat(value);
  for (; n >= 8; n -= 8) {
    v128.store(y, v, 16);
    v128.store(y, v);
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(y, v, n);
    y += 16;
  }
}
