import { describe, expect, test } from 'vitest';
import { inKey, type Key, keyName, parseKey, transposeKey } from './key.ts';
import { barTicks, metreName, parseMetre } from './metre.ts';
import { noteName, parsePitch } from './pitch.ts';
import { readMusic } from './read-music.ts';
import { rollOf, scoreOfRoll, scoreOfVoices, voiceOf } from './roll.ts';
import { melodyOf, type Score, scoreOfMelody, TICKS } from './score.ts';

const ABOUT: Omit<Score, 'notes'> = { title: '', pickup: 0 };
const bytes = (text: string) => new TextEncoder().encode(text);

test('notes have names, and names notes of the 88 keys only', () => {
  for (let pitch = 21; pitch <= 108; pitch++) expect(parsePitch(noteName(pitch))).toBe(pitch);
  expect([parsePitch('Bb3'), parsePitch('f#5'), parsePitch('60')]).toEqual([58, 78, 60]);
  for (const wrong of ['H4', 'C9', '20', 'A-1', '']) expect(() => parsePitch(wrong)).toThrow(/^note: expected/);
});

test('keys: every key and mode is read as it is written, and transposed around the circle', () => {
  for (const mode of ['', 'm', ' dorian', ' mixolydian', ' lydian', ' phrygian', ' locrian']) {
    const key = parseKey(`D${mode}`);
    for (let k = -12; k <= 12; k++) {
      const moved: Key = transposeKey(key, k);
      expect(parseKey(keyName(moved))).toEqual(moved);
      expect(moved.tonic).toBe((key.tonic + k + 24) % 12);
      expect(inKey(moved, 62 + k)).toBe(true);
    }
  }
  const scale = (name: string) => Array.from({ length: 12 }, (_, i) => i).filter((pc) => inKey(parseKey(name), pc));
  expect(scale('G')).toEqual([0, 2, 4, 6, 7, 9, 11]);
  expect(scale('Am')).toEqual([0, 2, 4, 5, 7, 8, 9, 11]);
  expect(() => parseKey('H')).toThrow(/^key: expected/);
  expect(metreName(parseMetre('C|'))).toBe('2/2');
  expect(barTicks(parseMetre('6/8'))).toBe(3 * TICKS);
  expect(() => parseMetre('4/3')).toThrow(/^metre: expected/);
});

test('a roll holds what sounds on the grid, and a pitch that goes on is one note', () => {
  const roll = [[60, 64], [60, 65], [], [60]];
  const score = scoreOfRoll(roll, 2, ABOUT);
  expect(score.notes).toHaveLength(4);
  expect(rollOf(score, 2, 'x')).toEqual(roll);
  const voices = [
    [72, 67, 60, 48],
    [72, 67, -1, 48],
    [74, 65, 59, 50],
  ];
  const four = scoreOfVoices(voices, 4, ABOUT);
  expect(voices.map((_, t) => [0, 1, 2, 3].map((v) => voiceOf(four, v, 4, 'x')[t]))).toEqual(voices);
  const outside = { ...ABOUT, notes: [{ pitch: 12, start: 0, duration: 4, voice: 0 }] };
  expect(() => rollOf(outside, 2, 'low.mid')).toThrow(/^low\.mid: expected notes of the 88 keys.*got 12/);
  expect(() => melodyOf(outside, 'low.mid')).toThrow(/88 keys/);
});

test('a melody is the upper line, and comes back from its events', () => {
  const events = [
    { pitch: 60, duration: 12 },
    { pitch: null, duration: 6 },
    { pitch: 64, duration: 24 },
  ];
  const score = scoreOfMelody(events, ABOUT);
  expect(melodyOf(score, 'x')).toEqual(events);
  const chord = { pitch: 48, start: 0, duration: 40, voice: 0 };
  expect(melodyOf({ ...score, notes: [chord, ...score.notes] }, 'x')).toEqual(events);
});

describe('readMusic', () => {
  test('tells MIDI, ABC and piano rolls apart by their content', () => {
    expect(readMusic(bytes('X:1\nT:A\nK:C\nCDE\nX:2\nK:G\nG'), 'a.txt')).toHaveLength(2);
    const rolls = readMusic(bytes('{"train": [[[0, 4], []]], "valid": [[[87]]], "test": []}'), 'r.json');
    expect(rolls.map(({ part, music }) => [part, music.kind === 'steps' && music.steps])).toEqual([
      ['train', [[21, 25], []]],
      ['validation', [[108]]],
    ]);
    const midi = readMusic(bytes('[[[60, -1]]]'), 'r.json');
    expect(midi[0].music).toEqual({ kind: 'steps', steps: [[60, -1]] });
  });

  test('refuses in a sentence what is none of them', () => {
    const refusals: [string | Uint8Array, RegExp][] = [
      ['', /an empty file/],
      ['Dear all', /got another text/],
      [Uint8Array.of(0x89, 0x50, 0, 1), /binary data/],
      [Uint8Array.of(0x58, 0x3a, 0xff, 0xfe), /UTF-8/],
      [Uint8Array.of(0xff, 0xfe, 0x58, 0, 0x3a, 0), /^in: expected text in UTF-8, got UTF-16; save it as UTF-8$/],
      ['{"train": [[[60]]', /not JSON/],
      ['{"songs": []}', /got "songs"/],
      ['[[60]]', /expected a list of numbers, got 60/],
      ['[[["C4"]]]', /whole numbers of keys.*got "C4"/],
      ['[[[109]]]', /21 to 108.*got 109/],
      ['[[[3, 88]]]', /0 to 87.*got 88/],
      [`${'['.repeat(2e5)}${']'.repeat(2e5)}`, /whole numbers of keys.*got lists within lists/],
      ['MThd', /expected a MIDI file/],
    ];
    for (const [content, message] of refusals) {
      const given = typeof content === 'string' ? bytes(content) : content;
      expect(() => readMusic(given, 'in')).toThrow(message);
    }
  });
});
