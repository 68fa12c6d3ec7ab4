import { RecurveError } from '../../errors.ts';
import { expectText } from '../../options.ts';

/** MIDI numbers of the lowest and the highest of the 88 keys of a piano: A0 and C8. Middle C, C4, is 60. */
export const LOWEST_KEY = 21;
export const HIGHEST_KEY = 108;
export const KEYS = HIGHEST_KEY - LOWEST_KEY + 1;

const NAMES = ['C', 'C♯', 'D', 'E♭', 'E', 'F', 'F♯', 'G', 'A♭', 'A', 'B♭', 'B'] as const;

/** Pitch classes of the letters, C = 0. */
export const LETTERS: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

/** `C4` for 60, `F♯5` for 78. */
export function noteName(pitch: number): string {
  return `${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
}

/**
 * The MIDI number of a note's name, such as `C4`, `f#5`, `Bb3`, or of the number itself.
 *
 * @throws RecurveError `usage` for anything else, and for notes that are not among the 88 keys
 */
export function parsePitch(text: string): number {
  expectText('note', 'a note', text, 'write it as C4');
  const match = /^([A-Ga-g])([#♯b♭]?)(-?\d)$/.exec(text.trim());
  const pitch = match
    ? LETTERS[match[1].toUpperCase()] +
      (match[2] === '' ? 0 : '#♯'.includes(match[2]) ? 1 : -1) +
      12 * (Number(match[3]) + 1)
    : /^\d{1,3}$/.test(text.trim())
      ? Number(text)
      : Number.NaN;
  if (pitch >= LOWEST_KEY && pitch <= HIGHEST_KEY) return pitch;
  throw new RecurveError(
    'usage',
    `note: expected a name from A0 to C8, such as C4 or F#5, or a MIDI number from ${LOWEST_KEY} to ${HIGHEST_KEY}, got "${text}"; middle C is C4 or 60`,
  );
}

/** Refuses a pitch that is not among the 88 keys. */
export function expectKey(pitch: number, name: string): number {
  if (Number.isInteger(pitch) && pitch >= LOWEST_KEY && pitch <= HIGHEST_KEY) return pitch;
  throw new RecurveError(
    'data',
    `${name}: expected notes of the 88 keys of a piano, MIDI numbers ${LOWEST_KEY} to ${HIGHEST_KEY}, got ${pitch}; transpose it or leave the note out`,
  );
}
