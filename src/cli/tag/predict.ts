import { loadTag, type Tagged, type TagModel } from '../../tasks/index.ts';
import { probabilityCells } from '../../tasks/tag/probability-cells.ts';
import { csvLines } from '../csv.ts';
import { lazily } from '../lazily.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { restLine } from '../note-lines.ts';
import { refuseBoth } from '../options.ts';
import { type Output, type OutputValues, outputOf } from '../output.ts';
import type { ReadValues } from '../read-options.ts';
import { right } from '../terminal/index.ts';
import { dataFor, type TextValues } from './data.ts';
import { clockOf } from './results.ts';

interface Values extends ReadValues, TextValues, OutputValues {
  csv?: boolean;
  out?: string;
}

/** Steps of a table that are shown on a terminal: the last ones. */
const SHOWN = 14;
/** Series of a table that are; more would push the first off the screen. */
const SHOWN_SERIES = 10;

/** `recurve predict` */
export async function predict(opened: OpenedModel, [place]: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  refuseBoth('predict', values, '--json', '--csv');
  const model = await loadModel(opened, loadTag);
  const data = await dataFor(model, place, 'predict', values, output);
  const told = model.predict(data);
  const tokens = 'kind' in data ? undefined : data.sentences.map((sentence) => sentence.tokens);
  const object = {
    task: 'tag',
    model: opened.path,
    classes: model.classes,
    sequences: lazily(told, (one, i) => plainTagged(one, model, tokens?.[i])),
  };
  if (values.out !== undefined) return await output.save(values.out, object, csvOf(told, model, tokens));
  await output.result(object);
  await output.print(
    values.csv ? csvOf(told, model, tokens) : tokens ? wordsOf(told, tokens) : lastSteps(told, model, output),
  );
}

function plainTagged({ id, times, probabilities, labels }: Tagged, { classes }: TagModel, tokens?: readonly string[]) {
  const K = classes.length;
  return {
    ...(id !== '' && { id }),
    ...(times && { times: lazily(times, (time) => new Date(time).toISOString()) }),
    ...(tokens && { tokens }),
    labels,
    probabilities: lazily(labels, (_, t) => probabilities.subarray(t * K, (t + 1) * K)),
  };
}

/** A line per step: series or sentence, time or word, label, the probability of each class with every digit. */
function csvOf(
  told: readonly Tagged[],
  { classes }: TagModel,
  tokens?: readonly (readonly string[])[],
): Iterable<string> {
  const header = [
    tokens ? 'sentence' : 'id',
    tokens ? 'token' : 'time',
    'label',
    ...classes.map((name) => `p_${name}`),
  ];
  return csvLines(header, rowsOf(told, classes.length, tokens));
}

function* rowsOf(
  told: readonly Tagged[],
  K: number,
  tokens?: readonly (readonly string[])[],
): Generator<(string | number)[]> {
  for (const [i, { id, times, labels, probabilities }] of told.entries()) {
    for (const [t, label] of labels.entries()) {
      yield [
        tokens ? i + 1 : id,
        tokens ? tokens[i][t] : times ? new Date(times[t]).toISOString() : '',
        label,
        ...probabilities.subarray(t * K, (t + 1) * K),
      ];
    }
  }
}

/** Words and labels as CoNLL has them. */
function* wordsOf(told: readonly Tagged[], tokens: readonly (readonly string[])[]): Generator<string> {
  for (const [i, { labels }] of told.entries()) {
    if (i > 0) yield '\n';
    for (const [t, label] of labels.entries()) yield `${tokens[i][t]}\t${label}\n`;
  }
}

function lastSteps(told: readonly Tagged[], { classes }: TagModel, output: Output): string {
  const K = classes.length;
  const { headers, cells } = probabilityCells(classes);
  const tables = told.slice(0, SHOWN_SERIES).map(({ id, times, labels, probabilities }) => {
    const from = Math.max(0, labels.length - SHOWN);
    const rows = labels
      .slice(from)
      .map((label, i) => [
        times ? clockOf(times[from + i]) : `step ${from + i + 1}`,
        label,
        ...cells(probabilities.subarray((from + i) * K, (from + i + 1) * K)),
      ]);
    const columns = ['step told', 'told', ...headers.map(right)];
    return `${id === '' ? '' : `${id}\n`}${output.table({ columns, rows })}`;
  });
  return [...tables, ...restLine(told.length - SHOWN_SERIES, ' series: --csv prints them all')].join('\n');
}
