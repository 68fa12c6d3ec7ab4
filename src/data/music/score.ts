import { RecurveError } from '../../errors.ts';
import { kindOf } from '../../options.ts';
import type { Key } from './key.ts';
import type { Metre, MetreChange } from './metre.ts';
import { expectKey } from './pitch.ts';

/** Ticks of a quarter note in every score: divides by 16 and by 3, so that 64ths and triplets are exact. */
export const TICKS = 48;

/** Ticks of the longest score that is read: 2^17 quarters, 18 hours at 120 a minute. */
export const LONGEST = 2 ** 17 * TICKS;

/** Refuses a piece that nobody plays, before room is made for it. */
export function expectLength(ticks: number, name: string): void {
  if (ticks <= LONGEST) return;
  throw new RecurveError(
    'data',
    `${name}: expected a piece of at most ${LONGEST / TICKS} quarters, got one that is longer; the file is damaged, export it again`,
  );
}

/** One note. */
export interface Note {
  /** MIDI number, middle C = 60. */
  pitch: number;
  /** In ticks from the beginning. */
  start: number;
  /** In ticks, at least 1. */
  duration: number;
  /** Voice or track, from 0; the highest voice first. */
  voice: number;
}

/** A piece of music, whatever it was read from. */
export interface Score {
  /** By start, then voice, then pitch. */
  notes: readonly Note[];
  /** Empty where there is none. */
  title: string;
  key?: Key;
  metre?: Metre;
  /** The metres that follow, by start; none where it stays. */
  metreChanges?: readonly MetreChange[];
  /** Quarter notes a minute. */
  tempo?: number;
  /** Ticks before the first full bar. */
  pickup: number;
}

/** One event of a melody: a note, or a rest where `pitch` is null. */
export interface MelodyEvent {
  pitch: number | null;
  /** In ticks, at least 1. */
  duration: number;
}

export function byTime(a: Note, b: Note): number {
  return a.start - b.start || a.voice - b.voice || a.pitch - b.pitch;
}

/** The metres that a piece changes to before a place. */
export function changesWithin({ metreChanges = [] }: Pick<Score, 'metreChanges'>, end: number): MetreChange[] {
  return metreChanges.filter(({ start }) => start < end);
}

/** Where the last note ends, in ticks. */
export function lengthOf(score: Pick<Score, 'notes'>): number {
  expectScore('lengthOf', score);
  return score.notes.reduce((end, { start, duration }) => Math.max(end, start + duration), 0);
}

/** Refuses what is no score. */
export function expectScore(who: string, given: Pick<Score, 'notes'>): void {
  if (Array.isArray(given?.notes)) return;
  throw new RecurveError(
    'usage',
    `${who}: expected a score, got ${kindOf(given)}; give what readMidi or readAbc returned, or { title, pickup, notes }`,
  );
}

/** Voices in use, the highest one counted. */
export function voiceCount({ notes }: Score): number {
  return notes.reduce((most, { voice }) => Math.max(most, voice + 1), 0);
}

/** The part of a score that a melody is read from, and a soprano. */
export function firstVoice(score: Score): Score {
  return { ...score, notes: score.notes.filter(({ voice }) => voice === 0) };
}

/** The upper line of a score: of notes that begin together the highest, each cut off where the next begins. Checks the range. */
export function melodyOf(score: Score, name: string): MelodyEvent[] {
  const line: Note[] = [];
  for (const note of score.notes) {
    expectKey(note.pitch, name);
    const last = line.at(-1);
    if (last && last.start === note.start) {
      if (note.pitch > last.pitch) line[line.length - 1] = note;
    } else line.push(note);
  }
  const events: MelodyEvent[] = [];
  let now = 0;
  line.forEach(({ pitch, start, duration }, i) => {
    if (start > now) events.push({ pitch: null, duration: start - now });
    const end = Math.min(start + duration, line[i + 1]?.start ?? Number.POSITIVE_INFINITY);
    events.push({ pitch, duration: end - start });
    now = end;
  });
  return events;
}

/** A score of one voice from its events. */
export function scoreOfMelody(events: readonly MelodyEvent[], about: Omit<Score, 'notes'>): Score {
  const notes: Note[] = [];
  let now = 0;
  for (const { pitch, duration } of events) {
    if (pitch !== null) notes.push({ pitch, start: now, duration, voice: 0 });
    now += duration;
  }
  return { ...about, notes };
}
