import { beforeAll, describe, expect, test } from 'vitest';
import { parallelVoices, SMALL, scaleTunes } from '../data.case.ts';
import type { ComposeModel } from '../model.ts';
import { trainCompose } from '../train.ts';

/** A soprano as the pieces have them: up and down the scale, two steps a note. */
const SOPRANO = Array.from({ length: 40 }, (_, t) => [67, 69, 71, 72, 74, 72, 71, 69][(3 + Math.floor(t / 2)) % 8]);

describe('an accompaniment', () => {
  let model: ComposeModel;
  beforeAll(async () => {
    const options = { ...SMALL, kind: 'voices', epochs: 16, batchSize: 4, dropout: 0.1, transpose: 0 } as const;
    ({ model } = await trainCompose(parallelVoices(36), options));
  });

  test('knows only what has been played: each answer is the same whatever comes after it', () => {
    const play = (notes: readonly number[]) => {
      const players = model.accompany({ seed: 4 });
      return notes.map((pitch) => players.push(pitch));
    };
    const whole = play(SOPRANO);
    expect(play([...SOPRANO.slice(0, 20), 60, -1, 80]).slice(0, 20)).toEqual(whole.slice(0, 20));
    expect(play(SOPRANO)).toEqual(whole);
  });

  test('follows the soprano as the learned pieces do, in nine of ten notes', () => {
    const players = model.accompany({ temperature: 0 });
    let right = 0;
    for (const pitch of SOPRANO) {
      const [soprano, ...lower] = players.push(pitch);
      expect(soprano).toBe(pitch);
      [4, 9, 16].forEach((below, v) => {
        if (lower[v] === pitch - below) right++;
      });
    }
    expect(right / (3 * SOPRANO.length)).toBeGreaterThan(0.9);
    expect(players.end()).toBe(SOPRANO.length);
  });

  test('goes on from its state to the same notes, also past what it reads again, and begins anew after an end', () => {
    const long = Array.from({ length: 300 }, (_, t) => SOPRANO[t % SOPRANO.length]);
    const players = model.accompany({ seed: 2 });
    for (const pitch of long) players.push(pitch);
    const state = JSON.parse(JSON.stringify(players.state()));
    expect(state.soprano).toHaveLength(256);
    const again = model.accompany({ seed: 9 }, state);
    for (const pitch of SOPRANO) expect(again.push(pitch)).toEqual(players.push(pitch));
    players.end();
    const [greedy, fresh] = [model.accompany({ temperature: 0 }), model.accompany({ temperature: 0 })];
    for (const pitch of SOPRANO) greedy.push(pitch);
    greedy.end();
    for (const pitch of SOPRANO) expect(greedy.push(pitch)).toEqual(fresh.push(pitch));
    expect(() => model.accompany({}, { ...state, before: [1] })).toThrow(/accompany: state/);
    expect(() => model.accompany({}, { ...state, soprano: [1e6] })).toThrow(/accompany: state/);
  });

  test('refuses what it cannot accompany', async () => {
    expect(() => model.accompany().push(5)).toThrow(/expected notes of the 88 keys of a piano/);
    expect(() => model.accompany({ temperature: -1 })).toThrow(/temperature of at least 0/);
    const { model: tunes } = await trainCompose(scaleTunes(12), { ...SMALL, kind: 'melody', epochs: 1 });
    expect(() => tunes.accompany()).toThrow(/expected a model of voices, got one of melody/);
  });
});
