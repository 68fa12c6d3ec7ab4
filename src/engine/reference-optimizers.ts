import type { AdamStep, Address, RmspropStep, SgdStep } from './engine.ts';
import { NONE } from './engine.ts';
import { normalSquare, stillThere } from './reference-elementwise.ts';

export function adam(
  heap: Float64Array,
  w: Address,
  dw: Address,
  m: Address,
  v: Address,
  n: number,
  s: AdamStep,
): void {
  for (let i = 0; i < n; i++) {
    const g = s.scale * heap[dw + i] + s.l2 * heap[w + i];
    heap[m + i] = stillThere(s.beta1 * heap[m + i] + (1 - s.beta1) * g);
    heap[v + i] = normalSquare(s.beta2 * heap[v + i] + (1 - s.beta2) * g * g);
    heap[w + i] =
      heap[w + i] * (1 - s.decay) -
      (s.rate * (heap[m + i] * s.correction1)) / (Math.sqrt(heap[v + i] * s.correction2) + s.epsilon);
  }
}

export function sgd(heap: Float64Array, w: Address, dw: Address, velocity: Address, n: number, s: SgdStep): void {
  for (let i = 0; i < n; i++) {
    const g = s.scale * heap[dw + i] + s.l2 * heap[w + i];
    let u = g;
    if (velocity !== NONE) {
      heap[velocity + i] = stillThere(s.momentum * heap[velocity + i] + g);
      u = s.nesterov ? g + s.momentum * heap[velocity + i] : heap[velocity + i];
    }
    heap[w + i] -= s.rate * u;
  }
}

export function rmsprop(
  heap: Float64Array,
  w: Address,
  dw: Address,
  square: Address,
  velocity: Address,
  n: number,
  s: RmspropStep,
): void {
  for (let i = 0; i < n; i++) {
    const g = s.scale * heap[dw + i] + s.l2 * heap[w + i];
    heap[square + i] = normalSquare(s.alpha * heap[square + i] + (1 - s.alpha) * g * g);
    let u = g / (Math.sqrt(heap[square + i]) + s.epsilon);
    if (velocity !== NONE) {
      heap[velocity + i] = stillThere(s.momentum * heap[velocity + i] + u);
      u = heap[velocity + i];
    }
    heap[w + i] -= s.rate * u;
  }
}
