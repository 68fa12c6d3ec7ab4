import { describe, expect, test } from 'vitest';
import { createEngine } from './create.ts';
import type { Engine, UnaryOp } from './engine.ts';
import { TIERS } from './tiers.ts';

/** Largest error of each function of kernels/math.ts and squash.ts, as stated there, in ulp of the exact result. */
const FUNCTIONS: [op: UnaryOp, bound: number, exact: (x: number) => number][] = [
  ['exp', 0.99, Math.exp],
  ['log', 0.9, Math.log],
  ['log1p', 0.9, Math.log1p],
  ['tanh', 2.61, Math.tanh],
  // 0 where e^−x is above 2^127.5.
  ['sigmoid', 2.5, (x) => (x < -88.37626 ? 0 : x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))],
  ['softplus', 1.7, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
];

/** A prime, so that the sweep meets every mantissa's low bits; 4.2 million arguments each. */
const STRIDE = 1021;
const CHUNK = 1 << 16;
const bits = new DataView(new ArrayBuffer(8));

/** Distance between neighbours of f32 at |x|; that of the subnormals below 2^-126. */
function ulp(x: number): number {
  bits.setFloat64(0, Math.max(Math.abs(x), 2 ** -126));
  return 2 ** ((bits.getUint32(0) >>> 20) - 1023 - 23);
}

/** Error of `got` in ulp; infinities count as 2^128, where f32 would go on. NaN matches only NaN. */
function error(got: number, exact: number): number {
  if (Number.isNaN(exact) || Number.isNaN(got)) return Object.is(got, exact) ? 0 : Number.POSITIVE_INFINITY;
  if (got === Math.fround(exact))
    return got === exact || !Number.isFinite(got) ? 0 : Math.abs(got - exact) / ulp(exact);
  const finite = (v: number) => (Number.isFinite(v) ? v : Math.sign(v) * 2 ** 128);
  return Math.abs(finite(got) - finite(exact)) / Math.min(ulp(exact), 2 ** 104);
}

/** Runs f over f32 bit patterns in chunks and returns the largest error with its argument. */
function worst(engine: Engine, op: UnaryOp, exact: (x: number) => number, patterns: Iterable<Uint32Array>) {
  let found = { error: 0, x: 0 };
  engine.arena.scope(() => {
    const [x, y] = [engine.arena.take(CHUNK), engine.arena.take(CHUNK)];
    for (const chunk of patterns) {
      const arguments_ = new Float32Array(chunk.buffer, 0, chunk.length);
      engine.write(x, arguments_);
      engine.unary(op, y, x, chunk.length);
      const values = engine.read(y, chunk.length);
      for (let i = 0; i < chunk.length; i++) {
        const e = error(values[i], exact(arguments_[i]));
        if (!(e <= found.error)) found = { error: e, x: arguments_[i] };
      }
    }
  });
  return found;
}

function* everyNth(stride: number): Generator<Uint32Array> {
  for (let start = 0; start < 2 ** 32; start += stride * CHUNK) {
    const n = Math.min(CHUNK, Math.ceil((2 ** 32 - start) / stride));
    yield Uint32Array.from({ length: n }, (_, i) => start + i * stride);
  }
}

/** 64 patterns on either side of each exponent's border and of the points where the methods switch or saturate. */
function* borders(): Generator<Uint32Array> {
  const places = Array.from({ length: 512 }, (_, exponent) => exponent * 2 ** 23);
  for (const x of [
    9.01,
    10,
    88.72284,
    87.33655,
    103.97208,
    104,
    87,
    89,
    Math.SQRT1_2,
    Math.SQRT2,
    1,
    Math.SQRT2 - 1,
    1 - Math.SQRT1_2,
  ]) {
    for (const signed of [x, -x]) {
      bits.setFloat32(0, signed);
      places.push(bits.getUint32(0));
    }
  }
  for (const place of places) yield Uint32Array.from({ length: 129 }, (_, i) => place - 64 + i);
}

for (const { name, obstacle } of TIERS) {
  if (obstacle() !== undefined) continue;
  describe(`math.ts and squash.ts of kernels, tier ${name}`, () => {
    test.each(FUNCTIONS)(
      `%s stays within %f ulp at every ${STRIDE}st f32, at every border, and at NaN and ±Infinity`,
      async (op, bound, exact) => {
        const engine = await createEngine({ tier: name });
        const sweep = worst(engine, op, exact, everyNth(STRIDE));
        expect(sweep.error, `at ${sweep.x}`).toBeLessThanOrEqual(bound);
        const edge = worst(engine, op, exact, borders());
        expect(edge.error, `at ${edge.x}`).toBeLessThanOrEqual(bound);
      },
    );

    test('limits, signs of zero and NaN are those of the exact functions', async () => {
      const engine = await createEngine({ tier: name });
      const at = (op: UnaryOp, x: number) =>
        engine.arena.scope(() => {
          const p = engine.arena.take(1);
          engine.write(p, [x]);
          engine.unary(op, p, p, 1);
          return engine.read(p, 1)[0];
        });
      const cases: [UnaryOp, number, number][] = [
        ['exp', 0, 1],
        ['exp', Infinity, Infinity],
        ['exp', -Infinity, 0],
        ['exp', 88.8, Infinity],
        ['exp', -104, 0],
        ['exp', -103, 2 ** -149],
        ['log', 0, -Infinity],
        ['log', 1, 0],
        ['log', -1, NaN],
        ['log', Infinity, Infinity],
        ['log1p', -0, -0],
        ['log1p', -1, -Infinity],
        ['log1p', -1.5, NaN],
        ['log1p', Infinity, Infinity],
        ['log1p', 1e-40, Math.fround(1e-40)],
        ['tanh', -0, -0],
        ['tanh', Infinity, 1],
        ['tanh', -Infinity, -1],
        ['tanh', 20, 1],
        ['tanh', -1e-40, Math.fround(-1e-40)],
        ['sigmoid', 0, 0.5],
        ['sigmoid', Infinity, 1],
        ['sigmoid', -Infinity, 0],
        ['sigmoid', 40, 1],
        ['sigmoid', -88.4, 0],
        ['softplus', Infinity, Infinity],
        ['softplus', -Infinity, 0],
        ['softplus', 200, 200],
      ];
      for (const [op, x, y] of cases) expect(at(op, x), `${op}(${x})`).toBe(y);
      for (const [op] of FUNCTIONS) expect(at(op, Number.NaN), `${op}(NaN)`).toBeNaN();
    });
  });
}
