import type { Card } from './page.ts';

/** What a card says of a model's figure beside the best of its baselines; nothing where no baseline has one. */
export function besideBest(
  own: number,
  baselines: readonly (number | undefined)[],
  { better = 'lower', format }: { better?: 'lower' | 'higher'; format(value: number): string },
): Pick<Card, 'note' | 'tone'> {
  const known = baselines.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  if (known.length === 0) return {};
  const best = better === 'lower' ? Math.min(...known) : Math.max(...known);
  const ahead = better === 'lower' ? best - own : own - best;
  return { note: `best baseline ${format(best)}`, tone: ahead > 0 ? 'good' : ahead < 0 ? 'bad' : 'plain' };
}
