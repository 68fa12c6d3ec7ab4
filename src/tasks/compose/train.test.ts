import { describe, expect, test } from 'vitest';
import { type MusicPiece, readMidi, voiceOf, writeMidi } from '../../data/music/index.ts';
import { createEngine } from '../../engine/index.ts';
import { encodeModelFile, type ModelFile } from '../../model/index.ts';
import { chordPieces, parallelVoices, SMALL, scaleTunes } from './data.case.ts';
import { loadCompose } from './model.ts';
import type { ComposeOptions } from './options.ts';
import { trainCompose } from './train.ts';

const KINDS: [string, MusicPiece[], ComposeOptions, number][] = [
  [
    'keys',
    chordPieces(48),
    { ...SMALL, kind: 'keys', dropout: 0.1, inputDropout: 0, batchSize: 2, transpose: 0, epochs: 15 },
    0.6,
  ],
  ['melody', scaleTunes(36), { ...SMALL, kind: 'melody', batchSize: 2, transpose: 0, dropout: 0.1, epochs: 20 }, 0.5],
  ['voices', parallelVoices(36), { ...SMALL, kind: 'voices', dropout: 0.1, batchSize: 4 }, 0.5],
];

describe.each(KINDS)('%s', (kind, pieces, options, margin) => {
  test(`learns: the test pieces' likelihood is below ${margin} of the better baseline's`, async () => {
    const { scores, model } = await trainCompose(pieces, options);
    const { test: own, baselines } = scores!;
    expect(model.kind).toBe(kind);
    expect(own.nll).toBeLessThan(margin * Math.min(baselines.static.nll, baselines.markov.nll));
  });

  test('the same seed gives the same weights and notes to the bit, another seed others', async () => {
    const short = { ...options, epochs: 2 };
    const once = await trainCompose(pieces, short);
    const again = await trainCompose(pieces, short);
    const other = await trainCompose(pieces, { ...short, seed: 4 });
    expect(again.model.encode().tensors).toEqual(once.model.encode().tensors);
    expect(other.model.encode().tensors).not.toEqual(once.model.encode().tensors);
    const composed = once.model.compose({ seed: 5, bars: 4 });
    expect(again.model.compose({ seed: 5, bars: 4 })).toEqual(composed);
    expect(once.model.compose({ seed: 6, bars: 4 })).not.toEqual(composed);
  });

  test('a saved model loads to the same notes, and what it composes comes back from MIDI', async () => {
    const { model } = await trainCompose(pieces, { ...options, epochs: 1 });
    const loaded = await loadCompose(encodeModelFile(model.encode()));
    const score = loaded.compose({ seed: 1, bars: 3 });
    expect(score).toEqual(model.compose({ seed: 1, bars: 3 }));
    expect(score.notes.length).toBeGreaterThan(0);
    expect(readMidi(writeMidi(score), 'back.mid').notes).toEqual(score.notes);
    expect(loaded.next(pieces[0])).toEqual(model.next(pieces[0]));
  });

  test('a training that was stopped goes on to the bits of one that was not', async () => {
    const short = { ...options, epochs: 3 };
    const engine = await createEngine();
    const whole = await trainCompose(pieces, short, { engine });
    const stop = new AbortController();
    let saved: ModelFile | undefined;
    const stopped = trainCompose(pieces, short, {
      engine,
      signal: stop.signal,
      onProgress: ({ epoch }) => epoch === 2 && stop.abort(),
      checkpoint: {
        everySeconds: 1e6,
        save: async (file) => {
          saved = file;
        },
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    const resumed = await trainCompose(pieces, short, { engine, resume: saved! });
    expect(resumed.model.encode().tensors).toEqual(whole.model.encode().tensors);
    await expect(trainCompose(pieces, { ...short, seed: 9 }, { engine, resume: saved! })).rejects.toThrow(/settings/);
  });
});

test('the soprano given to harmonise is kept note for note', async () => {
  const pieces = parallelVoices(24);
  const { model } = await trainCompose(pieces, { ...SMALL, kind: 'voices', epochs: 8, batchSize: 4, dropout: 0.1 });
  const soprano = model.compose({ seed: 2, bars: 2 });
  const upper = { ...soprano, notes: soprano.notes.filter(({ voice }) => voice === 0) };
  const chorale = model.compose({ soprano: upper, seed: 9, temperature: 0.5 });
  expect(voiceOf(chorale, 0, 4, 'chorale')).toEqual(voiceOf(upper, 0, 4, 'soprano'));
  expect(new Set(chorale.notes.map(({ voice }) => voice))).toEqual(new Set([0, 1, 2, 3]));
});
