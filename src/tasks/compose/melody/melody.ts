import type { Tape } from '../../../autograd/index.ts';
import type { MusicPiece } from '../../../data/music/index.ts';
import { RecurveError } from '../../../errors.ts';
import { crossEntropy, dropout, embedding, type Layer, linear, type Pass, sequential } from '../../../nn/index.ts';
import type { Kind, Passage } from '../kind.ts';
import type { ComposeSettings } from '../options.ts';
import { stackOf } from '../stack.ts';
import { chainBaselines } from './baselines.ts';
import { codecOf, type Heard, hear, type MelodyCodec, type MelodyCodecDocument, melodyCodec } from './codec.ts';
import { composeMelody } from './compose.ts';
import { listenToMelody } from './listen.ts';

export interface MelodyArchitecture
  extends Pick<ComposeSettings, 'cell' | 'hidden' | 'layers' | 'dropout' | 'weightDrop' | 'embedding'> {
  codec: MelodyCodecDocument;
}

/** Key and metre. They are learned, so that they can be drawn where nobody gives them, and not scored. */
const HEAD = 2;

/**
 * One note after another: a recurrent network over tokens, conditioned by what stands before the notes. The score is the mean over the
 * tokens of the music itself (pitches, rests, durations, bar lines, the end); title, key and metre are not scored.
 */
export const melody: Kind<Heard, MelodyArchitecture> = {
  measure: 'nats per token',
  prepare({ name, music }: MusicPiece) {
    if (music.kind === 'score') return hear(music.score, name);
    throw new RecurveError(
      'data',
      `${name}: expected a melody from ABC or MIDI, got piano rolls; they are for a model of keys or voices`,
    );
  },
  architecture: (train, { cell, hidden, layers, dropout: p, weightDrop, embedding: width }) => ({
    ...{ cell, hidden, layers, dropout: p, weightDrop, embedding: width },
    codec: codecOf(train).document,
  }),
  layer({ codec, embedding: width, ...stack }) {
    const { size } = melodyCodec(codec);
    return sequential(
      embedding({ vocabulary: size, output: width }),
      stackOf({ ...stack, input: width }),
      dropout({ p: stack.dropout }),
      linear({ input: stack.hidden, output: size }),
    );
  },
  // Bar lines and titles depend on the codec; what an epoch's batches are sorted by need not.
  length: ({ events }) => 2 * events.length + HEAD + 1,
  weight: ({ piece }) => 2 * piece.events.length + 1,
  loss: lossOf,
  compose: (network, a, _, request) => composeMelody(network, a, request),
  beginningOf: ({ key, metre, pickup }) => ({ key, metre, pickup }),
  stepsOf: ({ events }) => events,
  expectBeginning: (beginning, { codec }) => melodyCodec(codec).expectKnown(beginning),
  unknownIn: (title, { codec }) => melodyCodec(codec).unknownIn(title),
  listen: listenToMelody,
  *baselines(train, test, { codec }) {
    const tokens = melodyCodec(codec);
    const rows = (tunes: readonly Heard[]) => tunes.map((tune) => [...tokens.body(tune), tokens.end]);
    return yield* chainBaselines(rows(train), rows(test), tokens.size, HEAD);
  },
};

function lossOf(
  root: Layer,
  { codec }: MelodyArchitecture,
  passages: readonly Passage<Heard>[],
  pass: Pass,
  tape: Tape,
) {
  const tokens = melodyCodec(codec);
  const rows = passages.map(({ piece, shift, chance }) =>
    rowOf(tokens, piece, shift, pass.training && chance % 2 === 1),
  );
  const B = rows.length;
  const lengths = Int32Array.from(rows, ({ ids }) => ids.length - 1);
  const T = Math.max(...lengths);
  const inputs = new Int32Array(B * T);
  const targets = new Int32Array(B * T).fill(-1);
  rows.forEach(({ ids, scored }, b) => {
    for (let t = 0; t + 1 < ids.length; t++) {
      inputs[b * T + t] = ids[t];
      if (t + 1 >= (pass.training ? scored - HEAD : scored)) targets[b * T + t] = ids[t + 1];
    }
  });
  const logits = root.forward(tape.constant(inputs, [B, T]), { ...pass, lengths });
  return crossEntropy(logits, { values: targets, shape: [B, T] });
}

/** Start, title where it is told, key, metre, notes, end; and where the scored tokens begin. */
function rowOf(tokens: MelodyCodec, heard: Heard, shift: number, titled: boolean): { ids: number[]; scored: number } {
  const title = titled ? tokens.title(heard.title) : [];
  const body = tokens.shifted(Int32Array.from(tokens.body(heard)), shift);
  return { ids: [tokens.start, ...title, ...body, tokens.end], scored: 1 + title.length + HEAD };
}
