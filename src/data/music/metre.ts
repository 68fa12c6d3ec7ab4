import { RecurveError } from '../../errors.ts';
import { TICKS } from './score.ts';

/** Beats of a bar and the note that is one beat: 6 and 8 for 6/8. */
export interface Metre {
  beats: number;
  unit: number;
}

/**
 * Reads a metre: `6/8`, `C` (4/4), `C|` (2/2).
 *
 * @throws RecurveError `usage`
 */
export function parseMetre(text: string): Metre {
  const plain = text.trim();
  if (plain === 'C') return { beats: 4, unit: 4 };
  if (plain === 'C|') return { beats: 2, unit: 2 };
  const match = /^(\d{1,2})\/(1|2|4|8|16|32)$/.exec(plain);
  if (match && Number(match[1]) > 0) return { beats: Number(match[1]), unit: Number(match[2]) };
  throw new RecurveError(
    'usage',
    `metre: expected a metre such as 4/4, 6/8 or C, got "${text}"; give beats and beat unit`,
  );
}

/** `6/8` */
export function metreName({ beats, unit }: Metre): string {
  return `${beats}/${unit}`;
}

/** Ticks of a bar. */
export function barTicks({ beats, unit }: Metre): number {
  return (beats * 4 * TICKS) / unit;
}
