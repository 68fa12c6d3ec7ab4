import { RecurveError } from '../../errors.ts';
import { shownValue } from '../nested.ts';
import { HIGHEST_KEY, KEYS, LOWEST_KEY } from './pitch.ts';

/** Pieces of a file as steps of MIDI numbers, −1 for a silent voice; with the part they belong to, where the file says it. */
export interface RollPiece {
  part?: 'train' | 'validation' | 'test';
  steps: number[][];
}

const PARTS = { train: 'train', valid: 'validation', validation: 'validation', test: 'test' } as const;

/**
 * Reads piano rolls in JSON, the form of the JSB and Nottingham sets: a list of pieces, or lists named train, valid and test; a piece is a
 * list of steps, a step a list of MIDI numbers (21 to 108) or of key numbers (0 to 87: files with a number below 21), −1 for silence.
 *
 * @throws RecurveError `data` for anything else
 */
export function readRolls(text: string, name: string): RollPiece[] {
  const root = parse(text, name);
  const lists: [RollPiece['part'], unknown][] = Array.isArray(root)
    ? [[undefined, root]]
    : Object.entries(root as object).map(([key, list]) => {
        if (!Object.hasOwn(PARTS, key)) throw wrong(name, 'lists named train, valid and test', `"${key}"`);
        return [PARTS[key as keyof typeof PARTS], list];
      });
  const pieces = lists.flatMap(([part, list]) =>
    listOf(list, name, 'pieces').map((piece) => ({
      ...(part && { part }),
      steps: listOf(piece, name, 'steps').map((step) => listOf(step, name, 'numbers').map((n) => numberOf(n, name))),
    })),
  );
  const lowest = pieces.reduce((least, { steps }) => {
    for (const step of steps) for (const n of step) if (n >= 0 && n < least) least = n;
    return least;
  }, Number.POSITIVE_INFINITY);
  const first = lowest < LOWEST_KEY ? LOWEST_KEY : 0;
  for (const { steps } of pieces) {
    for (const step of steps) {
      for (let i = 0; i < step.length; i++) {
        if (step[i] >= 0) step[i] += first;
        if (step[i] > HIGHEST_KEY) {
          const range = first ? `key numbers 0 to ${KEYS - 1}` : `MIDI numbers ${LOWEST_KEY} to ${HIGHEST_KEY}`;
          throw wrong(name, `${range}, the 88 keys of a piano`, String(step[i] - first));
        }
      }
    }
  }
  return pieces;
}

function parse(text: string, name: string): unknown {
  try {
    const root: unknown = JSON.parse(text);
    if (typeof root === 'object' && root !== null) return root;
  } catch (cause) {
    throw new RecurveError(
      'data',
      `${name}: expected piano rolls in JSON, got text that is not JSON; check that it was written completely`,
      {
        cause,
      },
    );
  }
  throw wrong(name, 'a list of pieces', text.slice(0, 20));
}

function listOf(value: unknown, name: string, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(name, `a list of ${what}`, shownValue(value));
}

function numberOf(value: unknown, name: string): number {
  if (Number.isInteger(value) && (value as number) >= -1) return value as number;
  throw wrong(name, 'whole numbers of keys, −1 for silence', shownValue(value));
}

function wrong(name: string, expected: string, got: string): RecurveError {
  return new RecurveError('data', `${name}: expected ${expected}, got ${got}; see docs/compose.md for the form`);
}
