import type { Key, MelodyEvent, Metre } from '../../data/music/index.ts';
import { RecurveError } from '../../errors.ts';
import type { Json } from '../../model/index.ts';
import type { Likely } from './kind.ts';

/**
 * A step of music as it comes:
 *
 * - of `keys` the MIDI numbers that sound, empty for silence
 * - of `melody` a note or rest with its duration in ticks (48 a quarter)
 * - of `voices` the MIDI numbers of soprano, alto, tenor and bass, or of the soprano alone; −1 for silence
 */
export type ComposeStep = readonly number[] | MelodyEvent;

/** What stands before the notes of each melody. Default: no title, C major, 4/4; where training had none of these, what it had first. */
export interface ComposeBeginning {
  title?: string;
  key?: Key;
  metre?: Metre;
  /** Ticks before the first full bar. Default 0. */
  pickup?: number;
}

/** What something cost in nats, and how many scored steps or tokens it was. */
export interface Cost {
  nats: number;
  scored: number;
}

/** Hears a piece step by step, the way of one kind. */
export interface Listener {
  /** @throws RecurveError `data` for a step that this kind cannot hear */
  hear(step: ComposeStep): Cost;
  /** What comes next, the likeliest first. */
  next(): Likely[];
  /** The piece ends: what the end itself cost. Another one begins. */
  end(): Cost;
  /** Plain JSON to go on from, to the same bits. */
  state(): Json;
  [Symbol.dispose](): void;
}

/** Refuses what stands before a melody where there is none. */
export function refuseBeginning(kind: string, beginning: ComposeBeginning): void {
  const given = Object.keys(beginning);
  if (given.length === 0) return;
  throw new RecurveError(
    'usage',
    `stream: expected no ${given.join(', ')} with a ${kind} model, got ${given.length === 1 ? 'it' : 'them'}; only melodies have a beginning to be told`,
  );
}
