import { expect, test } from 'vitest';
import { readMidi } from './midi.ts';
import { TICKS } from './score.ts';

const END = [0, 0xff, 0x2f, 0];
const on = (delta: number, pitch: number, velocity = 80): number[] => [delta, 0x90, pitch, velocity];
const off = (delta: number, pitch: number): number[] => [delta, 0x80, pitch, 0];
/** A quarter on C4, and one on D4. */
const C = [...on(0, 60), ...off(96, 60)];
const D = [...on(0, 62), ...off(96, 62)];

const long = (n: number): number[] => [n >>> 24, n >>> 16, n >>> 8, n].map((byte) => byte & 255);
const text = (s: string): number[] => [...s].map((c) => c.charCodeAt(0));

function file(tracks: readonly ArrayLike<number>[], format = 1, division = 96): Uint8Array {
  const head = [...text('MThd'), ...long(6), 0, format, tracks.length >> 8, tracks.length & 255];
  const parts = [[...head, division >> 8, division & 255]].concat(
    tracks.flatMap((track) => [[...text('MTrk'), ...long(track.length)], track as number[]]),
  );
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const read = (...tracks: ArrayLike<number>[]) => readMidi(file(tracks), 'a.mid');
/** `voice:pitch start/duration` in quarters. */
const heard = (...tracks: ArrayLike<number>[]): string[] =>
  read(...tracks).notes.map((n) => `${n.voice}:${n.pitch} ${n.start / TICKS}/${n.duration / TICKS}`);

test('a running status goes on after meta and system exclusive events, and needs a status before it', () => {
  for (const between of [
    [0, 0xff, 1, 1, 65],
    [0, 0xf0, 2, 1, 0xf7],
    [0, 0xf7, 1, 1],
  ])
    expect(heard([...on(0, 60), ...between, 96, 60, 0, ...END]), String(between)).toEqual(['0:60 0/1']);
  expect(() => heard([0, 60, 80, ...END])).toThrow(
    'a.mid: expected MIDI events, got a running status without one before it in track 1; ',
  );
  expect(() => heard([0, 0xf8, ...C, ...END])).toThrow(/got the byte 248 in track 1, which no file has there/);
});

test('a track ends with its end, or with its last byte', () => {
  expect(heard([...C, ...END, 0, 0, ...D])).toEqual(['0:60 0/1']);
  expect(heard([...C, ...END, 0xf1, 0xf2])).toEqual(['0:60 0/1']);
  expect(heard([], C, [...D, ...END])).toEqual(['0:60 0/1', '1:62 0/1']);
});

test('notes end where their key is let go, by velocity 0 too, in the order they began', () => {
  expect(heard([...on(0, 60), ...on(96, 60, 0), ...END])).toEqual(['0:60 0/1']);
  expect(heard([...on(0, 60), ...on(48, 60), ...off(48, 60), ...off(48, 60), ...END])).toEqual([
    '0:60 0/1',
    '0:60 0.5/1',
  ]);
  expect(heard([...off(0, 60), ...C, ...off(0, 60), ...END])).toEqual(['0:60 0/1']);
  expect(heard([0, 0xb0, 64, 127, ...C, 96, 0xb0, 64, 0, ...END])).toEqual(['0:60 0/1']);
  const [{ duration }] = read([...on(0, 60), ...off(0, 60), ...END]).notes;
  expect(duration).toBe(1);
});

test('a note that is never ended ends with its key, its channel or its track', () => {
  expect(heard([...on(0, 60), ...on(48, 60), ...off(48, 60), ...on(0, 62), ...off(96, 62), ...END])).toEqual([
    ...['0:60 0/1', '0:60 0.5/0.5', '0:62 1/1'],
  ]);
  for (const controller of [120, 123])
    expect(heard([...on(0, 60), 96, 0xb0, controller, 0, ...D, ...END])).toEqual(['0:60 0/1', '0:62 1/1']);
  expect(heard([...on(0, 60), 48, 0xb1, 123, 0, ...off(48, 60), ...END])).toEqual(['0:60 0/1']);
  expect(heard([...on(0, 60), ...D, ...END])).toEqual(['0:60 0/1', '0:62 0/1']);
});

test('tempo and key are those of the first note, and a metre that changes is told', () => {
  const tempo = (ms: number) => [0, 0xff, 0x51, 3, (ms * 1000) >> 16, ((ms * 1000) >> 8) & 255, (ms * 1000) & 255];
  const metre = (beats: number) => [0, 0xff, 0x58, 4, beats, 2, 24, 8];
  const key = (fifths: number) => [0, 0xff, 0x59, 2, fifths & 255, 0];
  const [three, four] = [3, 4].map((beats) => ({ beats, unit: 4 }));
  expect(read([...tempo(400), ...tempo(500), ...key(1), ...C, ...tempo(250), ...key(-2), ...D, ...END])).toMatchObject({
    ...{ tempo: 120, key: { fifths: 1 } },
  });
  // Where nothing is said of the beginning, it is in 4/4, at 120.
  expect(read([...C, ...tempo(250), ...metre(3), ...key(-2), ...D, ...END])).toMatchObject({
    ...{ tempo: 120, key: { fifths: -2 }, metre: four },
    metreChanges: [{ start: TICKS, metre: three }],
  });
  const changing = [...metre(2), ...metre(3), ...C, ...metre(3), ...D, ...metre(4), ...C, ...END];
  expect(read(changing, [...metre(3), ...C, ...END])).toMatchObject({
    metre: three,
    metreChanges: [{ start: 2 * TICKS, metre: four }],
  });
  expect(read([...metre(3), ...C, ...metre(3), ...D, ...END])).not.toHaveProperty('metreChanges');
  // Events that are shorter than they should be say nothing.
  expect(read([0, 0xff, 0x51, 2, 1, 1, 0, 0xff, 0x58, 1, 3, 0, 0xff, 0x59, 0, 0, 0xff, 0, 0, ...C, ...END])).toEqual({
    ...{ title: '', pickup: 0, notes: [{ pitch: 60, start: 0, duration: TICKS, voice: 0 }] },
  });
});

test('channels are voices in format 0, tracks in format 1; of format 2 a single pattern is a piece', () => {
  const two = [...C, 0, 0x92, 64, 80, 96, 0x82, 64, 0, ...END];
  const voicesOf = (format: number, ...tracks: number[][]) =>
    readMidi(file(tracks, format), 'a.mid').notes.map(({ voice }) => voice);
  expect(voicesOf(0, two)).toEqual([0, 1]);
  expect(voicesOf(1, two)).toEqual([0, 0]);
  expect(voicesOf(2, two)).toEqual([0, 1]);
  expect(voicesOf(0, two, [...D, ...END])).toEqual([0, 2, 1]);
  expect(() => voicesOf(2, two, two)).toThrow(
    /expected MIDI in beats, one piece, got independent patterns \(format 2\)/,
  );
});

test('texts of a megabyte are read, lengths that are a lie refused', () => {
  const size = 1_000_000;
  const length = [size >> 14, (size >> 7) & 127, size & 127].map((bits, i) => bits | (i < 2 ? 128 : 0));
  const bytes = (type: number) => [0, 0xff, type, ...length, ...new Uint8Array(size).fill(65), ...C, ...END];
  expect(heard(bytes(1))).toEqual(['0:60 0/1']);
  expect(read(bytes(3)).title).toHaveLength(size);
  for (const type of [[0xf0], [0xff, 1]])
    expect(() => heard([0, ...type, 0xff, 0xff, 0xff, 0x7f, ...C]), String(type)).toThrow(/longer one in track 1/);
  expect(heard([0x80, 0x80, 0x80, 0x80, 0, ...C.slice(1), ...END])).toEqual(['0:60 0/1']);
  expect(() => heard([...on(0, 60), 0xff, 0xff, 0xff, 0x7f, 0x80, 60, 0, ...END])).toThrow(
    /expected a piece of at most 131072 quarters/,
  );
});

test('400,000 events, 300,000 notes at once on one key and 20,000 tracks are read in seconds', () => {
  const many = (count: number, event: number[], more: ArrayLike<number> = []) => {
    const bytes = new Uint8Array(event.length * count + more.length);
    for (let i = 0; i < count; i++) bytes.set(event, i * event.length);
    bytes.set(more, event.length * count);
    return bytes;
  };
  const started = performance.now();
  expect(read(many(200_000, [...on(1, 60), ...off(1, 60)])).notes).toHaveLength(200_000);
  const struck = many(300_000, on(0, 60), many(300_000, off(0, 60), D));
  expect(read(struck).notes).toHaveLength(300_001);
  expect(read(...Array.from({ length: 20_000 }, () => C)).notes.at(-1)?.voice).toBe(19_999);
  expect(performance.now() - started).toBeLessThan(15_000);
});
