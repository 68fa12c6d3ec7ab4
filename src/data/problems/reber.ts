import { expectOptions, expectWhole } from '../../options.ts';
import { expectRandom, type Random } from '../../random.ts';
import { expectRoom, pad, type SymbolProblem } from './sequences.ts';

/** Strings of the grammar, with the symbol that follows each step and those that may. */
export interface ReberStrings extends SymbolProblem {
  /** The next symbol, [B, T]; −1 past the end. */
  targets: Int32Array;
  /** Which symbols may follow, [B, T, 7], 1 or 0. */
  legal: Uint8Array;
}

/** Letters of the symbols by number. */
export const REBER_SYMBOLS = ['B', 'T', 'P', 'S', 'X', 'V', 'E'] as const;

type Letter = (typeof REBER_SYMBOLS)[number];

/** Reber's grammar: from each state a letter leads to a next state. State 0 is behind B, state 6 ends. Reber 1967. */
const GRAMMAR: readonly (readonly (readonly [Letter, number])[])[] = [
  [
    ['T', 1],
    ['P', 2],
  ],
  [
    ['S', 1],
    ['X', 3],
  ],
  [
    ['T', 2],
    ['V', 4],
  ],
  [
    ['X', 2],
    ['S', 5],
  ],
  [
    ['P', 3],
    ['V', 5],
  ],
  [['E', 6]],
];
const END = 6;

/** Letters of the shortest string. */
const SHORTEST = 9;

/**
 * Strings of the embedded Reber grammar: B, T or P, a Reber string from B to E, the same T or P again, E. Both choices at each
 * branch are equally likely. The last T or P needs a memory of the second symbol. Hochreiter & Schmidhuber 1997, experiment 1.
 *
 * @throws `usage` for a count below 1
 */
export function embeddedReber(options: { count: number }, random: Random): ReberStrings {
  expectOptions('embeddedReber', options, { count: 'number' });
  expectRandom('embeddedReber', random);
  const { count } = options;
  expectWhole('embeddedReber', 'count', count);
  expectRoom('embeddedReber', count, SHORTEST);
  const strings = Array.from({ length: count }, () => embedded(random));
  const inputs = pad(strings.map(({ letters }) => letters.slice(0, -1)));
  const [B, T] = inputs.shape;
  const targets = new Int32Array(B * T).fill(-1);
  const legal = new Uint8Array(B * T * REBER_SYMBOLS.length);
  strings.forEach(({ letters, may }, b) => {
    for (let t = 0; t + 1 < letters.length; t++) {
      targets[b * T + t] = letters[t + 1];
      for (const letter of may[t]) legal[(b * T + t) * REBER_SYMBOLS.length + number(letter)] = 1;
    }
  });
  return { ...inputs, targets, legal };
}

/** One string, and behind each letter but the last those that may follow. */
function embedded(random: Random): { letters: number[]; may: Letter[][] } {
  const outer: Letter = random.integer(2) === 0 ? 'T' : 'P';
  const letters: Letter[] = ['B', outer, 'B'];
  const may: Letter[][] = [['T', 'P'], ['B']];
  for (let state = 0; state !== END; ) {
    const branches = GRAMMAR[state];
    may.push(branches.map(([letter]) => letter));
    const [letter, next] = branches[random.integer(branches.length)];
    letters.push(letter);
    state = next;
  }
  may.push([outer], ['E']);
  letters.push(outer, 'E');
  return { letters: letters.map(number), may };
}

function number(letter: Letter): number {
  return REBER_SYMBOLS.indexOf(letter);
}
