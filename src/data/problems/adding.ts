import { expectOptions, expectWhole } from '../../options.ts';
import { expectRandom, type Random } from '../../random.ts';
import { expectRoom, type NumberProblem } from './sequences.ts';

/** What to make: `addingProblem({ count: 32, steps: 600 }, new Random(7))`. */
export interface AddingOptions {
  /** Sequences B, at least 1. */
  count: number;
  /** Steps T of each, at least 2. */
  steps: number;
}

/** Mean squared error of always guessing 1: the variance of a sum of two numbers uniform in [0, 1). */
export const ADDING_GUESS = 1 / 6;

/**
 * The adding problem: each step has a number uniform in [0, 1) and a mark, 1 at one step of the first half and one of the
 * second, else 0; the target is the sum of the two marked numbers. Hochreiter & Schmidhuber 1997, in the form of Arjovsky et al. 2016.
 *
 * @throws `usage` for counts that are too small
 */
export function addingProblem(options: AddingOptions, random: Random): NumberProblem {
  expectOptions('addingProblem', options, { count: 'number', steps: 'number' });
  expectRandom('addingProblem', random);
  const { count, steps } = options;
  expectWhole('addingProblem', 'count', count);
  expectWhole('addingProblem', 'steps', steps, { least: 2 });
  expectRoom('addingProblem', count, steps);
  const half = Math.floor(steps / 2);
  const x = new Float64Array(count * steps * 2);
  const targets = new Float64Array(count);
  for (let b = 0; b < count; b++) {
    for (let t = 0; t < steps; t++) x[(b * steps + t) * 2] = random.uniform();
    for (const marked of [random.integer(half), half + random.integer(steps - half)]) {
      const at = (b * steps + marked) * 2;
      x[at + 1] = 1;
      targets[b] += x[at];
    }
  }
  return { x, shape: [count, steps, 2], targets };
}
