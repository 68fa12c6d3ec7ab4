import { RecurveError } from '../../errors.ts';
import { formatCount, formatFixed } from '../../format.ts';
import { type Examples, type Explanation, loadClassify } from '../../tasks/index.ts';
import { csvLines } from '../csv.ts';
import { lazily } from '../lazily.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { restLine } from '../note-lines.ts';
import { type Output, type OutputValues, outputOf } from '../output.ts';
import { right } from '../terminal/index.ts';
import { type DataValues, examplesFor, tellReading } from './data.ts';
import { answerRow, explanationTable } from './results.ts';

interface Values extends DataValues, OutputValues {
  explain?: boolean;
  csv?: boolean;
  out?: string;
}

/** Examples that are explained for people; `--json` explains them all. */
const MOST_EXPLAINED = 10;
const MOST_SHOWN = 50;

/** `recurve predict` of a classifier. */
export async function predict(opened: OpenedModel, [place]: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  if (values.csv && (values.json || values.explain)) {
    throw new RecurveError(
      'usage',
      `predict: expected --csv alone, got --${values.json ? 'json' : 'explain'} too; choose one`,
    );
  }
  if (values.explain && values.out !== undefined && !values.json) {
    throw new RecurveError(
      'usage',
      'predict: expected --json beside --explain and --out, got --out alone; add it, or leave --out out',
    );
  }
  const model = await loadModel(opened, loadClassify);
  const examples = await examplesFor(model, place, values, { who: 'predict', labelled: false, output });
  tellReading(examples, output);
  const answers = await model.predict(examples);
  if (answers.length === 0) throw new RecurveError('data', `${place}: expected an example, got none; check the file`);
  tellUnknown(
    answers.map(({ known }) => known),
    output,
  );
  const whole = values.json || values.out !== undefined;
  const explained: Explanation[] = [];
  if (values.explain) {
    const asked = contentsOf(examples).slice(0, whole ? answers.length : MOST_EXPLAINED);
    // One after the other: each holds its example as many times as it has words.
    for (const one of asked) explained.push(await model.explain(one));
  }
  const { classes } = model;
  const rows = lazily(answers, (answer, i) => {
    const { words, steps } = explained[i] ?? {};
    return { ...nameOf(examples, i), ...answerRow(answer, classes), ...(words && { words }), ...(steps && { steps }) };
  });
  const object = { task: 'classify', model: opened.path, classes, predictions: rows };
  const csv = () => csvOf(examples, rows, classes);
  if (values.out !== undefined) return await output.save(values.out, object, csv());
  await output.result(object);
  if (values.csv) return await output.print(csv());
  if (values.explain) {
    const texts = explained.map(
      (one, i) =>
        `${shown(examples, i)}\n${one.label}, ${formatFixed(100 * one.probability, 1)} %\n${explanationTable(one, output)}`,
    );
    const rest = restLine(answers.length - texts.length, ': --json explains them all');
    return await output.print([...texts, ...rest].join('\n'));
  }
  const files = examples.kind === 'words' ? examples.ids : undefined;
  const table = output.table({
    columns: ['label', right('%'), ...(files ? ['file'] : []), examples.kind === 'words' ? 'text' : 'sequence'],
    rows: answers
      .slice(0, MOST_SHOWN)
      .map(({ label, probability }, i) => [
        label,
        formatFixed(100 * probability, 1),
        ...(files ? [files[i]] : []),
        shown(examples, i),
      ]),
  });
  await output.print([table, ...restLine(answers.length - MOST_SHOWN, ': --csv prints them all')].join(''));
}

function contentsOf(examples: Examples): readonly (string | Float32Array)[] {
  return examples.kind === 'words' ? examples.texts : examples.sequences;
}

function shown(examples: Examples, i: number): string {
  if (examples.kind === 'words') return examples.texts[i].replace(/\s+/g, ' ').slice(0, 500);
  return examples.ids?.[i] ?? `sequence ${i + 1}`;
}

function nameOf(examples: Examples, i: number) {
  if (examples.kind === 'numbers') return { sequence: examples.ids?.[i] ?? String(i + 1) };
  return { ...(examples.ids && { file: examples.ids[i] }), text: examples.texts[i] };
}

/** A line per example: what it is, its label, and the probability of each class with every digit. */
function csvOf(
  examples: Examples,
  rows: Iterable<{ label: string; probabilities: Record<string, number> }>,
  classes: readonly string[],
): Iterable<string> {
  const { ids } = examples;
  const names = examples.kind === 'numbers' ? ['sequence'] : [...(ids ? ['file'] : []), 'text'];
  const header = [...names, 'label', ...classes.map((one) => `p_${one}`)];
  const lines = lazily(rows, ({ label, probabilities }, i) => [
    ...(examples.kind === 'numbers' ? [shown(examples, i)] : [...(ids ? [ids[i]] : []), examples.texts[i]]),
    label,
    ...classes.map((one) => probabilities[one]),
  ]);
  return csvLines(header, lines);
}

/** Says where the words of the data are others than those of the training. */
function tellUnknown(known: readonly number[], output: Output): void {
  const foreign = known.filter((share) => share < 0.5).length;
  if (foreign === 0) return;
  output.note(
    `${formatCount(foreign)} of ${formatCount(known.length)} texts consist mostly of words that the training did not hold; their answers lean on few words`,
  );
}
