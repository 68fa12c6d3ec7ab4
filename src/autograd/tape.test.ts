import { describe, expect, it } from 'vitest';
import { ENGINES } from '../engine/engines.case.ts';
import { ReferenceEngine } from '../engine/reference.ts';
import { add, affine, linear, lstmSequence, mean, multiply, relu, softmax, square, sum, tanh } from './ops/index.ts';
import { Tape } from './tape.ts';
import { Tensor } from './tensor.ts';

const fresh = (): Tape => new Tape(new ReferenceEngine());

describe('a scope', () => {
  it('ends its tensors: using one later is an error, never stale numbers', () => {
    const tape = fresh();
    const lost = tape.run(() => tape.variable([1, 2], [2]));
    const message =
      'tape: expected a living tensor, got one of shape [2] whose scope has ended; copy its values() before the scope ends';
    expect(() => lost.values()).toThrow(message);
    expect(() => lost.gradient()).toThrow(message);
    expect(() => tape.run(() => tanh(lost))).toThrow(message);
    expect(() => tape.run(() => tape.view(lost, [1]))).toThrow(message);
    expect(() => tape.run(() => tape.backward(lost))).toThrow(message);
  });

  it('ends its views with it', () => {
    const tape = fresh();
    const lost = tape.run(() => tape.view(tape.variable([1, 2], [2]), [1], 1));
    expect(() => lost.values()).toThrow('whose scope has ended');
  });

  it('is needed to make tensors', () => {
    const tape = fresh();
    const message =
      'tape: expected tensors to be made inside tape.run or tape.evaluate, got a request outside; wrap the computation in one of them';
    expect(() => tape.constant([1], [1])).toThrow(message);
    expect(() => tape.zeros([1])).toThrow(message);
  });

  it('also ends when its body throws, and the tape can be used again', () => {
    const tape = fresh();
    expect(() =>
      tape.run(() => {
        tape.variable([1], [1]);
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(tape.recording).toBe(false);
    expect(tape.engine.arena.usage().workspace).toBe(0);
    expect(tape.engine.arena.insideScope).toBe(false);
    expect(
      tape.run(() => {
        const x = tape.variable([3], [1]);
        tape.backward(square(x));
        return x.gradient()[0];
      }),
    ).toBe(6);
  });

  it('refuses a function that returns a promise', () => {
    const tape = fresh();
    expect(() => tape.run(async () => 1)).toThrow(
      'tape: expected a function that returns when it is done, got one that returns a promise; await before or after tape.run',
    );
    expect(tape.engine.arena.insideScope).toBe(false);
  });
});

describe('nesting', () => {
  it('evaluates inside a run without recording, and records on afterwards', () => {
    const tape = fresh();
    const gradient = tape.run(() => {
      const x = tape.variable([2], [1]);
      const y = square(x);
      const peeked = tape.evaluate(() => {
        expect(tape.recording).toBe(false);
        const z = affine(y, 10);
        expect(z.tracked).toBe(false);
        return z.item();
      });
      expect(peeked).toBe(40);
      expect(tape.recording).toBe(true);
      tape.backward(affine(y, 3));
      return x.gradient()[0];
    });
    expect(gradient).toBe(12);
  });

  it('runs inside a run with a tape of its own', () => {
    const tape = fresh();
    const [inner, outer] = tape.run(() => {
      const x = tape.variable([2], [1]);
      const y = square(x);
      const inside = tape.run(() => {
        const v = tape.variable([5], [1]);
        tape.backward(square(v));
        return v.gradient()[0];
      });
      tape.backward(y);
      return [inside, x.gradient()[0]];
    });
    expect([inner, outer]).toEqual([10, 4]);
  });

  it('refuses to leave a gradient of an outer tensor in memory that ends with the inner run', () => {
    const tape = fresh();
    tape.run(() => {
      const x = tape.variable([2, 3], [2]);
      expect(() => tape.run(() => tape.backward(sum(square(x))))).toThrow(
        'backward: expected gradients to stay inside one tape.run, got a tensor of shape [2] from an outer one; make variables in the run that differentiates',
      );
    });
  });

  it('keeps outer tensors alive inside', () => {
    const tape = fresh();
    tape.run(() => {
      const x = tape.variable([2], [1]);
      tape.evaluate(() => tape.evaluate(() => expect(square(x).item()).toBe(4)));
      expect(x.item()).toBe(2);
    });
  });
});

describe('backward', () => {
  it('adds what flows back along several paths', () => {
    const tape = fresh();
    const gradient = tape.run(() => {
      const x = tape.variable([3], [1]);
      const y = square(x);
      tape.backward(add(multiply(y, x), y));
      return x.gradient()[0];
    });
    expect(gradient).toBe(3 * 9 + 2 * 3);
  });

  it('gives zeros where nothing arrives, and nothing to constants', () => {
    const tape = fresh();
    tape.run(() => {
      const [x, unused, fixed] = [tape.variable([3], [1]), tape.variable([1, 2], [2]), tape.constant([4], [1])];
      tape.backward(multiply(x, fixed));
      expect([...x.gradient()]).toEqual([4]);
      expect([...unused.gradient()]).toEqual([0, 0]);
      expect([...fixed.gradient()]).toEqual([0]);
      expect([...fixed.values()]).toEqual([4]);
    });
  });

  it('adds the gradients of two separate losses of one variable', () => {
    const tape = fresh();
    tape.run(() => {
      const x = tape.variable([3], [1]);
      tape.backward(square(x));
      tape.backward(affine(x, 10));
      expect([...x.gradient()]).toEqual([16]);
    });
  });

  it('refuses a second way back through what was differentiated, instead of stopping there in silence', () => {
    const tape = fresh();
    const message =
      'backward: expected a computation that was not differentiated before, got one that was; add the losses up and go back once';
    tape.run(() => {
      const x = tape.variable([3], [1]);
      const y = square(x);
      const loss = affine(y, 2);
      tape.backward(loss);
      expect(() => tape.backward(loss)).toThrow(message);
      expect(() => tape.backward(square(y))).toThrow(message);
      expect(() => tape.backward(tape.view(y, []))).toThrow(message);
      expect(square(y).item()).toBe(81);
    });
  });

  it('refuses losses that are no number or depend on nothing tracked', () => {
    const tape = fresh();
    expect(() => tape.run(() => tape.backward(tape.variable([1, 2], [2])))).toThrow(
      'backward: expected a loss of one element, got shape [2]; reduce it with mean or sum',
    );
    const untracked =
      'backward: expected a loss that depends on a tracked tensor inside tape.run, got one that does not; compute it in tape.run from parameters or variables';
    expect(() => tape.run(() => tape.backward(square(tape.constant([1], [1]))))).toThrow(untracked);
    expect(() => tape.evaluate(() => tape.backward(square(tape.variable([1], [1]))))).toThrow(untracked);
  });

  it('walks 20,000 operations without recursion', () => {
    const tape = fresh();
    const gradient = tape.run(() => {
      const x = tape.variable([0], [1]);
      let y = x;
      for (let i = 0; i < 20_000; i++) y = affine(y, 1, 1);
      tape.backward(y);
      expect(y.item()).toBe(20_000);
      return x.gradient()[0];
    });
    expect(gradient).toBe(1);
  });

  it('leaves the gradient of an LSTM’s last cell state what flowed into it', () => {
    const tape = fresh();
    tape.run(() => {
      const [T, B, D, H] = [3, 2, 2, 1];
      const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => Math.cos(i + n));
      const weights = {
        wIh: tape.variable(numbers(4 * H * D), [4 * H, D]),
        wHh: tape.variable(numbers(4 * H * H), [4 * H, H]),
        bIh: tape.variable(numbers(4 * H), [4 * H]),
        bHh: tape.variable(numbers(4 * H + 1).slice(1), [4 * H]),
      };
      const x = tape.constant(numbers(T * B * D), [T, B, D]);
      const { lastCell } = lstmSequence(x, tape.zeros([B, H]), tape.zeros([B, H]), weights);
      tape.backward(sum(multiply(lastCell, tape.constant([0.25, -3], [B, H]))));
      expect([...lastCell.gradient()]).toEqual([0.25, -3]);
    });
  });
});

describe('a view of a view', () => {
  it('sends its gradient to its place, and 0 to the rest, whatever lay in memory', () => {
    const tape = fresh();
    tape.run(() => tape.constant(new Float64Array(64).fill(Number.NaN), [64]));
    const gradient = tape.run(() => {
      const x = tape.variable([1, 2, 3, 4, 5, 6, 7, 8], [8]);
      tape.backward(sum(tape.view(tape.view(x, [6], 1), [3], 2)));
      return [...x.gradient()];
    });
    expect(gradient).toEqual([0, 0, 0, 1, 1, 1, 0, 0]);
  });
});

describe('two tapes', () => {
  it('do not mix: an error, whichever side stands first and also inside fused layers', () => {
    const [one, two] = [fresh(), fresh()];
    const message = 'tape: expected tensors of one engine, got one of another; build the whole computation on one tape';
    one.run(() =>
      two.run(() => {
        const [a, b] = [one.variable([1, 2], [2]), two.variable([3, 4], [2])];
        expect(() => add(a, b)).toThrow(message);
        expect(() => add(b, a)).toThrow(message);
        expect(() => one.backward(sum(b))).toThrow(message);
        expect(() => one.view(b, [1])).toThrow(message);
        expect(() => linear(one.zeros([1, 2]), two.zeros([3, 2]))).toThrow(message);
        const z = (...shape: number[]): Tensor => one.zeros(shape);
        const weights = { wIh: z(4, 1), wHh: z(4, 1), bIh: z(4), bHh: z(4) };
        expect(() => lstmSequence(z(2, 1, 1), z(1, 1), two.zeros([1, 1]), weights)).toThrow(message);
        expect(() => lstmSequence(z(2, 1, 1), z(1, 1), z(1, 1), { ...weights, bHh: two.zeros([4]) })).toThrow(message);
      }),
    );
  });
});

describe('given numbers', () => {
  it('must be as many as the shape holds', () => {
    const tape = fresh();
    expect(() => tape.run(() => tape.constant([1, 2], [3]))).toThrow(
      'tensor: expected 3 numbers for shape [3], got 2; give as many numbers as the shape holds',
    );
  });

  it('come out one by one with item(), only of tensors of one element', () => {
    const tape = fresh();
    tape.run(() => {
      expect(tape.constant([7], [1, 1]).item()).toBe(7);
      expect(() => tape.zeros([2]).item()).toThrow(
        'item: expected a tensor of one element, got shape [2]; use values()',
      );
    });
  });

  it.each([[[-1]], [[0.5]], [[Number.NaN]], [[-2, 3]]])('cannot have the shape %j', (shape) => {
    const tape = fresh();
    expect(() => tape.run(() => tape.zeros(shape))).toThrow('shape: expected whole numbers of at least 0, got');
  });

  it('are copied: changing what values() gave changes nothing', () => {
    const tape = fresh();
    tape.run(() => {
      const x = tape.constant([1, 2], [2]);
      x.values()[0] = 99;
      expect([...x.values()]).toEqual([1, 2]);
    });
  });
});

describe.each(ENGINES)('memory on $name', async ({ open }) => {
  const engine = await open();

  it('is after 1,000 steps what it was after the first: persistent, workspace, peak and capacity', () => {
    const tape = new Tape(engine);
    const block = engine.arena.keep(2 * 6);
    engine.fill(block, 12, 0.1);
    const w = new Tensor(tape, [2, 3], block, { tracked: true, scope: 0, gradient: engine.arena.keep(6) });
    const step = (): number =>
      tape.run(() => {
        const x = tape.constant([1, 2, 3, 4, 5, 6], [2, 3]);
        const loss = mean(square(softmax(relu(linear(x, w)))));
        tape.backward(loss);
        tape.evaluate(() => tanh(x));
        return loss.item();
      });
    const first = step();
    const before = engine.arena.usage();
    for (let i = 0; i < 1000; i++) expect(step()).toBe(first);
    expect(engine.arena.usage()).toEqual(before);
    expect(before.workspace).toBe(0);
  });
});
