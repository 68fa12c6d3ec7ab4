// Work on the rows of a matrix: tables, softmax and its loss. Sums inside a row add ascending in f64 and are rounded once.
import { exp, log1p } from './math';
import { addRow, bytes, copyRow, loadPart, storePart } from './vector';

/** y[r,:] = table[indices[r],:]. */
export function gatherRows(y: usize, table: usize, indices: usize, rows: i32, D: i32): void {
  for (let r = 0; r < rows; r++) {
    copyRow(y, table + <usize>load<i32>(indices + bytes(r)) * bytes(D), D);
    y += bytes(D);
  }
}

/** dtable[indices[r],:] += dy[r,:], r descending. */
export function scatterAddRows(dtable: usize, dy: usize, indices: usize, rows: i32, D: i32): void {
  for (let r = rows - 1; r >= 0; r--) {
    addRow(dtable + <usize>load<i32>(indices + bytes(r)) * bytes(D), dy + <usize>r * bytes(D), D);
  }
}

/** max x[k]; NaN if there is one. */
function maximum(x: usize, K: i32): f32 {
  let top = f32x4.splat(-Infinity);
  for (; K >= 4; K -= 4) {
    top = f32x4.max(top, v128.load(x));
    x += 16;
  }
  let m = max(
    max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)),
    max(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3)),
  );
  for (; K > 0; K--) {
    m = max(m, load<f32>(x));
    x += 4;
  }
  return m;
}

/** y[k] = exp(x[k] − top). */
function exponentials(y: usize, x: usize, K: i32, top: f32): void {
  const t = f32x4.splat(top);
  for (; K >= 8; K -= 8) {
    const a = exp(f32x4.sub(v128.load(x), t));
    const b = exp(f32x4.sub(v128.load(x, 16), t));
    v128.store(y, b, 16);
    v128.store(y, a);
    x += 32;
    y += 32;
  }
  for (; K > 0; K -= 4) {
    storePart(y, exp(f32x4.sub(loadPart(x, K), t)), K);
    x += 16;
    y += 16;
  }
}

function divideRow(y: usize, K: i32, divisor: f32): void {
  const d = f32x4.splat(divisor);
  for (; K >= 8; K -= 8) {
    const a = f32x4.div(v128.load(y), d);
    const b = f32x4.div(v128.load(y, 16), d);
    v128.store(y, b, 16);
    v128.store(y, a);
    y += 32;
  }
  for (; K > 0; K -= 4) {
    storePart(y, f32x4.div(loadPart(y, K), d), K);
    y += 16;
  }
}

/** y = softmax of one row; returns Σ exp(x[k] − top). */
function softmaxRow(y: usize, x: usize, K: i32, top: f32): f64 {
  exponentials(y, x, K, top);
  let total: f64 = 0;
  for (let k = 0; k < K; k++) total += <f64>load<f32>(y + bytes(k));
  divideRow(y, K, <f32>total);
  return total;
}

/** y[r,k] = exp(x[r,k] − max) / Σ exp(…); y may be x. */
export function softmax(y: usize, x: usize, rows: i32, K: i32): void {
  for (let r = 0; r < rows; r++) {
    softmaxRow(y, x, K, maximum(x, K));
    x += bytes(K);
    y += bytes(K);
  }
}

/** dx[r,k] += y[r,k] · (dy[r,k] − Σ_j y[r,j]·dy[r,j]). */
export function softmaxBackward(dx: usize, dy: usize, y: usize, rows: i32, K: i32): void {
  for (let r = 0; r < rows; r++) {
    let dot: f64 = 0;
    for (let k = 0; k < K; k++) dot += <f64>load<f32>(y + bytes(k)) * <f64>load<f32>(dy + bytes(k));
    const d = f32x4.splat(<f32>dot);
    for (let n = K; n > 0; n -= 4) {
      storePart(dx, f32x4.add(loadPart(dx, n), f32x4.mul(loadPart(y, n), f32x4.sub(loadPart(dy, n), d))), n);
      const step = bytes(min(n, 4));
      dx += step;
      dy += step;
      y += step;
    }
  }
}

/**
 * loss[r] = log Σ exp(x[r,k]) − x[r,targets[r]] and the softmax; 0 where the target is negative.
 * As (max − x_target) + log1p(Σ − 1): the largest term is exactly 1, so a confident row keeps the digits of its small loss.
 */
export function crossEntropy(loss: usize, probabilities: usize, x: usize, targets: usize, rows: i32, K: i32): void {
  for (let r = 0; r < rows; r++) {
    const top = maximum(x, K);
    const others = softmaxRow(probabilities, x, K, top) - 1;
    const target = load<i32>(targets + bytes(r));
    let value: f32 = 0;
    if (target >= 0) {
      value = top - load<f32>(x + bytes(target)) + f32x4.extract_lane(log1p(f32x4.splat(<f32>others)), 0);
    }
    store<f32>(loss + bytes(r), value);
    x += bytes(K);
    probabilities += bytes(K);
  }
}

/** dx[r,k] += dloss[r] · (probabilities[r,k] − [k = targets[r]]), nothing where the target is negative. */
export function crossEntropyBackward(dx: usize, dloss: usize, probabilities: usize, targets: usize, rows: i32, K: i32): void {
  for (let r = 0; r < rows; r++) {
    const target = load<i32>(targets + bytes(r));
    if (target >= 0) {
      const scale = load<f32>(dloss + bytes(r));
      const hit = load<f32>(dx + bytes(target)) + scale * (load<f32>(probabilities + bytes(target)) - 1);
      const s = f32x4.splat(scale);
      let d = dx;
      let p = probabilities;
      for (let n = K; n > 0; n -= 4) {
        storePart(d, f32x4.add(loadPart(d, n), f32x4.mul(s, loadPart(p, n))), n);
        d += 16;
        p += 16;
      }
      store<f32>(dx + bytes(target), hit);
    }
    dx += bytes(K);
    probabilities += bytes(K);
  }
}
