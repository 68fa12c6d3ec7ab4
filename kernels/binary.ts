// Two values in, one value out. Op codes are the places in BINARY_OPS of engine.ts; written like elementwise.ts.
import { loadPart, NONE, stillThere, storePart } from './vector';

const ADD = 0;
const SUBTRACT = 1;
const MULTIPLY = 2;
const DIVIDE = 3;
const MINIMUM = 4;
const MAXIMUM = 5;

@inline
function combine(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return f32x4.add(a, b);
  if (op == SUBTRACT) return f32x4.sub(a, b);
  if (op == MULTIPLY) return f32x4.mul(a, b);
  if (op == DIVIDE) return f32x4.div(a, b);
  if (op == MINIMUM) return f32x4.min(a, b);
  return f32x4.max(a, b);
}

@inline
function mapBinary(op: i32, c: usize, a: usize, b: usize, n: i32): void {
  for (; n >= 8; n -= 8) {
    const x = combine(op, v128.load(a), v128.load(b));
    const y = combine(op, v128.load(a, 16), v128.load(b, 16));
    v128.store(c, y, 16);
    v128.store(c, x);
    a += 32;
    b += 32;
    c += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(c, combine(op, loadPart(a, n), loadPart(b, n)), n);
    a += 16;
    b += 16;
    c += 16;
  }
}

function add(c: usize, a: usize, b: usize, n: i32): void {
  mapBinary(ADD, c, a, b, n);
}
function subtract(c: usize, a: usize, b: usize, n: i32): void {
  mapBinary(SUBTRACT, c, a, b, n);
}
function multiply(c: usize, a: usize, b: usize, n: i32): void {
  mapBinary(MULTIPLY, c, a, b, n);
}
function divide(c: usize, a: usize, b: usize, n: i32): void {
  mapBinary(DIVIDE, c, a, b, n);
}
function minimum(c: usize, a: usize, b: usize, n: i32): void {
  mapBinary(MINIMUM, c, a, b, n);
}
function maximum(c: usize, a: usize, b: usize, n: i32): void {
  mapBinary(MAXIMUM, c, a, b, n);
}

/** c[i] = a[i] ∘ b[i]; c may be a or b. */
export function binary(op: i32, c: usize, a: usize, b: usize, n: i32): void {
  if (op == ADD) add(c, a, b, n);
  else if (op == SUBTRACT) subtract(c, a, b, n);
  else if (op == MULTIPLY) multiply(c, a, b, n);
  else if (op == DIVIDE) divide(c, a, b, n);
  else if (op == MINIMUM) minimum(c, a, b, n);
  else maximum(c, a, b, n);
}

/** dc · ∂c/∂a; a tie of minimum and maximum belongs to a. */
@inline
function slopeA(op: i32, dc: v128, a: v128, b: v128): v128 {
  if (op == ADD || op == SUBTRACT) return dc;
  if (op == MULTIPLY) return f32x4.mul(dc, b);
  if (op == DIVIDE) return f32x4.div(dc, b);
  if (op == MINIMUM) return v128.and(dc, f32x4.le(a, b));
  return v128.and(dc, f32x4.ge(a, b));
}

/** dc · ∂c/∂b. */
@inline
function slopeB(op: i32, dc: v128, a: v128, b: v128): v128 {
  if (op == ADD) return dc;
  if (op == SUBTRACT) return f32x4.neg(dc);
  if (op == MULTIPLY) return f32x4.mul(dc, a);
  if (op == DIVIDE) return f32x4.neg(f32x4.div(f32x4.div(f32x4.mul(dc, a), b), b));
  if (op == MINIMUM) return v128.andnot(dc, f32x4.le(a, b));
  return v128.andnot(dc, f32x4.ge(a, b));
}

@inline
function mapBinaryBackward(op: i32, da: usize, db: usize, dc: usize, a: usize, b: usize, n: i32): void {
  const wantA = da != NONE;
  const wantB = db != NONE;
  for (; n > 0; n -= 4) {
    const g = stillThere(loadPart(dc, n));
    const x = loadPart(a, n);
    const y = loadPart(b, n);
    if (wantA) {
      storePart(da, f32x4.add(loadPart(da, n), slopeA(op, g, x, y)), n);
      da += 16;
    }
    if (wantB) {
      storePart(db, f32x4.add(loadPart(db, n), slopeB(op, g, x, y)), n);
      db += 16;
    }
    a += 16;
    b += 16;
    dc += 16;
  }
}

/** da[i] += dc[i] · ∂c/∂a, db[i] += dc[i] · ∂c/∂b; either may be NONE. */
export function binaryBackward(op: i32, da: usize, db: usize, dc: usize, a: usize, b: usize, n: i32): void {
  switch (op) {
    case ADD:
      mapBinaryBackward(ADD, da, db, dc, a, b, n);
      return;
    case SUBTRACT:
      mapBinaryBackward(SUBTRACT, da, db, dc, a, b, n);
      return;
    case MULTIPLY:
      mapBinaryBackward(MULTIPLY, da, db, dc, a, b, n);
      return;
    case DIVIDE:
      mapBinaryBackward(DIVIDE, da, db, dc, a, b, n);
      return;
    case MINIMUM:
      mapBinaryBackward(MINIMUM, da, db, dc, a, b, n);
      return;
    default:
      mapBinaryBackward(MAXIMUM, da, db, dc, a, b, n);
  }
}
