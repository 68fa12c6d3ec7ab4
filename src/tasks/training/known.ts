import { formatFixed } from '../../format.ts';

/**
 * What is told before a training on words that are mostly too rare to be known; nothing where half of them are.
 *
 * @param known words of the text that are known, out of `all`
 */
export function mostlyUnknown(known: number, all: number, what: string): string | undefined {
  if (2 * known >= all) return undefined;
  return `only ${formatFixed((100 * known) / all, 1)} % of the ${what} are known: the others are too rare for minCount, or beyond the vocabulary`;
}
