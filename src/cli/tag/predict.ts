import { RecurveError } from '../../errors.ts';
import { writeFileAtomic } from '../../node/files.ts';
import type { Tagged, TagModel } from '../../tasks/index.ts';
import { probabilityCells } from '../../tasks/tag/likeliest.ts';
import type { OpenedModel } from '../models.ts';
import { jsonText, type Output, outputOf } from '../output.ts';
import type { ReadValues } from '../read-options.ts';
import { textTable } from '../terminal/index.ts';
import { dataFor, loadModel, type TextValues } from './model.ts';
import { clockOf } from './results.ts';

interface Values extends ReadValues, TextValues {
  json?: boolean;
  csv?: boolean;
  out?: string;
  quiet?: boolean;
}

/** Steps of a table that are shown on a terminal: the last ones. */
const SHOWN = 14;
/** Series of a table that are; more would push the first off the screen. */
const SHOWN_SERIES = 10;

/** `recurve predict` */
export async function predict(opened: OpenedModel, [place]: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  if (values.json && values.csv)
    throw new RecurveError('usage', 'predict: expected --json or --csv, got both; choose one');
  const model = await loadModel(opened);
  const data = await dataFor(model, place, 'predict', values, output);
  const told = model.predict(data);
  const tokens = 'kind' in data ? undefined : data.sentences.map((sentence) => sentence.tokens);
  const object = {
    task: 'tag',
    model: opened.path,
    classes: model.classes,
    sequences: told.map((one, i) => plainTagged(one, model, tokens?.[i])),
  };
  if (values.out !== undefined) {
    await writeFileAtomic(values.out, values.json ? `${jsonText(object)}\n` : csvOf(told, model, tokens));
    output.note(`wrote ${values.out}`);
    return;
  }
  output.result(object);
  output.print(
    values.csv ? csvOf(told, model, tokens) : tokens ? wordsOf(told, tokens) : lastSteps(told, model, output),
  );
}

function plainTagged({ id, times, probabilities, labels }: Tagged, { classes }: TagModel, tokens?: readonly string[]) {
  const K = classes.length;
  return {
    ...(id !== '' && { id }),
    ...(times && { times: Array.from(times, (time) => new Date(time).toISOString()) }),
    ...(tokens && { tokens }),
    labels,
    probabilities: labels.map((_, t) => Array.from(probabilities.subarray(t * K, (t + 1) * K))),
  };
}

/** A line per step: series or sentence, time or word, label, the probability of each class with every digit. */
function csvOf(told: readonly Tagged[], { classes }: TagModel, tokens?: readonly (readonly string[])[]): string {
  const K = classes.length;
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const header = [
    tokens ? 'sentence' : 'id',
    tokens ? 'token' : 'time',
    'label',
    ...classes.map((name) => `p_${name}`),
  ];
  const lines = told.flatMap(({ id, times, labels, probabilities }, i) =>
    labels.map((label, t) => [
      tokens ? String(i + 1) : cell(id),
      tokens ? cell(tokens[i][t]) : times ? new Date(times[t]).toISOString() : '',
      cell(label),
      ...probabilities.subarray(t * K, (t + 1) * K),
    ]),
  );
  return [header.map(cell), ...lines].map((cells) => `${cells.join(',')}\n`).join('');
}

/** Words and labels as CoNLL has them. */
function wordsOf(told: readonly Tagged[], tokens: readonly (readonly string[])[]): string {
  return told.map(({ labels }, i) => labels.map((label, t) => `${tokens[i][t]}\t${label}\n`).join('')).join('\n');
}

function lastSteps(told: readonly Tagged[], { classes }: TagModel, { abilities, width }: Output): string {
  const K = classes.length;
  const { headers, cells } = probabilityCells(classes);
  const more = told.length - SHOWN_SERIES;
  const tables = told.slice(0, SHOWN_SERIES).map(({ id, times, labels, probabilities }) => {
    const from = Math.max(0, labels.length - SHOWN);
    const rows = labels
      .slice(from)
      .map((label, i) => [
        times ? clockOf(times[from + i]) : `step ${from + i + 1}`,
        label,
        ...cells(probabilities.subarray((from + i) * K, (from + i + 1) * K)),
      ]);
    const columns = [
      { header: 'step told' },
      { header: 'told' },
      ...headers.map((header) => ({ header, align: 'right' as const })),
    ];
    return `${id === '' ? '' : `${id}\n`}${textTable({ columns, rows, width, ...abilities })}`;
  });
  return [
    ...tables,
    ...(more > 0 ? [`and ${more.toLocaleString('en')} more series: --csv prints them all\n`] : []),
  ].join('\n');
}
