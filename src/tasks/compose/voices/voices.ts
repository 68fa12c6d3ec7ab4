import { affine, reshape } from '../../../autograd/index.ts';
import {
  HIGHEST_KEY,
  LOWEST_KEY,
  type MusicPiece,
  type Voices,
  voiceCount,
  voiceOf,
} from '../../../data/music/index.ts';
import { RecurveError } from '../../../errors.ts';
import { crossEntropy } from '../../../nn/index.ts';
import type { Kind, Passage } from '../kind.ts';
import { refuseBeginning } from '../listener.ts';
import { chainBaselines } from '../melody/baselines.ts';
import { accompany } from './accompany.ts';
import { composeVoices } from './compose.ts';
import { byHeight } from './height.ts';
import { listenToVoices } from './listen.ts';
import { ORDER, VOICES, type VoicesArchitecture, voicesNetwork } from './network.ts';
import { classesOf, classOf } from './range.ts';

/**
 * Four voices on a grid: the soprano as a melody of its own, and bass, alto and tenor given the whole soprano, the steps before and one
 * another. The score is the sum over the voices of their negative log likelihood, its mean over all steps.
 */
export const voices: Kind<Voices, VoicesArchitecture> = {
  measure: 'nats per step over 4 voices',
  prepare: (piece, { stepsPerQuarter }) => checked(stepsOf(piece, stepsPerQuarter), piece.name),
  architecture(train, { cell, hidden, layers, dropout, weightDrop, embedding, transpose, stepsPerQuarter }) {
    const pitches = train.flatMap((piece) => piece.flatMap((step) => step.filter((pitch) => pitch >= 0)));
    const [lowest, highest] = pitches.reduce(
      ([a, b], p) => [Math.min(a, p), Math.max(b, p)],
      [HIGHEST_KEY, LOWEST_KEY],
    );
    return {
      ...{ cell, hidden, layers, dropout, weightDrop, embedding, beat: stepsPerQuarter },
      low: Math.max(LOWEST_KEY, lowest - transpose),
      high: Math.min(HIGHEST_KEY, highest + transpose),
    };
  },
  layer: voicesNetwork,
  length: (piece) => piece.length,
  weight: ({ from, to }) => to - from,
  loss(root, a, passages, pass, tape) {
    const { ids, targets, lengths, shape } = classesIn(passages, a);
    const logits = root.forward(tape.constant(ids, [...shape, VOICES]), { ...pass, lengths });
    const each = reshape(logits, [...shape, VOICES, classesOf(a)]);
    return affine(crossEntropy(each, { values: targets, shape: [...shape, VOICES] }), VOICES);
  },
  compose: composeVoices,
  beginningOf: () => ({}),
  stepsOf: (piece) => piece,
  accompany,
  expectBeginning: (beginning) => refuseBeginning('voices', beginning),
  listen: (network, a, _, saved) => listenToVoices(network, a, saved),
  *baselines(train, test, a) {
    const K = classesOf(a);
    const rows = (pieces: readonly Voices[], v: number) =>
      pieces.map((piece) => [K, ...piece.map((step) => classOf(step[v], a))]);
    const sums = { static: 0, markov: 0 };
    for (const v of ORDER) {
      const one = yield* chainBaselines(rows(train, v), rows(test, v), K + 1, 1);
      sums.static += one.static;
      sums.markov += one.markov;
    }
    return sums;
  },
};

/** Refuses a score of another number of voices. @throws RecurveError `data` */
export function expectFourVoices({ name, music }: MusicPiece): void {
  if (music.kind === 'steps') return;
  const count = voiceCount(music.score);
  if (count === VOICES) return;
  throw new RecurveError(
    'data',
    `${name}: expected four voices, each in a track or V: of its own, got ${count}; other music is for a model of keys`,
  );
}

function stepsOf(piece: MusicPiece, stepsPerQuarter: number): Voices {
  const { name, music } = piece;
  if (music.kind === 'steps') return music.steps;
  expectFourVoices(piece);
  const ordered = byHeight(music.score);
  const lines = Array.from({ length: VOICES }, (_, v) => voiceOf(ordered, v, stepsPerQuarter, name));
  return lines[0].map((_, t) => lines.map((line) => line[t]));
}

function checked(piece: Voices, name: string): Voices {
  const odd = piece.findIndex((step) => step.length !== VOICES);
  if (odd < 0 && piece.length > 0) return piece;
  const got = piece.length === 0 ? 'an empty piece' : `${piece[odd].length} in step ${odd + 1}`;
  throw new RecurveError(
    'data',
    `${name}: expected four numbers in every step, soprano to bass, got ${got}; repair the piece, or use a model of keys`,
  );
}

/** Classes of the passages [B, T, 4] in score order and, in `ORDER`, the targets, −1 past the end. */
function classesIn(passages: readonly Passage<Voices>[], a: VoicesArchitecture) {
  const B = passages.length;
  const lengths = Int32Array.from(passages, ({ from, to }) => to - from);
  const T = Math.max(...lengths);
  const ids = new Float32Array(B * T * VOICES);
  const targets = new Int32Array(B * T * VOICES).fill(-1);
  passages.forEach(({ piece, from, to, shift }, b) => {
    const moved = within(piece, shift, a);
    for (let t = from; t < to; t++) {
      const at = (b * T + t - from) * VOICES;
      const step = piece[t].map((pitch) => classOf(pitch < 0 ? pitch : pitch + moved, a));
      ids.set(step, at);
      ORDER.forEach((v, n) => {
        targets[at + n] = step[v];
      });
    }
  });
  return { ids, targets, lengths, shape: [B, T] };
}

/** The shift, made smaller where a note would leave the range. */
function within(piece: Voices, shift: number, { low, high }: VoicesArchitecture): number {
  if (shift === 0) return 0;
  const sounding = piece.flatMap((step) => step.filter((pitch) => pitch >= 0));
  const lowest = sounding.reduce((a, b) => Math.min(a, b), high);
  const highest = sounding.reduce((a, b) => Math.max(a, b), low);
  return Math.min(Math.max(shift, low - lowest), high - highest);
}
