/** Classes whose probabilities are shown side by side; of more only the likeliest are. */
const SIDE_BY_SIDE = 12;
const LIKELIEST = 3;

/** How the probabilities of the classes are shown beside the one told, in cells of a table. */
export interface ProbabilityCells {
  headers: string[];
  /** A cell per header of probabilities [K]. */
  cells(probabilities: ArrayLike<number>): string[];
}

/** A column per class, or of many classes one with the likeliest of them. */
export function probabilityCells(classes: readonly string[]): ProbabilityCells {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  if (classes.length <= SIDE_BY_SIDE) {
    return { headers: [...classes], cells: (p) => classes.map((_, k) => percent(p[k])) };
  }
  return {
    headers: ['likeliest'],
    cells: (p) => [
      Array.from(classes, (_, k) => k)
        .sort((a, b) => p[b] - p[a] || a - b)
        .slice(0, LIKELIEST)
        .map((k) => `${classes[k]} ${percent(p[k])}`)
        .join(', '),
    ],
  };
}
