import { LOWEST_KEY, noteName } from '../../../data/music/index.ts';
import { expectKey } from '../../../data/music/pitch.ts';
import { RecurveError } from '../../../errors.ts';
import { sigmoid, softplus } from '../../../exact.ts';
import type { Json } from '../../../model/index.ts';
import type { Network } from '../../../nn/index.ts';
import type { Likely } from '../kind.ts';
import type { ComposeStep, Listener } from '../listener.ts';
import { createReader, type Reader } from '../reader.ts';
import { KEYS_INPUT, keysInput, soundingKeys } from './input.ts';

/** A reader of steps of keys, before the first one. */
export function keysReader(network: Network, saved?: Json): Reader {
  return createReader(network, inputOf(undefined), saved);
}

/** Hears which keys sound, step by step. */
export function listenToKeys(network: Network, saved?: Json): Listener {
  const reader = keysReader(network, saved);
  return {
    hear(step) {
      const pitches = keysIn(step);
      const sounding = new Set(pitches);
      let nats = 0;
      for (let k = 0; k < reader.logits.length; k++) {
        const logit = reader.logits[k];
        nats += softplus(sounding.has(k + LOWEST_KEY) ? -logit : logit);
      }
      reader.step(inputOf(pitches));
      return { nats, scored: 1 };
    },
    next: () =>
      Array.from(reader.logits, (logit, k): Likely => {
        const pitch = k + LOWEST_KEY;
        return { name: noteName(pitch), pitch, probability: sigmoid(logit) };
      }).sort((a, b) => b.probability - a.probability),
    end() {
      reader.reset();
      return { nats: 0, scored: 0 };
    },
    state: () => reader.state(),
    [Symbol.dispose]: () => reader[Symbol.dispose](),
  };
}

export function inputOf(pitches: readonly number[] | undefined): Float32Array {
  const x = new Float32Array(KEYS_INPUT);
  keysInput(pitches, 0, x, 0);
  return x;
}

function keysIn(step: ComposeStep): number[] {
  if (!('pitch' in step)) return soundingKeys(step).map((pitch) => expectKey(pitch, 'stream'));
  throw new RecurveError(
    'data',
    'stream: expected the notes that sound, as a list of MIDI numbers, got a note with a duration; give a list such as [60, 64, 67]',
  );
}
