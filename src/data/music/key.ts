import { RecurveError } from '../../errors.ts';
import { expectText } from '../../options.ts';
import { LETTERS } from './pitch.ts';

/** Fifths from the major key of the same tonic. */
export const MODES = { major: 0, minor: -3, lydian: 1, mixolydian: -1, dorian: -2, phrygian: -4, locrian: -5 } as const;
export type Mode = keyof typeof MODES;

/** The key of a piece. */
export interface Key {
  /** Pitch class of the tonic, C = 0. */
  tonic: number;
  mode: Mode;
  /** Sharps of the signature, or flats as negative numbers: −7 to 7. */
  fifths: number;
}

const SHARPS = 'FCGDAEB';
/** Fifths of the major keys named by letters. */
const FIFTHS: Readonly<Record<string, number>> = { F: -1, C: 0, G: 1, D: 2, A: 3, E: 4, B: 5 };

/**
 * Reads a key: `G`, `Em`, `F#m`, `B♭`, `D dorian`, `Amix`; `none` and an empty text are C.
 *
 * @throws RecurveError `usage`
 */
export function parseKey(text: string): Key {
  expectText('key', 'a key', text, 'write it as F#m');
  const plain = text.trim();
  if (plain === '' || /^none$/i.test(plain)) return { tonic: 0, mode: 'major', fifths: 0 };
  const match = /^([A-G])([#♯b♭]?)\s*([a-z]*)$/i.exec(plain);
  const mode = match && modeOf(match[3]);
  if (match && mode) {
    const shift = match[2] === '' ? 0 : '#♯'.includes(match[2]) ? 1 : -1;
    const fifths = FIFTHS[match[1].toUpperCase()] + 7 * shift + MODES[mode];
    if (fifths >= -7 && fifths <= 7) {
      return { tonic: mod12(LETTERS[match[1].toUpperCase()] + shift), mode, fifths };
    }
  }
  throw new RecurveError(
    'usage',
    `key: expected a key such as G, Em, Bb or D dorian, got "${text}"; see docs/compose.md`,
  );
}

function modeOf(text: string): Mode | undefined {
  const short = text.toLowerCase();
  if (short === '' || short === 'major' || short === 'maj' || short === 'ion' || short === 'ionian') return 'major';
  if (short === 'm' || short === 'min' || short === 'aeo' || short === 'aeolian') return 'minor';
  if (short.length < 3) return undefined;
  return (Object.keys(MODES) as Mode[]).find((mode) => mode.startsWith(short));
}

/** The key with a signature of so many sharps (flats negative). */
export function keyOfFifths(fifths: number, mode: Mode): Key {
  return { tonic: mod12(7 * (fifths - MODES[mode])), mode, fifths };
}

/** `G`, `Em`, `D dorian`: what `parseKey` reads. */
export function keyName({ mode, fifths }: Key): string {
  const at = fifths - MODES[mode];
  const letter = SHARPS[mod(at + 1, 7)];
  const shift = Math.floor((at + 1) / 7);
  const tonic = letter + (shift > 0 ? '#'.repeat(shift) : 'b'.repeat(-shift));
  return mode === 'major' ? tonic : mode === 'minor' ? `${tonic}m` : `${tonic} ${mode}`;
}

/** The key some semitones higher, spelled with at most six signs. */
export function transposeKey({ mode, fifths }: Key, semitones: number): Key {
  const at = mod12(fifths + 7 * semitones);
  return keyOfFifths(at > 6 ? at - 12 : at, mode);
}

/** Semitones that the signature adds to a letter: F in G major is raised by 1. */
export function signatureOf({ fifths }: Key, letter: string): number {
  const place = SHARPS.indexOf(letter);
  if (fifths > 0) return place < fifths ? 1 : 0;
  return 6 - place < -fifths ? -1 : 0;
}

/** Whether a pitch belongs to the key's scale; in minor the leading note does too. */
export function inKey({ tonic, mode, fifths }: Key, pitch: number): boolean {
  // Semitones above the major key of the same signature: its scale, by pitch class.
  const degree = mod12(pitch - 7 * fifths);
  return [0, 2, 4, 5, 7, 9, 11].includes(degree) || (mode === 'minor' && mod12(pitch - tonic) === 11);
}

function mod(a: number, n: number): number {
  return ((a % n) + n) % n;
}

function mod12(a: number): number {
  return mod(a, 12);
}
