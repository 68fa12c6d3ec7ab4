import { describe, expect, test } from 'vitest';
import { keyName, parseKey } from './key.ts';
import { readMidi, writeMidi } from './midi.ts';
import { type Score, TICKS } from './score.ts';

const TUNE: Score = {
  title: 'Nähmaschine ♪',
  key: parseKey('Em'),
  metre: { beats: 6, unit: 8 },
  tempo: 96,
  pickup: 0,
  notes: [
    { pitch: 64, start: 0, duration: TICKS, voice: 0 },
    { pitch: 52, start: 0, duration: 2 * TICKS, voice: 1 },
    // Struck again without a gap, and a chord in one voice.
    { pitch: 64, start: TICKS, duration: TICKS / 3, voice: 0 },
    { pitch: 67, start: TICKS, duration: TICKS / 2, voice: 0 },
    { pitch: 108, start: 3 * TICKS, duration: 7, voice: 1 },
  ],
};

describe('MIDI', () => {
  test('what is written is read back: notes, title, key, metre and tempo', () => {
    const back = readMidi(writeMidi(TUNE), 'tune.mid');
    expect(back.notes).toEqual(TUNE.notes);
    expect(back.title).toBe(TUNE.title);
    expect(back.metre).toEqual(TUNE.metre);
    expect(keyName(back.key!)).toBe('Em');
    expect(back.tempo).toBeCloseTo(96, 4);
  });

  test('a running status, a note on of velocity 0, drums and another time base are understood', () => {
    // Format 0, 96 ticks a quarter: C4 for a quarter by running status, a drum stroke, E4 never ended.
    const track = [0, 0x90, 60, 80, 96, 60, 0, 0, 0x99, 38, 80, 0, 0x90, 64, 80, 48, 0xff, 0x2f, 0];
    expect(readMidi(file(track, 0, 1), 'x.mid').notes).toEqual([
      { pitch: 60, start: 0, duration: TICKS, voice: 0 },
      { pitch: 64, start: TICKS, duration: TICKS / 2, voice: 0 },
    ]);
  });

  test('every cut of a file is refused in a sentence', () => {
    const whole = writeMidi(TUNE);
    for (let length = 0; length < whole.length; length++) {
      expect(() => readMidi(whole.subarray(0, length), 'cut.mid')).toThrow(/^cut\.mid: expected .*, got .*; /);
    }
  });

  test('no byte changed at will ends in anything but a score or a sentence', () => {
    const whole = writeMidi(TUNE);
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0, 0x7f, 0x80, 0xf0, 0xff]) {
        const hostile = Uint8Array.from(whole);
        hostile[at] = value;
        try {
          for (const { pitch, start, duration } of readMidi(hostile, 'hostile.mid').notes) {
            expect(Number.isInteger(pitch) && pitch >= 0 && pitch < 128 && start >= 0 && duration >= 1).toBe(true);
          }
        } catch (error) {
          refused++;
          expect(error).toMatchObject({ name: 'RecurveError', code: 'data' });
        }
      }
    }
    expect(refused).toBeGreaterThan(20);
  });

  test('a file without notes and one of film frames are refused', () => {
    const end = [0, 0xff, 0x2f, 0];
    expect(() => readMidi(file(end, 0, 1), 'a.mid')).toThrow(/expected notes/);
    expect(() => readMidi(file([0, 0x99, 38, 80, ...end], 0, 1), 'a.mid')).toThrow(/drums do not count/);
    expect(() => readMidi(file(end, 0, 1, 0xe728), 'a.mid')).toThrow(/film frames/);
    expect(() => readMidi(file(end, 0, 1, 0), 'a.mid')).toThrow(/got 0 ticks a beat/);
  });
});

test('a title of 80 kB and the slowest tempo come back as they were written', () => {
  const notes = [{ pitch: 60, start: 0, duration: 48, voice: 0 }];
  const title = '♪ '.repeat(20_000);
  expect(readMidi(writeMidi({ notes, title, pickup: 0 }), 'a.mid').title).toBe(title);
  expect(readMidi(writeMidi({ notes, title: '', pickup: 0, tempo: 4 }), 'a.mid').tempo).toBeCloseTo(4, 6);
  // 24 bits hold no slower one.
  expect(readMidi(writeMidi({ notes, title: '', pickup: 0, tempo: 1 }), 'a.mid').tempo).toBeCloseTo(3.576, 3);
});

test('parts of other kinds are passed over, and times beyond 28 bits are refused', () => {
  const note = [0, 0x90, 60, 80, 96, 0x80, 60, 0, 0, 0xff, 0x2f, 0];
  const plain = file(note, 0, 1);
  // Yamaha's XF files have parts of their own between header and tracks.
  const other = [...'XFIH'].map((c) => c.charCodeAt(0)).concat([0, 0, 0, 3, 1, 2, 3]);
  const mixed = Uint8Array.from([...plain.subarray(0, 14), ...other, ...plain.subarray(14)]);
  expect(readMidi(mixed, 'a.mid')).toEqual(readMidi(plain, 'a.mid'));
  expect(() => readMidi(mixed.subarray(0, 20), 'a.mid')).toThrow(/got 0 of its 1 tracks/);
  expect(() => readMidi(mixed.subarray(0, 24), 'a.mid')).toThrow(/got a part that ends 1 bytes early/);
  const back = [...Array(7).fill(0xff), 0x7f, 0x90, 60, 80, 0, 0xff, 0x2f, 0];
  expect(() => readMidi(file(back, 0, 1), 'a.mid')).toThrow(
    /expected times and lengths of at most 28 bits, got a longer one in track 1; /,
  );
});

test('an event that is longer than its track is refused, whatever it is', () => {
  const note = [0, 0x90, 60, 80, 96, 0x80, 60, 0];
  const end = [0, 0xff, 0x2f, 0];
  expect(readMidi(file([...note, ...end], 0, 1), 'a.mid').notes).toHaveLength(1);
  // Without an end of track nothing is lost.
  expect(readMidi(file(note, 0, 1), 'a.mid').notes).toHaveLength(1);
  for (const longer of [
    [0, 0xff, 0x03, 20, 65, 66, ...end],
    [0, 0xff, 0x01, 6, 65, 66],
    [0, 0xff, 0x7f, 0x81, 0x80, 0, ...end],
    [0, 0xf0, 9, 1, 2, 3],
    [0, 0xff, 0x51, 3, 7],
    [0, 0xc0],
    [0, 0xb0, 7],
    [0x81],
    [0],
  ]) {
    expect(() => readMidi(file([...note, ...longer], 0, 1), 'a.mid'), String(longer)).toThrow(
      'a.mid: expected events that end within their track, got a longer one in track 1; ',
    );
  }
});

test('150,000 notes come back as they were written', () => {
  const notes = Array.from({ length: 150_000 }, (_, i) => ({ pitch: 60 + (i % 12), start: i, duration: 1, voice: 0 }));
  const back = readMidi(writeMidi({ notes, title: '', pickup: 0 }), 'a.mid').notes;
  expect([back.length, back.at(-1)]).toEqual([notes.length, notes.at(-1)]);
});

test('a score that MIDI cannot say is refused instead of written as another', () => {
  const note = { pitch: 60, start: 0, duration: 48, voice: 0 };
  const write = (change: object, tempo = 100) =>
    writeMidi({ notes: [{ ...note, ...change }], title: '', pickup: 0, tempo });
  for (const change of [
    { duration: Number.NaN },
    { duration: 0 },
    { start: -1 },
    { start: 0.5 },
    { pitch: 128 },
    { voice: -1 },
  ])
    expect(() => write(change)).toThrow(
      /^midi: expected notes in whole numbers, pitch 0 to 127, .*; 48 ticks are a quarter$/,
    );
  for (const tempo of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => write({}, tempo)).toThrow(/^midi: expected a tempo above 0/);
  expect(readMidi(write({}), 'a.mid').notes).toEqual([note]);
});

test('a piece of years is refused, a metre that cannot be counted out is passed over', () => {
  const note = [0x90, 60, 80, 96, 60, 0, 0, 0xff, 0x2f, 0];
  const years = file([0xff, 0xff, 0xff, 0x7f, ...note], 0, 1, 1);
  expect(() => readMidi(years, 'a.mid')).toThrow(/^a\.mid: expected a piece of at most 131072 quarters, got .*; /);
  for (const [beats, power] of [
    [0, 2],
    [4, 31],
  ]) {
    const score = readMidi(file([0, 0xff, 0x58, 4, beats, power, 24, 8, 0, ...note], 0, 1), 'a.mid');
    expect(score.metre).toBeUndefined();
    expect(score.notes).toHaveLength(1);
  }
});

test('the title is the name of the first track, in UTF-8 or Latin-1; others name instruments', () => {
  const note = [0, 0x90, 60, 80, 96, 60, 0, 0, 0xff, 0x2f, 0];
  const named = (bytes: number[]) => [0, 0xff, 3, bytes.length, ...bytes, ...note];
  const titleOf = (...tracks: number[][]) => {
    const one = file(tracks[0], 1, tracks.length);
    const others = tracks.slice(1).map((track) => file(track, 1, 1).slice(14));
    return readMidi(Uint8Array.from([...one, ...others.flatMap((track) => [...track])]), 'a.mid').title;
  };
  const piano = named([...'Piano'].map((c) => c.charCodeAt(0)));
  expect(titleOf(named([0x43, 0xe9]), piano)).toBe('Cé');
  expect(titleOf(named([0x43, 0xc3, 0xa9, 0]), piano)).toBe('Cé');
  expect(titleOf(note, piano)).toBe('');
  expect(titleOf(piano)).toBe('Piano');
});

function file(track: number[], format: number, tracks: number, division = 96): Uint8Array {
  const word = (n: number) => [n >> 8, n & 255];
  const text = (s: string) => [...s].map((c) => c.charCodeAt(0));
  return Uint8Array.from([
    ...text('MThd'),
    ...[0, 0, 0, 6],
    ...word(format),
    ...word(tracks),
    ...word(division),
    ...text('MTrk'),
    ...[0, 0],
    ...word(track.length),
    ...track,
  ]);
}
