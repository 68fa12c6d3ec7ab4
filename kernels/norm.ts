// Layer norm, Ba, Kiros, Hinton 2016. Means are taken in f64, ascending, and rounded once.
import { bytes, loadPart, storePart } from './vector';

/** y = (x − mean)·rstd·gain + bias per row; keeps mean[rows], rstd[rows]. */
export function layerNorm(y: usize, mean: usize, rstd: usize, x: usize, gain: usize, bias: usize, rows: i32, D: i32, epsilon: f32): void {
  for (let r = 0; r < rows; r++) {
    let sum: f64 = 0;
    for (let d = 0; d < D; d++) sum += <f64>load<f32>(x + bytes(d));
    const center = sum / <f64>D;
    let squares: f64 = 0;
    for (let d = 0; d < D; d++) {
      const distance = <f64>load<f32>(x + bytes(d)) - center;
      squares += distance * distance;
    }
    const scale = <f32>(1 / sqrt(squares / <f64>D + <f64>epsilon));
    store<f32>(mean + bytes(r), <f32>center);
    store<f32>(rstd + bytes(r), scale);
    const m = f32x4.splat(<f32>center);
    const s = f32x4.splat(scale);
    for (let d = 0; d < D; d += 4) {
      const n = D - d;
      const o = bytes(d);
      const normal = f32x4.mul(f32x4.sub(loadPart(x + o, n), m), s);
      storePart(y + o, f32x4.add(f32x4.mul(normal, loadPart(gain + o, n)), loadPart(bias + o, n)), n);
    }
    x += bytes(D);
    y += bytes(D);
  }
}

/** Gradients of {@link layerNorm}, all accumulating; dgain and dbias add rows descending. */
export function layerNormBackward(
  dx: usize, dgain: usize, dbias: usize, dy: usize, x: usize, gain: usize, mean: usize, rstd: usize, rows: i32, D: i32,
): void {
  for (let r = rows - 1; r >= 0; r--) {
    const row = <usize>r * bytes(D);
    const center = load<f32>(mean + bytes(r));
    const scale = load<f32>(rstd + bytes(r));
    // Means over the row of dy·gain and of dy·gain·normal.
    let plain: f64 = 0;
    let along: f64 = 0;
    for (let d = 0; d < D; d++) {
      const o = bytes(d);
      const g = <f64>(load<f32>(dy + row + o) * load<f32>(gain + o));
      plain += g;
      along += g * <f64>((load<f32>(x + row + o) - center) * scale);
    }
    const m1 = f32x4.splat(<f32>(plain / <f64>D));
    const m2 = f32x4.splat(<f32>(along / <f64>D));
    const m = f32x4.splat(center);
    const s = f32x4.splat(scale);
    for (let d = 0; d < D; d += 4) {
      const n = D - d;
      const o = bytes(d);
      const g = loadPart(dy + row + o, n);
      const normal = f32x4.mul(f32x4.sub(loadPart(x + row + o, n), m), s);
      const scaled = f32x4.mul(g, loadPart(gain + o, n));
      const inner = f32x4.sub(f32x4.sub(scaled, m1), f32x4.mul(normal, m2));
      storePart(dx + row + o, f32x4.add(loadPart(dx + row + o, n), f32x4.mul(s, inner)), n);
      storePart(dgain + o, f32x4.add(loadPart(dgain + o, n), f32x4.mul(g, normal)), n);
      storePart(dbias + o, f32x4.add(loadPart(dbias + o, n), g), n);
    }
  }
}
