import { shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import type { Random } from '../../random.ts';
import { alikeClass } from '../training/index.ts';

/** Numbers of the examples by what they are for. */
export interface Split {
  train: Int32Array;
  validation: Int32Array;
  test: Int32Array;
}

/**
 * Splits examples so that every part has its share of each class, rounded, and at least one of it; drawn anew for each class from
 * its own stream of random numbers.
 *
 * @param truth class of each example
 * @throws RecurveError `data` for a class too small to be in every part
 */
export function stratify(
  truth: ArrayLike<number>,
  classes: readonly string[],
  { testShare, validationShare }: { testShare: number; validationShare: number },
  random: Random,
): Split {
  const parts: Record<keyof Split, number[]> = { train: [], validation: [], test: [] };
  const needed = testShare > 0 ? 3 : 2;
  const ofClass: number[][] = classes.map(() => []);
  for (let i = 0; i < truth.length; i++) ofClass[truth[i]].push(i);
  classes.forEach((name, k) => {
    const members = ofClass[k];
    if (members.length < needed) {
      const alike = alikeClass(name, classes);
      const meant = alike === undefined ? '' : `correct it if "${shorten(alike)}" is meant, `;
      const uses = testShare > 0 ? 'to train, to validate and to test' : 'to train and to validate';
      throw new RecurveError(
        'data',
        `classify: expected at least ${needed} examples of every class (${uses}), got ${members.length} of "${shorten(name)}"; ${meant}add some, or leave the class out`,
      );
    }
    const order = random.fork(name).permutation(members.length);
    const part = (share: number, of: number, most: number) =>
      share === 0 ? 0 : Math.min(Math.max(Math.round(share * of), 1), most);
    const test = part(testShare, members.length, members.length - 2);
    const validation = part(validationShare, members.length - test, members.length - test - 1);
    Array.from(order, (i) => members[i]).forEach((example, at) => {
      (at < test ? parts.test : at < test + validation ? parts.validation : parts.train).push(example);
    });
  });
  const sorted = (list: number[]): Int32Array => Int32Array.from(list).sort();
  return { train: sorted(parts.train), validation: sorted(parts.validation), test: sorted(parts.test) };
}
