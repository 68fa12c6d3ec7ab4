// One value in, one value out. Op codes are the places in UNARY_OPS of engine.ts. Each loop is written once with the op as a parameter
// and inlined per op, so that the choice is made by the compiler; in a function per op, because in one function Binaryen folds the ends
// of the loops into one, whose pairs V8 does not merge (0.30 against 0.55 ns per four sums).
import { COMMON, exp, HALF, log, log1p, ONE, softplus, spread } from './math';
import { mapSigmoid, mapTanh, sigmoid } from './squash';
import { loadPart, stillThere, storePart } from './vector';

const EXP = 0;
const LOG = 1;
const LOG1P = 2;
const TANH = 3;
const SIGMOID = 4;
const SOFTPLUS = 5;
const RELU = 6;
const ABS = 7;
const SQUARE = 8;
const SQRT = 9;

@inline
function value(op: i32, x: v128): v128 {
  if (op == EXP) return exp(x);
  if (op == LOG) return log(x);
  if (op == LOG1P) return log1p(x);
  if (op == SOFTPLUS) return softplus(x);
  if (op == RELU) return f32x4.pmax(x, f32x4.splat(0));
  if (op == ABS) return f32x4.abs(x);
  if (op == SQUARE) return f32x4.mul(x, x);
  return f32x4.sqrt(x);
}

@inline
function mapUnary(op: i32, y: usize, x: usize, n: i32): void {
  for (; n >= 8; n -= 8) {
    const a = value(op, v128.load(x));
    const b = value(op, v128.load(x, 16));
    v128.store(y, b, 16);
    v128.store(y, a);
    x += 32;
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(y, value(op, loadPart(x, n)), n);
    x += 16;
    y += 16;
  }
}

function mapExp(y: usize, x: usize, n: i32): void {
  mapUnary(EXP, y, x, n);
}
function mapLog(y: usize, x: usize, n: i32): void {
  mapUnary(LOG, y, x, n);
}
function mapLog1p(y: usize, x: usize, n: i32): void {
  mapUnary(LOG1P, y, x, n);
}
function mapSoftplus(y: usize, x: usize, n: i32): void {
  mapUnary(SOFTPLUS, y, x, n);
}
/** y[i] = max(x[i], 0); y may be x. Also the gates' own. */
export function mapRelu(y: usize, x: usize, n: i32): void {
  mapUnary(RELU, y, x, n);
}
function mapAbs(y: usize, x: usize, n: i32): void {
  mapUnary(ABS, y, x, n);
}
function mapSquare(y: usize, x: usize, n: i32): void {
  mapUnary(SQUARE, y, x, n);
}
function mapSqrt(y: usize, x: usize, n: i32): void {
  mapUnary(SQRT, y, x, n);
}

/** y[i] = f(x[i]); y may be x. */
export function unary(op: i32, y: usize, x: usize, n: i32): void {
  if (op == EXP) mapExp(y, x, n);
  else if (op == LOG) mapLog(y, x, n);
  else if (op == LOG1P) mapLog1p(y, x, n);
  else if (op == TANH) mapTanh(y, x, n);
  else if (op == SIGMOID) mapSigmoid(y, x, n);
  else if (op == SOFTPLUS) mapSoftplus(y, x, n);
  else if (op == RELU) mapRelu(y, x, n);
  else if (op == ABS) mapAbs(y, x, n);
  else if (op == SQUARE) mapSquare(y, x, n);
  else mapSqrt(y, x, n);
}

/** dy · f'(x), from x or y = f(x). */
@inline
function slope(op: i32, dy: v128, x: v128, y: v128): v128 {
  const one = spread(COMMON, ONE);
  const zero = f32x4.splat(0);
  if (op == EXP) return f32x4.mul(dy, y);
  if (op == LOG) return f32x4.div(dy, x);
  if (op == LOG1P) return f32x4.div(dy, f32x4.add(one, x));
  if (op == TANH) return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(y, y)));
  if (op == SIGMOID) return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y)));
  if (op == SOFTPLUS) return f32x4.mul(dy, sigmoid(x));
  if (op == RELU) return v128.and(dy, f32x4.gt(x, zero));
  if (op == ABS) {
    // dy with the sign of x multiplied in, 0 where x is 0.
    const signed = v128.xor(dy, v128.and(x, i32x4.splat(0x80000000)));
    return v128.and(signed, f32x4.ne(x, zero));
  }
  if (op == SQUARE) return f32x4.mul(dy, f32x4.add(x, x));
  return f32x4.div(f32x4.mul(dy, spread(COMMON, HALF)), y);
}

@inline
function mapUnaryBackward(op: i32, dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  for (; n >= 8; n -= 8) {
    const a = f32x4.add(v128.load(dx), slope(op, stillThere(v128.load(dy)), v128.load(x), v128.load(y)));
    const b = f32x4.add(v128.load(dx, 16), slope(op, stillThere(v128.load(dy, 16)), v128.load(x, 16), v128.load(y, 16)));
    v128.store(dx, b, 16);
    v128.store(dx, a);
    dx += 32;
    dy += 32;
    x += 32;
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(dx, f32x4.add(loadPart(dx, n), slope(op, stillThere(loadPart(dy, n)), loadPart(x, n), loadPart(y, n))), n);
    dx += 16;
    dy += 16;
    x += 16;
    y += 16;
  }
}

function expBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  mapUnaryBackward(EXP, dx, dy, x, y, n);
}
function logBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  mapUnaryBackward(LOG, dx, dy, x, y, n);
}
function log1pBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  mapUnaryBackward(LOG1P, dx, dy, x, y, n);
}
function tanhBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  mapUnaryBackward(TANH, dx, dy, x, y, n);
}
function sigmoidBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  mapUnaryBackward(SIGMOID, dx, dy, x, y, n);
}
function softplusBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  mapUnaryBackward(SOFTPLUS, dx, dy, x, y, n);
}
function reluBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  mapUnaryBackward(RELU, dx, dy, x, y, n);
}
function absBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  mapUnaryBackward(ABS, dx, dy, x, y, n);
}
function squareBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  mapUnaryBackward(SQUARE, dx, dy, x, y, n);
}
function sqrtBackward(dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  mapUnaryBackward(SQRT, dx, dy, x, y, n);
}

/** dx[i] += dy[i] · f'(x[i]). */
export function unaryBackward(op: i32, dx: usize, dy: usize, x: usize, y: usize, n: i32): void {
  if (op == EXP) expBackward(dx, dy, x, y, n);
  else if (op == LOG) logBackward(dx, dy, x, y, n);
  else if (op == LOG1P) log1pBackward(dx, dy, x, y, n);
  else if (op == TANH) tanhBackward(dx, dy, x, y, n);
  else if (op == SIGMOID) sigmoidBackward(dx, dy, x, y, n);
  else if (op == SOFTPLUS) softplusBackward(dx, dy, x, y, n);
  else if (op == RELU) reluBackward(dx, dy, x, y, n);
  else if (op == ABS) absBackward(dx, dy, x, y, n);
  else if (op == SQUARE) squareBackward(dx, dy, x, y, n);
  else sqrtBackward(dx, dy, x, y, n);
}

/** y[i] = alpha · x[i] + beta; y may be x. */
export function affine(y: usize, x: usize, n: i32, alpha: f32, beta: f32): void {
  const s = f32x4.splat(alpha);
  const t = f32x4.splat(beta);
  for (; n >= 8; n -= 8) {
    const a = f32x4.add(f32x4.mul(s, v128.load(x)), t);
    const b = f32x4.add(f32x4.mul(s, v128.load(x, 16)), t);
    v128.store(y, b, 16);
    v128.store(y, a);
    x += 32;
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(y, f32x4.add(f32x4.mul(s, loadPart(x, n)), t), n);
    x += 16;
    y += 16;
  }
}

/** y[i] += alpha · x[i]. */
export function axpy(y: usize, x: usize, n: i32, alpha: f32): void {
  const s = f32x4.splat(alpha);
  for (; n >= 8; n -= 8) {
    const a = f32x4.add(v128.load(y), f32x4.mul(s, v128.load(x)));
    const b = f32x4.add(v128.load(y, 16), f32x4.mul(s, v128.load(x, 16)));
    v128.store(y, b, 16);
    v128.store(y, a);
    x += 32;
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(y, f32x4.add(loadPart(y, n), f32x4.mul(s, loadPart(x, n))), n);
    x += 16;
    y += 16;
  }
}

/** y[i] = min(max(x[i], low), high); y may be x; NaN stays NaN. */
export function clamp(y: usize, x: usize, n: i32, low: f32, high: f32): void {
  const l = f32x4.splat(low);
  const h = f32x4.splat(high);
  for (; n >= 8; n -= 8) {
    const a = f32x4.pmin(f32x4.pmax(v128.load(x), l), h);
    const b = f32x4.pmin(f32x4.pmax(v128.load(x, 16), l), h);
    v128.store(y, b, 16);
    v128.store(y, a);
    x += 32;
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(y, f32x4.pmin(f32x4.pmax(loadPart(x, n), l), h), n);
    x += 16;
    y += 16;
  }
}
