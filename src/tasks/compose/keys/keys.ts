import { affine } from '../../../autograd/index.ts';
import { HIGHEST_KEY, KEYS, LOWEST_KEY, type Roll, rollOf } from '../../../data/music/index.ts';
import { RecurveError } from '../../../errors.ts';
import { binaryCrossEntropy, dropout, type Layer, linear, sequential } from '../../../nn/index.ts';
import type { Kind, Passage } from '../kind.ts';
import { refuseBeginning } from '../listener.ts';
import type { ComposeSettings } from '../options.ts';
import { stackOf } from '../stack.ts';
import { keysBaselines } from './baselines.ts';
import { composeKeys } from './compose.ts';
import { KEYS_INPUT, keysInput, soundingKeys } from './input.ts';
import { listenToKeys } from './listen.ts';

export type KeysArchitecture = Pick<
  ComposeSettings,
  'cell' | 'hidden' | 'layers' | 'dropout' | 'weightDrop' | 'inputDropout'
>;

/**
 * Which of the 88 keys sound, each on its own given all steps before: a recurrent network with 88 logistic outputs.
 * The score is the sum over the keys of their negative log likelihood, as in Boulanger-Lewandowski et al. 2012 and Bai et al. 2018, its
 * mean over all steps of all pieces, the first step included.
 */
export const keys: Kind<Roll, KeysArchitecture> = {
  measure: 'nats per step over 88 keys',
  prepare({ name, music }, { stepsPerQuarter }) {
    const roll = music.kind === 'score' ? rollOf(music.score, stepsPerQuarter, name) : music.steps.map(soundingKeys);
    if (roll.length > 0) return roll;
    throw new RecurveError('data', `${name}: expected at least one step, got an empty piece; leave it out`);
  },
  architecture: (_, { cell, hidden, layers, dropout, weightDrop, inputDropout }) => ({
    cell,
    hidden,
    layers,
    dropout,
    weightDrop,
    inputDropout,
  }),
  layer: keysNetwork,
  length: (roll) => roll.length,
  weight: ({ from, to }) => to - from,
  loss(root, _, passages, pass, tape) {
    const { x, y, lengths, shape } = gridOf(passages);
    const logits = root.forward(tape.constant(x, [...shape, KEYS_INPUT]), { ...pass, lengths });
    return affine(binaryCrossEntropy(logits, y, { lengths }), KEYS);
  },
  compose: (network, _, settings, request) => composeKeys(network, settings, request),
  beginningOf: () => ({}),
  stepsOf: (roll) => roll,
  expectBeginning: (beginning) => refuseBeginning('keys', beginning),
  listen: (network, _, __, saved) => listenToKeys(network, saved),
  baselines: keysBaselines,
};

/** x[B, T, 89] to logits of the 88 keys, [B, T, 88]. */
function keysNetwork({ inputDropout, ...stack }: KeysArchitecture): Layer {
  return sequential(
    dropout({ p: inputDropout }),
    stackOf({ ...stack, input: KEYS_INPUT }),
    dropout({ p: stack.dropout }),
    linear({ input: stack.hidden, output: KEYS }),
  );
}

/** Passages as inputs (the step before each) and targets, padded to the longest. */
function gridOf(passages: readonly Passage<Roll>[]) {
  const B = passages.length;
  const lengths = Int32Array.from(passages, ({ from, to }) => to - from);
  const T = Math.max(...lengths);
  const x = new Float32Array(B * T * KEYS_INPUT);
  const y = new Float32Array(B * T * KEYS);
  passages.forEach(({ piece, from, to, shift }, b) => {
    const moved = within(piece, from, to, shift);
    for (let t = from; t < to; t++) {
      const at = b * T + t - from;
      for (const pitch of piece[t]) y[at * KEYS + pitch + moved - LOWEST_KEY] = 1;
      keysInput(t === 0 ? undefined : piece[t - 1], moved, x, at * KEYS_INPUT);
    }
  });
  return { x, y, lengths, shape: [B, T] };
}

/** The shift, made smaller where a note would leave the keyboard. */
function within(roll: Roll, from: number, to: number, shift: number): number {
  let moved = shift;
  for (let t = Math.max(from - 1, 0); t < to; t++) {
    for (const pitch of roll[t]) moved = Math.min(Math.max(moved, LOWEST_KEY - pitch), HIGHEST_KEY - pitch);
  }
  return moved;
}
