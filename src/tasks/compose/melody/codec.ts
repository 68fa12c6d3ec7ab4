import {
  barsOf,
  barTicks,
  changesWithin,
  firstVoice,
  HIGHEST_KEY,
  KEYS,
  type Key,
  keyName,
  keyOfFifths,
  LOWEST_KEY,
  lengthOf,
  type MelodyEvent,
  type Metre,
  type MetreChange,
  MODES,
  type Mode,
  melodyOf,
  metreName,
  parseKey,
  parseMetre,
  type Score,
  transposeKey,
} from '../../../data/music/index.ts';
import { RecurveError } from '../../../errors.ts';

/** What the tokens of melodies mean; plain JSON in the model file. */
export interface MelodyCodecDocument {
  /** Characters of titles. */
  characters: string[];
  modes: Mode[];
  metres: string[];
  /** In ticks, ascending. */
  durations: number[];
}

/** What one token is. */
export type Token =
  | { sort: 'start' | 'end' | 'bar' | 'rest' }
  | { sort: 'pitch'; pitch: number }
  | { sort: 'duration'; duration: number }
  | { sort: 'key'; key: Key }
  | { sort: 'metre'; metre: Metre }
  | { sort: 'character'; character: string };

/** A melody with what stands before it. */
export interface Heard {
  events: MelodyEvent[];
  title: string;
  key: Key;
  metre: Metre;
  /** Metres that follow before its end. */
  metreChanges: readonly MetreChange[];
  pickup: number;
}

/** Tokens and their numbers: title, key, metre, then notes (a pitch or rest, and a duration) between bar lines, then the end. */
export interface MelodyCodec {
  readonly size: number;
  readonly document: MelodyCodecDocument;
  readonly start: number;
  readonly end: number;
  readonly bar: number;
  readonly rest: number;
  token(id: number): Token;
  pitch(pitch: number): number;
  /** The token of the nearest known duration. */
  duration(ticks: number): number;
  /** The token of the key; of a mode that training did not have, the key of the same scale in the nearest mode. */
  key(key: Key): number;
  /** The token of the metre, or of the one whose bar is nearest in length. */
  metre(metre: Metre): number;
  /** Throws `usage` for a mode or metre that training did not have. */
  expectKnown(wanted: { key?: Key | undefined; metre?: Metre | undefined }): void;
  /** Characters that are not known are left out. */
  title(title: string): Int32Array;
  /** Those characters, each once. */
  unknownIn(title: string): string[];
  /** Key, metre and notes, with a bar line where each full bar ends; without the end. */
  body(heard: Omit<Heard, 'title'>): number[];
  /** The same tokens so many semitones higher, as far as the keyboard goes: pitches and keys. */
  shifted(ids: Int32Array, semitones: number): Int32Array;
}

const C_MAJOR = parseKey('C');
const COMMON_TIME = parseMetre('4/4');
const TONICS = 12;
const [START, END, BAR, REST] = [0, 1, 2, 3];
const FIRST_PITCH = 4;
const FIRST_DURATION = FIRST_PITCH + KEYS;

/** What of a score a melody is made of; a score without key or metre is in C major, in common time. */
export function hear(score: Score, name: string): Heard {
  const { key = C_MAJOR, metre = COMMON_TIME, pickup, title } = score;
  const voice = firstVoice(score);
  const metreChanges = changesWithin(score, lengthOf(voice));
  return { events: melodyOf(voice, name), key: transposeKey(key, 0), metre, metreChanges, pickup, title };
}

/** The codec that some tunes need. */
export function codecOf(tunes: readonly Heard[]): MelodyCodec {
  const sorted = <T>(values: Iterable<T>): T[] => [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
  const durations = new Set(tunes.flatMap(({ events }) => events.map(({ duration }) => duration)));
  return melodyCodec({
    characters: sorted(tunes.flatMap(({ title }) => [...title])),
    modes: sorted(tunes.map(({ key }) => key.mode)),
    metres: sorted(tunes.map(({ metre }) => metreName(metre))),
    durations: [...durations].sort((a, b) => a - b),
  });
}

export function melodyCodec(document: MelodyCodecDocument): MelodyCodec {
  const { characters, modes, metres, durations } = document;
  const firstKey = FIRST_DURATION + durations.length;
  const firstMetre = firstKey + TONICS * modes.length;
  const firstCharacter = firstMetre + metres.length;
  const metreOf = metres.map(parseMetre);
  const places = new Map(characters.map((character, i) => [character, firstCharacter + i]));
  const isPitch = (id: number): boolean => id >= FIRST_PITCH && id < FIRST_DURATION;

  const codec: MelodyCodec = {
    size: firstCharacter + characters.length,
    document,
    start: START,
    end: END,
    bar: BAR,
    rest: REST,
    token(id) {
      if (id < FIRST_PITCH) return { sort: (['start', 'end', 'bar', 'rest'] as const)[id] };
      if (isPitch(id)) return { sort: 'pitch', pitch: id - FIRST_PITCH + LOWEST_KEY };
      if (id < firstKey) return { sort: 'duration', duration: durations[id - FIRST_DURATION] };
      if (id < firstMetre) {
        const at = id - firstKey;
        return { sort: 'key', key: transposeKey(parseKey(`C ${modes[Math.floor(at / TONICS)]}`), at % TONICS) };
      }
      if (id < firstCharacter) return { sort: 'metre', metre: metreOf[id - firstMetre] };
      return { sort: 'character', character: characters[id - firstCharacter] };
    },
    pitch: (pitch) => FIRST_PITCH + pitch - LOWEST_KEY,
    duration: (ticks) => FIRST_DURATION + nearest(durations, (duration) => Math.abs(duration - ticks)),
    key(key) {
      const mode = nearest(modes, (one) => Math.abs(MODES[one] - MODES[key.mode]));
      return firstKey + TONICS * mode + keyOfFifths(key.fifths, modes[mode]).tonic;
    },
    metre(metre) {
      const same = metres.indexOf(metreName(metre));
      return firstMetre + (same >= 0 ? same : nearest(metreOf, (one) => Math.abs(barTicks(one) - barTicks(metre))));
    },
    expectKnown({ key, metre }) {
      if (key && !modes.includes(key.mode)) {
        throw new RecurveError(
          'usage',
          `compose: expected a key that is ${modes.join(' or ')}, as in training, got ${keyName(key)}; choose another`,
        );
      }
      if (metre && !metres.includes(metreName(metre))) {
        throw new RecurveError(
          'usage',
          `compose: expected a metre of ${metres.join(', ')}, as in training, got ${metreName(metre)}; choose one of them`,
        );
      }
    },
    title: (title) => Int32Array.from([...title].flatMap((character) => places.get(character) ?? [])),
    unknownIn: (title) => [...new Set(title)].filter((character) => !places.has(character)),
    body({ events, key, metre, metreChanges, pickup }) {
      const ids = [codec.key(key), codec.metre(metre)];
      const bar = barsOf(metre, metreChanges);
      let now = 0;
      let line = pickup > 0 ? pickup : bar(0);
      for (const { pitch, duration } of events) {
        ids.push(pitch === null ? REST : codec.pitch(pitch), codec.duration(duration));
        now += duration;
        // A note that goes on over bar lines has its whole length; the lines come after it.
        for (; line <= now; line += bar(line)) ids.push(BAR);
      }
      return ids;
    },
    shifted(ids, semitones) {
      let shift = semitones;
      for (const id of ids) {
        const pitch = id - FIRST_PITCH + LOWEST_KEY;
        if (isPitch(id)) shift = Math.min(Math.max(shift, LOWEST_KEY - pitch), HIGHEST_KEY - pitch);
      }
      return ids.map((id) => {
        if (isPitch(id)) return id + shift;
        if (id < firstKey || id >= firstMetre) return id;
        const tonic = (id - firstKey) % TONICS;
        return id - tonic + ((tonic + shift + 3 * TONICS) % TONICS);
      });
    },
  };
  return codec;
}

/** The place of what is least far; of equals the first. */
function nearest<T>(things: readonly T[], far: (thing: T) => number): number {
  const distances = things.map(far);
  return distances.indexOf(Math.min(...distances));
}

/** Which tokens may stand where. */
export function tokenSets(codec: MelodyCodec) {
  const set = (...sorts: string[]): Uint8Array =>
    Uint8Array.from({ length: codec.size }, (_, id) => Number(sorts.includes(codec.token(id).sort)));
  return { sounds: set('pitch', 'rest'), durations: set('duration'), keys: set('key'), metres: set('metre') };
}
