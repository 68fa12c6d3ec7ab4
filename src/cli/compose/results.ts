import { decimalsFor, formatFixed } from '../../report/format.ts';
import type { ComposeScores, Likely } from '../../tasks/index.ts';
import type { Output } from '../output.ts';
import { textTable } from '../terminal/index.ts';

/** The likelihood of the model and the baselines, the best first. */
export function likelihoodTable({ test, baselines, measure, pieces }: ComposeScores, output: Output): string {
  const rows: [string, number][] = [
    ['this model', test.nll],
    ...Object.entries(baselines).map(([name, { nll }]): [string, number] => [name, nll]),
  ];
  const decimals = Math.max(3, decimalsFor(rows.map(([, nll]) => nll)));
  return `${pieces} test ${pieces === 1 ? 'piece' : 'pieces'}, ${measure}, lower is better\n${textTable({
    columns: [{ header: 'model' }, { header: 'NLL', align: 'right' }],
    rows: rows.sort((a, b) => a[1] - b[1]).map(([name, nll]) => [name, formatFixed(nll, decimals)]),
    width: output.width,
    ...output.abilities,
  })}`;
}

/** What comes next, the likeliest first. */
export function nextTable(likely: readonly Likely[], output: Output): string {
  return textTable({
    columns: [{ header: 'next' }, { header: 'probability', align: 'right' }],
    rows: likely.map(({ name, probability }) => [name, formatFixed(probability, 3)]),
    width: output.width,
    ...output.abilities,
  });
}
