import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../../../engine/reference.ts';
import { Tape } from '../../tape.ts';
import { rnnSequence } from '../index.ts';
import { checkSequenceGradients, SEQUENCES } from './sequence.case.ts';

describe.each(SEQUENCES)('$name', (sequence) => {
  it('has the gradients of finite differences within 1e-7, run twice, padded outputs weighed too', () => {
    checkSequenceGradients(sequence);
  });
});

describe('recurrent sequences refuse', () => {
  const run = (
    change: { x?: number[]; h0?: number[]; wIh?: number[]; wHh?: number[]; bHh?: number[] },
    lengths?: number[],
  ) => {
    const tape = new Tape(new ReferenceEngine());
    tape.evaluate(() => {
      const shapes = { x: [4, 3, 2], h0: [3, 5], wIh: [5, 2], wHh: [5, 5], bHh: [5], ...change };
      const weights = {
        wIh: tape.zeros(shapes.wIh),
        wHh: tape.zeros(shapes.wHh),
        bIh: tape.zeros([5]),
        bHh: tape.zeros(shapes.bHh),
      };
      rnnSequence(tape.zeros(shapes.x), tape.zeros(shapes.h0), weights, 'tanh', lengths);
    });
  };

  it.each([
    [{ x: [4, 3] }, 'rnn: expected time-major x of shape [T, B, D], got [4, 3]; sequences have three axes'],
    [{ x: [4, 3, 7] }, 'rnn: expected x of shape [T, B, 2], got [4, 3, 7]; build the layer with input: 7'],
    [{ h0: [2, 5] }, 'rnn: expected initial state of shape [3, 5], got [2, 5]; one row per sequence of the batch'],
    [{ wIh: [10, 2] }, 'rnn: expected w_ih of shape [5, 2], got [10, 2]; PyTorch keeps gates × hidden rows'],
    [{ wHh: [4, 5] }, 'rnn: expected w_hh of shape [5, 5], got [4, 5]; PyTorch keeps gates × hidden rows'],
    [{ bHh: [4] }, 'rnn: expected bias of shape [5], got [4]; one number per gate row'],
  ])('%j', (change, message) => {
    expect(() => run(change)).toThrow(message);
  });

  it('lengths of another batch', () => {
    expect(() => run({}, [1, 2])).toThrow('lengths: expected one length per row, 3 in all, got 2');
  });
});
