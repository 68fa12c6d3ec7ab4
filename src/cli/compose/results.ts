import { counted, decimalsFor, firstOf, formatFixed } from '../../format.ts';
import type { ComposeScores, Likely } from '../../tasks/index.ts';
import type { Output } from '../output.ts';
import { right } from '../terminal/index.ts';

/** The likelihood of the model and the baselines, the best first. */
export function likelihoodTable({ test, baselines, measure, pieces }: ComposeScores, output: Output): string {
  const rows: [string, number][] = [
    ['this model', test.nll],
    ...Object.entries(baselines).map(([name, { nll }]): [string, number] => [name, nll]),
  ];
  const decimals = Math.max(3, decimalsFor(rows.map(([, nll]) => nll)));
  return `${counted(pieces, 'test piece')}, ${measure}, lower is better\n${output.table({
    columns: ['model', right('NLL')],
    rows: rows.sort((a, b) => a[1] - b[1]).map(([name, nll]) => [name, formatFixed(nll, decimals)]),
  })}`;
}

/** What comes next, the likeliest first. */
export function nextTable(likely: readonly Likely[], output: Output): string {
  return output.table({
    columns: ['next', right('probability')],
    rows: likely.map(({ name, probability }) => [name, formatFixed(probability, 3)]),
  });
}

/** Characters of a title that are named one by one. */
const NAMED = 12;

/** Which characters of a title mean nothing to the model. */
export function unknownNote(unknown: readonly string[]): string {
  const named = unknown.map((character) => JSON.stringify(character));
  return `title: the model has not learned ${firstOf(named, NAMED)}, and reads it without`;
}
