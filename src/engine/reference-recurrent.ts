import type { Address, GruBackward, GruForward, LstmBackward, LstmForward, RnnBackward, RnnForward } from './engine.ts';
import { NONE } from './engine.ts';
import { sigmoid, stillThere } from './reference-elementwise.ts';

/** Row b of step t, unit j, of an array [.., B, width]. */
type At = (t: number, b: number, j: number) => Address;

const rows =
  (base: Address, B: number, width: number): At =>
  (t, b, j) =>
    base + (t * B + b) * width + j;

function running(heap: Float64Array, p: { lengths: Address; T: number }, t: number, b: number): boolean {
  return t < (p.lengths === NONE ? p.T : heap[p.lengths + b]);
}

/** `start + Σ_k w[row,k]·x[k]`, k ascending, w row-major [rows, K]. */
function dot(heap: Float64Array, start: number, w: Address, row: number, x: Address, K: number): number {
  let sum = start;
  for (let k = 0; k < K && w !== NONE; k++) sum += heap[x + k] * heap[w + row * K + k];
  return sum;
}

/** The skip's part of a pre-activation, on top of `start`. */
function far(heap: Float64Array, start: number, w: Address | undefined, row: number, x: Address, K: number): number {
  return w === undefined ? start : dot(heap, start, w, row, x, K);
}

/** `dx[j] += Σ_k w[j,k]·dgates[k]` for the state that a skip read. */
function addFar(heap: Float64Array, w: Address | undefined, dx: Address, H: number, dgates: Address, K: number): void {
  for (let j = 0; j < H && w !== undefined; j++) heap[dx + j] = dot(heap, heap[dx + j], w, j, dgates, K);
}

export function rnnForward(heap: Float64Array, p: RnnForward): void {
  const { T, B, H, leak = NONE } = p;
  const gate = rows(p.gates, B, H);
  const h = rows(p.hidden, B, H);
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) {
      const on = running(heap, p, t, b);
      for (let j = 0; j < H; j++) {
        const near = dot(heap, heap[gate(t, b, j)], p.w, j, h(t, b, 0), H);
        const a = far(heap, near, p.skip?.w, j, h(t + 1 - (p.skip?.delay ?? 1), b, 0), H);
        const fresh = on ? (p.activation === 'tanh' ? Math.tanh(a) : Math.max(a, 0)) : 0;
        heap[h(t + 1, b, j)] = fresh;
        if (leak === NONE) continue;
        heap[gate(t, b, j)] = fresh;
        if (on) heap[h(t + 1, b, j)] = heap[leak + j] * heap[h(t, b, j)] + (1 - heap[leak + j]) * fresh;
      }
    }
  }
}

export function rnnBackward(heap: Float64Array, p: RnnBackward): void {
  const { T, B, H, leak = NONE, gates = NONE, dleak = NONE } = p;
  const gate = rows(gates, B, H);
  const share = rows(dleak, B, H);
  const dgate = rows(p.dgates, B, H);
  const h = rows(p.hidden, B, H);
  const dh = rows(p.dhidden, B, H);
  for (let t = T - 1; t >= 0; t--) {
    for (let b = 0; b < B; b++) {
      const on = running(heap, p, t, b);
      for (let j = 0; j < H; j++) {
        const y = leak === NONE ? heap[h(t + 1, b, j)] : heap[gate(t, b, j)];
        const slope = p.activation === 'tanh' ? 1 - y * y : y > 0 ? 1 : 0;
        const dy = stillThere(heap[dh(t + 1, b, j)]);
        const stays = leak === NONE ? 0 : heap[leak + j];
        heap[dgate(t, b, j)] = on ? dy * (1 - stays) * slope : 0;
        if (dleak !== NONE) heap[share(t, b, j)] = on ? dy * (heap[h(t, b, j)] - y) : 0;
        if (on && leak !== NONE) heap[dh(t, b, j)] += dy * stays;
      }
      if (!on) continue;
      for (let j = 0; j < H; j++) heap[dh(t, b, j)] = dot(heap, heap[dh(t, b, j)], p.w, j, dgate(t, b, 0), H);
      addFar(heap, p.skip?.w, dh(t + 1 - (p.skip?.delay ?? 1), b, 0), H, dgate(t, b, 0), H);
    }
  }
}

export function lstmForward(heap: Float64Array, p: LstmForward): void {
  const { T, B, H } = p;
  const gate = rows(p.gates, B, 4 * H);
  const h = rows(p.hidden, B, H);
  const c = rows(p.cells, B, H);
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) {
      const on = running(heap, p, t, b);
      for (let row = 0; row < 4 * H; row++) {
        const near = on ? dot(heap, heap[gate(t, b, row)], p.w, row, h(t, b, 0), H) : 0;
        heap[gate(t, b, row)] = on ? far(heap, near, p.skip?.w, row, h(t + 1 - (p.skip?.delay ?? 1), b, 0), H) : 0;
      }
      for (let j = 0; j < H; j++) {
        if (!on) {
          heap[h(t + 1, b, j)] = heap[c(t + 1, b, j)] = 0;
          continue;
        }
        const i = sigmoid(heap[gate(t, b, j)]);
        const f = sigmoid(heap[gate(t, b, H + j)]);
        const g = Math.tanh(heap[gate(t, b, 2 * H + j)]);
        const o = sigmoid(heap[gate(t, b, 3 * H + j)]);
        const cell = f * heap[c(t, b, j)] + i * g;
        heap[c(t + 1, b, j)] = cell;
        heap[h(t + 1, b, j)] = o * Math.tanh(cell);
        heap[gate(t, b, j)] = i;
        heap[gate(t, b, H + j)] = f;
        heap[gate(t, b, 2 * H + j)] = g;
        heap[gate(t, b, 3 * H + j)] = o;
      }
    }
  }
}

export function lstmBackward(heap: Float64Array, p: LstmBackward): void {
  const { T, B, H } = p;
  const gate = rows(p.gates, B, 4 * H);
  const dgate = rows(p.dgates, B, 4 * H);
  const c = rows(p.cells, B, H);
  const dh = rows(p.dhidden, B, H);
  for (let t = T - 1; t >= 0; t--) {
    for (let b = 0; b < B; b++) {
      const on = running(heap, p, t, b);
      for (let j = 0; j < H; j++) {
        if (!on) {
          for (let q = 0; q < 4; q++) heap[dgate(t, b, q * H + j)] = 0;
          continue;
        }
        const [i, f, g, o] = [0, 1, 2, 3].map((q) => heap[gate(t, b, q * H + j)]);
        const squashed = Math.tanh(heap[c(t + 1, b, j)]);
        const dy = stillThere(heap[dh(t + 1, b, j)]);
        const dc = stillThere(heap[p.dcell + b * H + j]) + dy * o * (1 - squashed * squashed);
        heap[dgate(t, b, j)] = dc * g * i * (1 - i);
        heap[dgate(t, b, H + j)] = dc * heap[c(t, b, j)] * f * (1 - f);
        heap[dgate(t, b, 2 * H + j)] = dc * i * (1 - g * g);
        heap[dgate(t, b, 3 * H + j)] = dy * squashed * o * (1 - o);
        heap[p.dcell + b * H + j] = dc * f;
      }
      if (!on) continue;
      for (let j = 0; j < H; j++) heap[dh(t, b, j)] = dot(heap, heap[dh(t, b, j)], p.w, j, dgate(t, b, 0), 4 * H);
      addFar(heap, p.skip?.w, dh(t + 1 - (p.skip?.delay ?? 1), b, 0), H, dgate(t, b, 0), 4 * H);
    }
  }
}

export function gruForward(heap: Float64Array, p: GruForward): void {
  const { T, B, H } = p;
  const gate = rows(p.gates, B, 3 * H);
  const kept = rows(p.candidate, B, H);
  const h = rows(p.hidden, B, H);
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) {
      if (!running(heap, p, t, b)) {
        for (let row = 0; row < 3 * H; row++) heap[gate(t, b, row)] = 0;
        for (let j = 0; j < H; j++) heap[kept(t, b, j)] = heap[h(t + 1, b, j)] = 0;
        continue;
      }
      const older = h(t + 1 - (p.skip?.delay ?? 1), b, 0);
      for (let row = 0; row < 2 * H; row++) {
        const near = dot(heap, heap[gate(t, b, row)], p.wrz, row, h(t, b, 0), H);
        heap[gate(t, b, row)] = sigmoid(far(heap, near, p.skip?.wrz, row, older, H));
      }
      for (let j = 0; j < H; j++) {
        const r = heap[gate(t, b, j)];
        heap[kept(t, b, j)] =
          p.reset === 'after'
            ? far(heap, dot(heap, heap[p.bias + j], p.wn, j, h(t, b, 0), H), p.skip?.wn, j, older, H)
            : r * heap[h(t, b, j)];
      }
      for (let j = 0; j < H; j++) {
        const [r, z, a] = [0, 1, 2].map((q) => heap[gate(t, b, q * H + j)]);
        const n = Math.tanh(
          p.reset === 'after' ? a + r * heap[kept(t, b, j)] : dot(heap, a, p.wn, j, kept(t, b, 0), H),
        );
        heap[gate(t, b, 2 * H + j)] = n;
        heap[h(t + 1, b, j)] = (1 - z) * n + z * heap[h(t, b, j)];
      }
    }
  }
}

export function gruBackward(heap: Float64Array, p: GruBackward): void {
  const { T, B, H } = p;
  const gate = rows(p.gates, B, 3 * H);
  const dgate = rows(p.dgates, B, 3 * H);
  const kept = rows(p.candidate, B, H);
  const dkept = rows(p.dcandidate, B, H);
  const h = rows(p.hidden, B, H);
  const dh = rows(p.dhidden, B, H);
  for (let t = T - 1; t >= 0; t--) {
    for (let b = 0; b < B; b++) {
      if (!running(heap, p, t, b)) {
        for (let row = 0; row < 3 * H; row++) heap[dgate(t, b, row)] = 0;
        for (let j = 0; j < H; j++) heap[dkept(t, b, j)] = 0;
        continue;
      }
      for (let j = 0; j < H; j++) {
        const [r, z, n] = [0, 1, 2].map((q) => heap[gate(t, b, q * H + j)]);
        const dy = stillThere(heap[dh(t + 1, b, j)]);
        const dn = dy * (1 - z) * (1 - n * n);
        heap[dgate(t, b, 2 * H + j)] = dn;
        heap[dgate(t, b, H + j)] = dy * (heap[h(t, b, j)] - n) * z * (1 - z);
        if (p.reset === 'after') heap[dkept(t, b, j)] = dn * r;
      }
      for (let j = 0; j < H; j++) {
        const r = heap[gate(t, b, j)];
        const z = heap[gate(t, b, H + j)];
        let carried = heap[dh(t, b, j)] + stillThere(heap[dh(t + 1, b, j)]) * z;
        if (p.reset === 'after') {
          heap[dgate(t, b, j)] = heap[dgate(t, b, 2 * H + j)] * heap[kept(t, b, j)] * r * (1 - r);
        } else {
          const dreset = dot(heap, 0, p.wn, j, dgate(t, b, 2 * H), H);
          heap[dkept(t, b, j)] = dreset;
          heap[dgate(t, b, j)] = dreset * heap[h(t, b, j)] * r * (1 - r);
          carried += dreset * r;
        }
        heap[dh(t, b, j)] = carried;
      }
      for (let j = 0; j < H; j++) {
        let carried = dot(heap, heap[dh(t, b, j)], p.wrz, j, dgate(t, b, 0), 2 * H);
        if (p.reset === 'after') carried = dot(heap, carried, p.wn, j, dkept(t, b, 0), H);
        heap[dh(t, b, j)] = carried;
      }
      const older = dh(t + 1 - (p.skip?.delay ?? 1), b, 0);
      addFar(heap, p.skip?.wrz, older, H, dgate(t, b, 0), 2 * H);
      addFar(heap, p.skip?.wn, older, H, dkept(t, b, 0), H);
    }
  }
}
