import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine, ReferenceEngine } from '../../../engine/index.ts';
import { Random } from '../../../random.ts';
import { Tape } from '../../tape.ts';
import { sizeOf, type Tensor } from '../../tensor.ts';
import {
  add,
  gruLast,
  gruSequence,
  type Lengths,
  leakyLast,
  leakySequence,
  lstmLast,
  lstmSequence,
  multiply,
  type RecurrentWeights,
  rnnLast,
  rnnSequence,
  type SequenceOptions,
  segmentLength,
  sum,
} from '../index.ts';

interface Results {
  outputs?: Tensor;
  last: Tensor;
  lastCell?: Tensor;
}

interface Case {
  name: string;
  gates: number;
  sequence(x: Tensor, s: Tensor[], w: RecurrentWeights, lengths: Lengths, options?: SequenceOptions): Results;
  last(x: Tensor, s: Tensor[], w: RecurrentWeights, lengths: Lengths, options?: SequenceOptions): Results;
}

/** Numbers per unit, in a tensor that the leaky unit does not read otherwise. */
const firstRow = (c: Tensor): Tensor => c.tape.view(c, [c.shape[1]]);

const CASES: readonly Case[] = [
  ...(['tanh', 'relu'] as const).map((f) => ({
    name: `rnn ${f}`,
    gates: 1,
    sequence: (x: Tensor, [h]: Tensor[], w: RecurrentWeights, lengths: Lengths, options?: SequenceOptions) =>
      rnnSequence(x, h, w, f, lengths, options),
    last: (x: Tensor, [h]: Tensor[], w: RecurrentWeights, lengths: Lengths, options?: SequenceOptions) => ({
      last: rnnLast(x, h, w, f, lengths, options),
    }),
  })),
  ...(['tanh', 'relu'] as const).map((f) => ({
    name: `leaky ${f}`,
    gates: 1,
    sequence: (x: Tensor, [h, c]: Tensor[], w: RecurrentWeights, lengths: Lengths, options?: SequenceOptions) =>
      leakySequence(x, h, w, { logit: firstRow(c) }, f, lengths, options),
    last: (x: Tensor, [h, c]: Tensor[], w: RecurrentWeights, lengths: Lengths, options?: SequenceOptions) => ({
      last: leakyLast(x, h, w, { logit: firstRow(c) }, f, lengths, options),
    }),
  })),
  {
    name: 'lstm',
    gates: 4,
    sequence: (x, [h, c], w, lengths, options) => lstmSequence(x, h, c, w, lengths, options),
    last: (x, [h, c], w, lengths, options) => lstmLast(x, h, c, w, lengths, options),
  },
  ...(['after', 'before'] as const).map((reset) => ({
    name: `gru reset ${reset}`,
    gates: 3,
    sequence: (x: Tensor, [h]: Tensor[], w: RecurrentWeights, lengths: Lengths, options?: SequenceOptions) =>
      gruSequence(x, h, w, reset, lengths, options),
    last: (x: Tensor, [h]: Tensor[], w: RecurrentWeights, lengths: Lengths, options?: SequenceOptions) => ({
      last: gruLast(x, h, w, reset, lengths, options),
    }),
  })),
];

interface Sizes {
  T: number;
  B: number;
  D: number;
  H: number;
  lengths?: number[] | undefined;
}

/** Results and all gradients of one loss that weighs every result by its own number. */
function train(
  engine: Engine,
  gates: number,
  { T, B, D, H, lengths }: Sizes,
  run: (x: Tensor, s: Tensor[], w: RecurrentWeights, lengths: Lengths) => Results,
  skipOutputs = false,
): Record<string, number[]> {
  const tape = new Tape(engine);
  const random = new Random(5);
  const numbers = (shape: number[]) => Array.from({ length: sizeOf(shape) }, () => random.uniformIn(-1, 1));
  return tape.run(() => {
    const G = gates * H;
    const shapes: Record<string, number[]> = {
      x: [T, B, D],
      h: [B, H],
      c: [B, H],
      wIh: [G, D],
      wHh: [G, H],
      bIh: [G],
      bHh: [G],
    };
    const leaves = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, tape.variable(numbers(shape), shape)]),
    );
    const { x, h, c, wIh, wHh, bIh, bHh } = leaves;
    const results = run(x, [h, c], { wIh, wHh, bIh, bHh }, lengths);
    const weighed = (['last', 'lastCell', 'outputs'] as const)
      .filter((name) => results[name] && !(skipOutputs && name === 'outputs'))
      .map((name) => {
        const tensor = results[name] as Tensor;
        return sum(multiply(tensor, tape.constant(numbers([tensor.size]), tensor.shape)));
      });
    tape.backward(weighed.reduce(add));
    const out = Object.entries(results).filter(([name]) => !(skipOutputs && name === 'outputs'));
    return Object.fromEntries([
      ...out.map(([name, tensor]) => [name, [...(tensor as Tensor).values()]]),
      ...Object.entries(leaves).map(([name, leaf]) => [`d${name}`, [...leaf.gradient()]]),
    ]);
  });
}

const SIZES: readonly (Sizes & { segment: number })[] = [
  { T: 7, B: 3, D: 2, H: 5, segment: 3 },
  { T: 8, B: 4, D: 3, H: 9, segment: 4, lengths: [8, 0, 4, 5] },
  { T: 6, B: 2, D: 1, H: 17, segment: 1, lengths: [1, 6] },
  { T: 5, B: 3, D: 4, H: 4, segment: 9, lengths: [0, 0, 3] },
  { T: 0, B: 2, D: 2, H: 3, segment: 2 },
];

describe.each(CASES)('recomputed $name', ({ gates, sequence, last }) => {
  it.each(SIZES)(
    'T=$T, B=$B, H=$H, lengths $lengths, segments of $segment: outputs and all gradients are the bits of full storage',
    async (sizes) => {
      for (const engine of [await createEngine(), new ReferenceEngine()]) {
        const whole = train(engine, gates, sizes, sequence);
        const again = train(engine, gates, sizes, (...args) => sequence(...args, { recompute: sizes.segment }));
        expect(again).toEqual(whole);
      }
    },
  );

  it.each(SIZES)(
    'T=$T, B=$B, H=$H, lengths $lengths, segments of $segment: the last state alone has the bits of full storage',
    async (sizes) => {
      for (const engine of [await createEngine(), new ReferenceEngine()]) {
        const whole = train(engine, gates, sizes, sequence, true);
        const again = train(engine, gates, sizes, (...args) => last(...args, { recompute: sizes.segment }));
        expect(again).toEqual(whole);
      }
    },
  );

  it('every segment length gives the bits of full storage, for any lengths of rows', async () => {
    const engine = await createEngine();
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
        (segment, lengths) => {
          const sizes = { T: 9, B: lengths.length, D: 2, H: 6, lengths };
          const whole = train(engine, gates, sizes, sequence);
          expect(train(engine, gates, sizes, (...args) => sequence(...args, { recompute: segment }))).toEqual(whole);
          const { outputs: _, ...ends } = train(engine, gates, sizes, sequence, true);
          expect(train(engine, gates, sizes, (...args) => last(...args, { recompute: segment }))).toEqual(ends);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('recomputation', () => {
  it('of the last state takes memory that grows with √T: 16 times the steps take at most 5 times the workspace beside x', async () => {
    const engine = await createEngine();
    const [B, D, H] = [2, 1, 32];
    const workspace = (T: number) => {
      const tape = new Tape(engine);
      engine.arena.resetPeak();
      tape.run(() => {
        const [h, c] = [tape.zeros([B, H]), tape.zeros([B, H])];
        const at = (shape: number[]) => tape.variable(new Float32Array(sizeOf(shape)), shape);
        const weights = { wIh: at([4 * H, D]), wHh: at([4 * H, H]), bIh: at([4 * H]), bHh: at([4 * H]) };
        tape.backward(sum(lstmLast(tape.zeros([T, B, D]), h, c, weights).last));
      });
      return engine.arena.usage().peak - 4 * T * B * D;
    };
    const fixed = workspace(1);
    expect(workspace(16 * 400) - fixed).toBeLessThan(5 * (workspace(400) - fixed));
  });

  it('keeps segments and borders in balance: segmentLength is the root of T, rounded up, and at least 1', () => {
    expect([0, 1, 2, 100, 101, 100_000].map(segmentLength)).toEqual([1, 1, 2, 10, 11, 317]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses segments of %s steps', (recompute) => {
    const tape = new Tape(new ReferenceEngine());
    tape.evaluate(() => {
      const weights = { wIh: tape.zeros([3, 2]), wHh: tape.zeros([3, 3]), bIh: tape.zeros([3]), bHh: tape.zeros([3]) };
      const [x, h] = [tape.zeros([4, 1, 2]), tape.zeros([1, 3])];
      expect(() => rnnSequence(x, h, weights, 'tanh', undefined, { recompute })).toThrow(
        `rnn: expected recompute to be a whole number of at least 1, got ${recompute}; segmentLength(T) takes the least memory`,
      );
    });
  });
});

describe('a skip', () => {
  const run = (past: number[], change: { reset?: 'before'; recompute?: number }) => {
    const tape = new Tape(new ReferenceEngine());
    tape.evaluate(() => {
      const weights = { wIh: tape.zeros([9, 2]), wHh: tape.zeros([9, 3]), bIh: tape.zeros([9]), bHh: tape.zeros([9]) };
      const skip = { weight: tape.zeros([9, 3]), past: tape.zeros(past) };
      const { reset = 'after', recompute } = change;
      gruSequence(tape.zeros([4, 2, 2]), tape.zeros([2, 3]), weights, reset, undefined, { skip, recompute });
    });
  };

  it('over two steps is taken by a GRU that resets after', () => {
    expect(() => run([2, 3], {})).not.toThrow();
  });

  it.each([
    [
      'one step',
      [2, 0],
      {},
      'gru: expected a skip over at least 2 steps without recompute, in a cell that has it, got 1 steps;',
    ],
    ['recomputed', [2, 6], { recompute: 2 }, 'got 3 steps and recompute; run the cell step by step instead'],
    ['before the reset', [2, 3], { reset: 'before' as const }, 'in a cell that has it, got 2 steps; run the cell'],
    [
      'of no whole number of states',
      [2, 5],
      {},
      'gru: expected past of shape [2, 3], got [2, 5]; d − 1 states side by side',
    ],
  ])('%s is refused', (_, past, change, message) => {
    expect(() => run(past, change)).toThrow(message);
  });
});
