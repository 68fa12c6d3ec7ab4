// Repeating, summing and copying along axes. Order of additions: engine.ts.
import { affine } from './elementwise';
import { addRow, bytes, copyRow, fillRow, loadPart, storePart } from './vector';

/** y[o,c,i] = x[o,i] for c < count; `accumulate` adds. */
export function expand(y: usize, x: usize, outer: i32, count: i32, inner: i32, accumulate: bool): void {
  const row = bytes(inner);
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      const value = load<f32>(x);
      if (accumulate) affine(y, y, count, 1, value);
      else fillRow(y, value, count);
      y += bytes(count);
    } else {
      for (let c = 0; c < count; c++) {
        if (accumulate) addRow(y, x, inner);
        else copyRow(y, x, inner);
        y += row;
      }
    }
    x += row;
  }
}

/** y[o,i] += Σ_c x[o,c,i], c ascending or descending, each term added to what y holds; rows of x are `ldx` numbers apart. */
export function reduce(y: usize, x: usize, outer: i32, count: i32, inner: i32, ldx: i32, descending: bool): void {
  const row = bytes(ldx);
  const block = row * <usize>count;
  const stride: usize = descending ? <usize>0 - row : row;
  for (let o = 0; o < outer; o++) {
    let source = descending && count > 0 ? x + block - row : x;
    if (inner == 1) {
      let sum = load<f32>(y);
      for (let c = 0; c < count; c++) {
        sum += load<f32>(source);
        source += stride;
      }
      store<f32>(y, sum);
    } else {
      let c = count;
      for (; c >= 4; c -= 4) {
        addFourRows(y, source, stride, inner);
        source += stride << 2;
      }
      for (; c > 0; c--) {
        addRow(y, source, inner);
        source += stride;
      }
    }
    x += block;
    y += bytes(inner);
  }
}

/** y[i] adds four rows, one after the other, and is touched once. */
function addFourRows(y: usize, x0: usize, stride: usize, n: i32): void {
  let x1 = x0 + stride;
  let x2 = x1 + stride;
  let x3 = x2 + stride;
  for (; n >= 8; n -= 8) {
    let a = f32x4.add(v128.load(y), v128.load(x0));
    let b = f32x4.add(v128.load(y, 16), v128.load(x0, 16));
    a = f32x4.add(a, v128.load(x1));
    b = f32x4.add(b, v128.load(x1, 16));
    a = f32x4.add(a, v128.load(x2));
    b = f32x4.add(b, v128.load(x2, 16));
    a = f32x4.add(a, v128.load(x3));
    b = f32x4.add(b, v128.load(x3, 16));
    v128.store(y, b, 16);
    v128.store(y, a);
    y += 32;
    x0 += 32;
    x1 += 32;
    x2 += 32;
    x3 += 32;
  }
  for (; n > 0; n -= 4) {
    const a = f32x4.add(f32x4.add(loadPart(y, n), loadPart(x0, n)), loadPart(x1, n));
    storePart(y, f32x4.add(f32x4.add(a, loadPart(x2, n)), loadPart(x3, n)), n);
    y += 16;
    x0 += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
  }
}

/** y[r·ldy + j] = x[r·ldx + j] for r < rows, j < columns; `accumulate` adds. */
export function copyBlock(y: usize, ldy: i32, x: usize, ldx: i32, rows: i32, columns: i32, accumulate: bool): void {
  for (let r = 0; r < rows; r++) {
    if (accumulate) addRow(y, x, columns);
    else copyRow(y, x, columns);
    y += bytes(ldy);
    x += bytes(ldx);
  }
}

/** The upper two lanes as f64. */
@inline
function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
}

/** Σ x[i] or Σ x[i]² in f64, eight lanes: element i to lane i mod 8, then ((0+1)+(2+3)) + ((4+5)+(6+7)). */
@inline
function eightLanes(x: usize, n: i32, squares: bool): f64 {
  let s01 = f64x2.splat(0);
  let s23 = s01;
  let s45 = s01;
  let s67 = s01;
  for (; n >= 8; n -= 8) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    const x01 = f64x2.promote_low_f32x4(a);
    const x23 = promoteHigh(a);
    const x45 = f64x2.promote_low_f32x4(b);
    const x67 = promoteHigh(b);
    s01 = f64x2.add(s01, squares ? f64x2.mul(x01, x01) : x01);
    s23 = f64x2.add(s23, squares ? f64x2.mul(x23, x23) : x23);
    s45 = f64x2.add(s45, squares ? f64x2.mul(x45, x45) : x45);
    s67 = f64x2.add(s67, squares ? f64x2.mul(x67, x67) : x67);
    x += 32;
  }
  let l0 = f64x2.extract_lane(s01, 0);
  let l1 = f64x2.extract_lane(s01, 1);
  let l2 = f64x2.extract_lane(s23, 0);
  let l3 = f64x2.extract_lane(s23, 1);
  let l4 = f64x2.extract_lane(s45, 0);
  let l5 = f64x2.extract_lane(s45, 1);
  let l6 = f64x2.extract_lane(s67, 0);
  if (n > 0) l0 += term(x, squares);
  if (n > 1) l1 += term(x + 4, squares);
  if (n > 2) l2 += term(x + 8, squares);
  if (n > 3) l3 += term(x + 12, squares);
  if (n > 4) l4 += term(x + 16, squares);
  if (n > 5) l5 += term(x + 20, squares);
  if (n > 6) l6 += term(x + 24, squares);
  return l0 + l1 + (l2 + l3) + (l4 + l5 + (l6 + f64x2.extract_lane(s67, 1)));
}

@inline
function term(x: usize, squares: bool): f64 {
  const value = <f64>load<f32>(x);
  return squares ? value * value : value;
}

/** Σ x[i]. */
export function sum(x: usize, n: i32): f64 {
  return eightLanes(x, n, false);
}

/** Σ x[i]². */
export function sumSquares(x: usize, n: i32): f64 {
  return eightLanes(x, n, true);
}
