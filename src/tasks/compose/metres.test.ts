import { expect, test } from 'vitest';
import {
  barsOf,
  lengthOf,
  noteName,
  parseMetre,
  readAbc,
  readMidi,
  type Score,
  TICKS,
  writeMidi,
} from '../../data/music/index.ts';
import { pianoRollChart } from '../../report/index.ts';
import { chordPieces, SMALL, SMALL_KEYS, scaleTunes } from './data.case.ts';
import { codecOf, hear } from './melody/codec.ts';
import { pianoRollOf } from './report.ts';
import { trainCompose } from './train.ts';

/** A quarter before the first bar of 4/4, then a bar of 3/4 and two of 2/4. */
const CHANGING = readAbc('X:1\nM:4/4\nL:1/4\nK:C\nG|CDEF|\nM:3/4\nGAB|\nM:2/4\ncB|AG|', 'changing.abc')[0];

/** Where its bars begin, in quarters. */
const LINES = [1, 5, 8, 10, 12];

function chartWith(score: Score, bars: number[]): string {
  const notes = score.notes.map(({ pitch, start, duration, voice }) => ({
    ...{ pitch, voice, start: start / TICKS, duration: duration / TICKS },
  }));
  return pianoRollChart({ title: 'Roll', notes, bars, nameOf: noteName, xLabel: 'quarters' });
}

test('bar lines of a piano roll follow the metres of a piece', () => {
  expect(pianoRollOf(CHANGING, { title: 'Roll' })).toBe(chartWith(CHANGING, LINES));
  const { metreChanges, ...plain } = CHANGING;
  expect(metreChanges).toHaveLength(2);
  expect(pianoRollOf(plain, { title: 'Roll' })).toBe(chartWith(CHANGING, [1, 5, 9, 13]));
  expect(chartWith(CHANGING, LINES)).not.toBe(chartWith(CHANGING, [1, 5, 9, 13]));
});

test('a metre that begins within a bar ends it, and metres that cannot be counted are refused', () => {
  const [four, three] = ['4/4', '3/4'].map(parseMetre);
  const bar = barsOf(four, [
    { start: 300, metre: four },
    { start: 240, metre: three },
  ]);
  expect([0, 192, 240, 300, 492].map(bar)).toEqual([192, 48, 60, 192, 192]);
  for (const wrong of [
    { start: 1, metre: { beats: 0, unit: 4 } },
    { start: 0.5, metre: four },
    { start: Number.NaN, metre: four },
  ]) {
    expect(() => barsOf(four, [wrong])).toThrow(/^metre: expected bars such as 4\/4 from a whole tick on, got /);
    expect(() => writeMidi({ ...CHANGING, metreChanges: [wrong] })).toThrow(/^metre: expected bars/);
  }
});

test('a melody is heard with a bar line where each of its bars ends', () => {
  const heard = hear(CHANGING, 'changing.abc');
  const codec = codecOf([heard]);
  let now = 0;
  const lines: number[] = [];
  for (const id of codec.body(heard)) {
    const token = codec.token(id);
    if (token.sort === 'duration') now += token.duration;
    else if (token.sort === 'bar') lines.push(now / TICKS);
  }
  expect(lines).toEqual(LINES);
});

test('metres that change are written to MIDI and read back', () => {
  const back = readMidi(writeMidi(CHANGING), 'back.mid');
  expect(back).toMatchObject({ metre: CHANGING.metre, metreChanges: CHANGING.metreChanges, notes: CHANGING.notes });
});

test('first bars keep their metres, and what follows them is in the last', async () => {
  const { model } = await trainCompose(scaleTunes(12), { ...SMALL, kind: 'melody', epochs: 1 });
  const composed = model.compose({ opening: CHANGING, bars: 7, keepMetre: true, seed: 2 });
  // Four bars of the opening after its pickup, and three more of 2/4.
  expect(lengthOf(composed)).toBe((12 + 3 * 2) * TICKS);
  expect(composed).toMatchObject({ metre: CHANGING.metre, metreChanges: CHANGING.metreChanges, pickup: TICKS });
  for (const { start, duration } of composed.notes.filter((note) => note.start >= 12 * TICKS))
    expect(Math.floor(start / (2 * TICKS))).toBe(Math.floor((start + duration - 1) / (2 * TICKS)));
  expect(() => model.compose({ opening: CHANGING, bars: 4 })).toThrow(/more bars in all than the 4 of the opening/);
  // A metre that is asked for counts throughout.
  const counted = model.compose({ opening: CHANGING, metre: parseMetre('4/4'), bars: 4, keepMetre: true, seed: 2 });
  expect(lengthOf(counted)).toBe((1 + 4 * 4) * TICKS);
  expect(counted).not.toHaveProperty('metreChanges');
});

test('bars of a model of keys are counted by the metres of its first bars', async () => {
  const { model } = await trainCompose(chordPieces(12), { ...SMALL_KEYS, kind: 'keys', epochs: 1 });
  const composed = model.compose({ opening: CHANGING, bars: 6, notes: 2 });
  expect(lengthOf(composed)).toBe((12 + 2 * 2) * TICKS);
  expect(composed.metreChanges).toEqual(CHANGING.metreChanges);
});
