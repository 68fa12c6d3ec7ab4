import { counted, formatCount } from '../format.ts';
import { table } from './page.ts';

/** Classes up to which a grid of true and told ones is drawn; of more its names and cells lie on top of each other. */
export const MOST_GRID_CLASSES = 50;

/** Pairs that are listed. */
const SHOWN = 50;

/**
 * The pairs of classes that are taken for each other most often, as a table: what is shown of many classes instead of a grid.
 *
 * @param confusion `confusion[truth][told]`, [K, K]
 * @param of what is counted, such as `steps`
 */
export function frequentConfusions(
  confusion: readonly (readonly number[])[],
  names: readonly string[],
  of: string,
): string {
  const pairs = confusion.flatMap((row, truth) => {
    const total = row.reduce((a, b) => a + b, 0);
    return row.flatMap((count, told) =>
      told !== truth && count > 0 ? [{ truth, told, count, share: count / total }] : [],
    );
  });
  const shown = pairs
    .sort((a, b) => b.count - a.count || b.share - a.share || a.truth - b.truth || a.told - b.told)
    .slice(0, SHOWN);
  const all = counted(pairs.length, 'pair');
  return table({
    caption:
      pairs.length > SHOWN
        ? `The ${SHOWN} most frequent of ${all} taken for each other`
        : `${all} taken for each other`,
    columns: [
      { header: 'True' },
      { header: 'Told' },
      { header: of[0].toUpperCase() + of.slice(1), align: 'right' },
      { header: 'Of the true class', align: 'right' },
    ],
    rows: shown.map(({ truth, told, count, share }) => [
      names[truth],
      names[told],
      formatCount(count),
      `${(100 * share).toFixed(1)} %`,
    ]),
  });
}
