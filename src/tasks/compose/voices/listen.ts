import { expectKey } from '../../../data/music/pitch.ts';
import { logSoftmax } from '../../../decode/index.ts';
import { RecurveError } from '../../../errors.ts';
import { counted } from '../../../format.ts';
import type { Json } from '../../../model/index.ts';
import { array, number, object } from '../../../model/validate.ts';
import type { Network } from '../../../nn/index.ts';
import { likeliest } from '../likely.ts';
import type { ComposeStep, Listener } from '../listener.ts';
import { ORDER, VOICES, type VoicesArchitecture, type VoicesNetwork } from './network.ts';
import { classesOf, classOf, pitchOf } from './range.ts';
import { quiet, sopranoStream } from './soprano.ts';

const checkState = object({ piece: array(array(number({ integer: true }))) });

/**
 * Hears four voices, or the soprano alone. The soprano is predicted from its past; what the lower voices cost is known when the piece has
 * ended, because they are given the whole soprano.
 */
export function listenToVoices(network: Network, a: VoicesArchitecture, saved?: Json): Listener {
  const things = Array.from({ length: classesOf(a) }, (_, id) => {
    const pitch = pitchOf(id, a);
    return pitch < 0 ? { id, name: 'rest' } : { id, pitch };
  });
  let piece: number[][];
  let read: (id: number) => ArrayLike<number>;
  let logits: ArrayLike<number>;
  const begin = (): void => {
    piece = [];
    read = sopranoStream(network, a);
    logits = read(classesOf(a));
  };
  const hear = (step: ComposeStep): number => {
    const pitches = pitchesIn(step, piece[0]?.length);
    const id = classOf(pitches[0], a);
    const nats = -logSoftmax(logits)[id];
    piece.push(pitches);
    logits = read(id);
    return nats;
  };
  begin();
  // A piece is short: reading it again gives the states it had, to the bit.
  if (saved !== undefined) for (const step of checkState(saved, 'stream: state').piece) hear(step);

  return {
    hear: (step) => ({ nats: hear(step), scored: 1 }),
    next: () => likeliest(logits, things),
    end() {
      const nats = piece[0].length === VOICES ? lowerVoices(network, a, piece) : 0;
      begin();
      return { nats, scored: 0 };
    },
    state: () => ({ piece }),
    [Symbol.dispose]: () => {},
  };
}

/** What bass, alto and tenor cost, the soprano being known whole. */
function lowerVoices(network: Network, a: VoicesArchitecture, piece: readonly (readonly number[])[]): number {
  const K = classesOf(a);
  const T = piece.length;
  const ids = Float32Array.from(piece.flatMap((step) => step.map((pitch) => classOf(pitch, a))));
  const logits = network.tape.evaluate(() => {
    const root = network.root as VoicesNetwork;
    return root.forward(network.tape.constant(ids, [1, T, VOICES]), quiet(false)).values();
  });
  let nats = 0;
  for (let t = 0; t < T; t++) {
    for (let n = 1; n < VOICES; n++) {
      const at = (t * VOICES + n) * K;
      nats -= logSoftmax(logits.subarray(at, at + K))[ids[t * VOICES + ORDER[n]]];
    }
  }
  return nats;
}

function pitchesIn(step: ComposeStep, before: number | undefined): number[] {
  const count = 'pitch' in step ? 0 : step.length;
  if ('pitch' in step || (count !== 1 && count !== VOICES) || (before !== undefined && count !== before)) {
    const expected =
      before === undefined
        ? 'four notes, soprano to bass, or the soprano alone'
        : `notes of ${counted(before, 'voice')}, as before`;
    throw new RecurveError('data', `stream: expected ${expected}, got ${count}; −1 is a silent voice`);
  }
  return step.map((pitch) => (pitch === -1 ? -1 : expectKey(pitch, 'stream')));
}
