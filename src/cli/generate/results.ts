import { formatCount } from '../../format.ts';
import type { TextScores } from '../../tasks/index.ts';
import type { Output } from '../output.ts';
import { right } from '../terminal/index.ts';

/** The model among n-grams. */
export function scoreTable(
  title: string,
  model: TextScores,
  baselines: Readonly<Record<string, TextScores>>,
  output: Output,
): string {
  const rows = [['this model', model] as const, ...Object.entries(baselines)].map(
    ([name, { nats, bits, perplexity }]) => [
      name,
      bits.toFixed(3),
      nats.toFixed(3),
      perplexity.toFixed(perplexity < 100 ? 2 : 0),
    ],
  );
  const table = output.table({
    columns: ['model', ...['bits per character', 'nats', 'perplexity'].map(right)],
    rows,
    highlight: 0,
  });
  const unknown =
    model.unknown > 0
      ? `unknown to the model: ${formatCount(model.unknown)} of ${formatCount(model.tokens)} tokens\n`
      : '';
  return `${title}, ${formatCount(model.characters)} characters\n${table}${unknown}`;
}
