// One step of an optimiser, in place. Formulas: AdamStep, SgdStep, RmspropStep in engine.ts. Means that fade because their weight gets no
// gradient any more (a rare word's) would end in subnormal numbers and stay there: 0.9 times the fourth smallest is rounded to itself.
import { loadPart, NONE, normalSquare, stillThere, storePart } from './vector';

/** Clipped and with L2: `scale · dw + l2 · w`. */
@inline
function gradient(dw: usize, n: i32, scale: f32, l2: f32, weight: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.splat(scale), loadPart(dw, n)), f32x4.mul(f32x4.splat(l2), weight));
}

/** Adam and AdamW. `rest` = 1 − β, `keep` = 1 − decay, all rounded once from f64. */
export function adam(
  w: usize, dw: usize, m: usize, v: usize, n: i32, scale: f32, rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32,
  epsilon: f32, keep: f32, l2: f32, correction1: f32, correction2: f32,
): void {
  for (; n > 0; n -= 4) {
    const weight = loadPart(w, n);
    const g = gradient(dw, n, scale, l2, weight);
    const first = stillThere(f32x4.add(f32x4.mul(f32x4.splat(beta1), loadPart(m, n)), f32x4.mul(f32x4.splat(rest1), g)));
    const square = f32x4.mul(f32x4.splat(rest2), f32x4.mul(g, g));
    const second = normalSquare(f32x4.add(f32x4.mul(f32x4.splat(beta2), loadPart(v, n)), square));
    const root = f32x4.sqrt(f32x4.mul(second, f32x4.splat(correction2)));
    const direction = f32x4.mul(f32x4.splat(rate), f32x4.mul(first, f32x4.splat(correction1)));
    const step = f32x4.div(direction, f32x4.add(root, f32x4.splat(epsilon)));
    storePart(m, first, n);
    storePart(v, second, n);
    storePart(w, f32x4.sub(f32x4.mul(weight, f32x4.splat(keep)), step), n);
    w += 16;
    dw += 16;
    m += 16;
    v += 16;
  }
}

/** SGD with momentum; velocity may be NONE. */
export function sgd(
  w: usize, dw: usize, velocity: usize, n: i32, scale: f32, rate: f32, momentum: f32, nesterov: bool, l2: f32,
): void {
  for (; n > 0; n -= 4) {
    const weight = loadPart(w, n);
    const g = gradient(dw, n, scale, l2, weight);
    let direction = g;
    if (velocity != NONE) {
      direction = stillThere(f32x4.add(f32x4.mul(f32x4.splat(momentum), loadPart(velocity, n)), g));
      storePart(velocity, direction, n);
      if (nesterov) direction = f32x4.add(g, f32x4.mul(f32x4.splat(momentum), direction));
      velocity += 16;
    }
    storePart(w, f32x4.sub(weight, f32x4.mul(f32x4.splat(rate), direction)), n);
    w += 16;
    dw += 16;
  }
}

/** RMSprop, ε outside the root; velocity may be NONE. */
export function rmsprop(
  w: usize, dw: usize, square: usize, velocity: usize, n: i32, scale: f32, rate: f32, alpha: f32, rest: f32, epsilon: f32, momentum: f32, l2: f32,
): void {
  for (; n > 0; n -= 4) {
    const weight = loadPart(w, n);
    const g = gradient(dw, n, scale, l2, weight);
    const mean = normalSquare(f32x4.add(f32x4.mul(f32x4.splat(alpha), loadPart(square, n)), f32x4.mul(f32x4.splat(rest), f32x4.mul(g, g))));
    let direction = f32x4.div(g, f32x4.add(f32x4.sqrt(mean), f32x4.splat(epsilon)));
    storePart(square, mean, n);
    if (velocity != NONE) {
      direction = stillThere(f32x4.add(f32x4.mul(f32x4.splat(momentum), loadPart(velocity, n)), direction));
      storePart(velocity, direction, n);
      velocity += 16;
    }
    storePart(w, f32x4.sub(weight, f32x4.mul(f32x4.splat(rate), direction)), n);
    w += 16;
    dw += 16;
    square += 16;
  }
}
