import type { Address } from './engine.ts';

// Kernels that work row by row, on arrays [rows, K] or [rows, D]: a row is read whole and reduced in ascending order.

export function softmax(heap: Float64Array, y: Address, x: Address, rows: number, K: number): void {
  for (let r = 0; r < rows; r++) {
    const logits = heap.slice(x + r * K, x + (r + 1) * K);
    const max = logits.reduce((m, v) => Math.max(m, v), -Infinity);
    const exps = logits.map((v) => Math.exp(v - max));
    const total = exps.reduce((s, v) => s + v, 0);
    heap.set(
      exps.map((v) => v / total),
      y + r * K,
    );
  }
}

export function softmaxBackward(
  heap: Float64Array,
  dx: Address,
  dy: Address,
  y: Address,
  rows: number,
  K: number,
): void {
  for (let r = 0; r < rows; r++) {
    const p = heap.slice(y + r * K, y + (r + 1) * K);
    const g = heap.slice(dy + r * K, dy + (r + 1) * K);
    const dot = p.reduce((s, v, k) => s + v * g[k], 0);
    for (let k = 0; k < K; k++) heap[dx + r * K + k] += p[k] * (g[k] - dot);
  }
}

export function crossEntropy(
  heap: Float64Array,
  loss: Address,
  probabilities: Address,
  x: Address,
  targets: Address,
  rows: number,
  K: number,
): void {
  softmax(heap, probabilities, x, rows, K);
  for (let r = 0; r < rows; r++) {
    const logits = heap.slice(x + r * K, x + (r + 1) * K);
    const max = logits.reduce((m, v) => Math.max(m, v), -Infinity);
    const total = logits.reduce((s, v) => s + Math.exp(v - max), 0);
    const target = heap[targets + r];
    heap[loss + r] = target < 0 ? 0 : Math.log(total) - (logits[target] - max);
  }
}

export function crossEntropyBackward(
  heap: Float64Array,
  dx: Address,
  dloss: Address,
  probabilities: Address,
  targets: Address,
  rows: number,
  K: number,
): void {
  for (let r = 0; r < rows; r++) {
    const target = heap[targets + r];
    if (target < 0) continue;
    for (let k = 0; k < K; k++) {
      heap[dx + r * K + k] += heap[dloss + r] * (heap[probabilities + r * K + k] - (k === target ? 1 : 0));
    }
  }
}

export function layerNorm(
  heap: Float64Array,
  y: Address,
  mean: Address,
  rstd: Address,
  x: Address,
  gain: Address,
  bias: Address,
  rows: number,
  D: number,
  epsilon: number,
): void {
  for (let r = 0; r < rows; r++) {
    const row = heap.slice(x + r * D, x + (r + 1) * D);
    const mu = row.reduce((s, v) => s + v, 0) / D;
    const variance = row.reduce((s, v) => s + (v - mu) * (v - mu), 0) / D;
    const inverse = 1 / Math.sqrt(variance + epsilon);
    heap[mean + r] = mu;
    heap[rstd + r] = inverse;
    for (let d = 0; d < D; d++) heap[y + r * D + d] = (row[d] - mu) * inverse * heap[gain + d] + heap[bias + d];
  }
}

export function layerNormBackward(
  heap: Float64Array,
  dx: Address,
  dgain: Address,
  dbias: Address,
  dy: Address,
  x: Address,
  gain: Address,
  mean: Address,
  rstd: Address,
  rows: number,
  D: number,
): void {
  for (let r = rows - 1; r >= 0; r--) {
    const normal = heap.slice(x + r * D, x + (r + 1) * D).map((v) => (v - heap[mean + r]) * heap[rstd + r]);
    const scaled = heap.slice(dy + r * D, dy + (r + 1) * D).map((v, d) => v * heap[gain + d]);
    const m1 = scaled.reduce((s, v) => s + v, 0) / D;
    const m2 = scaled.reduce((s, v, d) => s + v * normal[d], 0) / D;
    for (let d = 0; d < D; d++) {
      heap[dgain + d] += heap[dy + r * D + d] * normal[d];
      heap[dbias + d] += heap[dy + r * D + d];
      heap[dx + r * D + d] += heap[rstd + r] * (scaled[d] - m1 - normal[d] * m2);
    }
  }
}
