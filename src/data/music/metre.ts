import { RecurveError } from '../../errors.ts';
import { expectText } from '../../options.ts';
import { TICKS } from './score.ts';

/** Beats of a bar and the note that is one beat: 6 and 8 for 6/8. */
export interface Metre {
  beats: number;
  unit: number;
}

/** A metre that begins later than the piece. */
export interface MetreChange {
  /** In ticks from the beginning. */
  start: number;
  metre: Metre;
}

const UNITS = [1, 2, 4, 8, 16, 32];

/**
 * Reads a metre: `6/8`, `C` (4/4), `C|` (2/2).
 *
 * @throws RecurveError `usage`
 */
export function parseMetre(text: string): Metre {
  expectText('metre', 'a metre', text, 'write it as 6/8');
  const plain = text.trim();
  if (plain === 'C') return { beats: 4, unit: 4 };
  if (plain === 'C|') return { beats: 2, unit: 2 };
  const [beats, unit] = (/^(\d{1,2})\/(\d{1,2})$/.exec(plain) ?? []).slice(1).map(Number);
  if (isMetre({ beats, unit })) return { beats, unit };
  throw new RecurveError(
    'usage',
    `metre: expected a metre such as 4/4, 6/8 or C, got "${text}"; give beats and beat unit`,
  );
}

/** `6/8` */
export function metreName({ beats, unit }: Metre): string {
  return `${beats}/${unit}`;
}

/** Whether a bar of so many beats can be counted out: what {@link parseMetre} would read. */
export function isMetre({ beats, unit }: Metre): boolean {
  return Number.isInteger(beats) && beats >= 1 && beats <= 99 && UNITS.includes(unit);
}

export function sameMetre(a: Metre, b: Metre): boolean {
  return a.beats === b.beats && a.unit === b.unit;
}

/** Ticks of a bar. */
export function barTicks({ beats, unit }: Metre): number {
  return (beats * 4 * TICKS) / unit;
}

/**
 * The bars of a piece one after another: gives the ticks of the bar that begins at a place. Asked for places that do not go back. A metre
 * that begins within a bar ends it.
 *
 * @throws RecurveError `usage` for metres that cannot be counted out
 */
export function barsOf(metre: Metre, changes: readonly MetreChange[] = []): (start: number) => number {
  for (const { start, metre: next } of [{ start: 0, metre }, ...changes]) {
    if (isMetre(next) && Number.isSafeInteger(start) && start >= 0) continue;
    throw new RecurveError(
      'usage',
      `metre: expected bars such as 4/4 from a whole tick on, got ${next?.beats}/${next?.unit} from ${start}; give beats, unit and start`,
    );
  }
  const later = [...changes].sort((a, b) => a.start - b.start);
  let now = metre;
  let next = 0;
  return (start) => {
    while (next < later.length && later[next].start <= start) now = later[next++].metre;
    return Math.min(barTicks(now), (later[next]?.start ?? Number.POSITIVE_INFINITY) - start);
  };
}
