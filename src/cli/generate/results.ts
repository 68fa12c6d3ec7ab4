import { formatCount } from '../../format.ts';
import type { TextScores } from '../../tasks/index.ts';
import type { Output } from '../output.ts';
import { textTable } from '../terminal/index.ts';

/** The model among n-grams. */
export function scoreTable(
  title: string,
  model: TextScores,
  baselines: Readonly<Record<string, TextScores>>,
  { abilities, width }: Output,
): string {
  const rows = [['this model', model] as const, ...Object.entries(baselines)].map(
    ([name, { nats, bits, perplexity }]) => [
      name,
      bits.toFixed(3),
      nats.toFixed(3),
      perplexity.toFixed(perplexity < 100 ? 2 : 0),
    ],
  );
  const table = textTable({
    columns: [
      { header: 'model' },
      ...['bits per character', 'nats', 'perplexity'].map((header) => ({ header, align: 'right' as const })),
    ],
    rows,
    highlight: 0,
    width,
    ...abilities,
  });
  const unknown =
    model.unknown > 0
      ? `unknown to the model: ${formatCount(model.unknown)} of ${formatCount(model.tokens)} tokens\n`
      : '';
  return `${title}, ${formatCount(model.characters)} characters\n${table}${unknown}`;
}
