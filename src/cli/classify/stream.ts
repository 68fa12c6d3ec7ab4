import { shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import { stepsOfList } from '../../tasks/classify/lists.ts';
import { type ClassifyModel, type Examples, loadClassify } from '../../tasks/index.ts';
import { inputLines } from '../input-lines.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { writeOut } from '../output.ts';
import { answerRow } from './results.ts';

/**
 * `recurve stream` of a classifier: every line of standard input is an example, a text or a JSON list of steps, answered with a JSON
 * object on a line. Examples do not depend on each other, so there is no state to keep.
 */
export async function stream(
  opened: OpenedModel,
  _inputs: readonly string[],
  values: { format?: 'auto' | 'csv' | 'tsv' | 'jsonl' },
): Promise<void> {
  const { format = 'auto' } = values;
  if (format === 'csv' || format === 'tsv') {
    throw new RecurveError(
      'usage',
      `stream: expected no --format ${format} with a classifier, got it; each line is an example of its own: a text, or JSON with --format jsonl`,
    );
  }
  const model = await loadModel(opened, loadClassify);
  const json = format === 'jsonl' || model.plan.kind === 'numbers';
  let row = 0;
  for await (const line of inputLines()) {
    if (line.trim() === '') continue;
    row++;
    const [answer] = await model.predict(exampleOf(model, line, row, json));
    await writeOut(`${JSON.stringify({ row, ...answerRow(answer, model.classes) })}\n`);
  }
}

function exampleOf({ plan, reading }: ClassifyModel, line: string, row: number, json: boolean): Examples {
  const source = `standard input, line ${row}`;
  if (!json) return { kind: 'words', source, texts: [line] };
  const wanted =
    plan.kind === 'words'
      ? `a JSON object with a text "${reading.text ?? 'text'}"`
      : `a JSON list of steps of ${plan.features.length} numbers`;
  const refuse = (): RecurveError =>
    new RecurveError('data', `${source}: expected ${wanted}, got "${shorten(line)}"; write one example per line`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw refuse();
  }
  if (plan.kind === 'words') {
    const text = (value as Record<string, unknown> | null)?.[reading.text ?? 'text'];
    if (typeof text !== 'string') throw refuse();
    return { kind: 'words', source, texts: [text] };
  }
  const D = plan.features.length;
  const steps = stepsOfList(value);
  if (!steps || (steps.D ?? D) !== D) throw refuse();
  return {
    kind: 'numbers',
    source,
    features: plan.features,
    sequences: [Float32Array.from(steps.values)],
  };
}
