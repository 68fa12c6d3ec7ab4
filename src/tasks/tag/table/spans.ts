import { type Part, splitSeries } from '../../../data/index.ts';
import type { TagSettings } from '../options.ts';
import type { TagTable } from './tag-table.ts';

/** Steps of each series with labels to learn from, and to be scored. */
export interface TaggedSpans {
  /** Steps t whose label, that of t + ahead, may be learned from. */
  train: readonly (readonly number[])[];
  test: readonly (readonly number[])[];
}

/**
 * The steps of a table to learn from and to be scored, where the training part of each series ends, and where its holdout begins. Step t
 * tells the label of step t + `ahead`, and belongs where that one does. Without a holdout there may be nothing to learn from: the table is
 * measured only.
 */
export function tableSpans(
  { series }: TagTable,
  { ahead, test, testUntil, holdout }: Pick<TagSettings, 'ahead' | 'test' | 'testUntil'> & { holdout?: Part },
): TaggedSpans & { ends: number[]; before: number[] } {
  const plain = series.map(({ series: one }) => one);
  const split = splitSeries(plain, {
    ...(test !== 'none' && { test, ...(testUntil !== undefined && { testUntil }) }),
    ...(holdout ? { validation: holdout } : { measureOnly: true }),
  });
  const ends = split.validation.map(({ to }) => to);
  const labelled = (from: number, to: number, k: number): number[] =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i - ahead).filter(
      (t) => t >= 0 && series[k].labels[t + ahead] >= 0,
    );
  return {
    ends,
    before: split.validation.map(({ from }) => from),
    train: ends.map((to, k) => labelled(0, to, k)),
    test: split.test.map(({ from, to }, k) => labelled(from, to, k)),
  };
}
