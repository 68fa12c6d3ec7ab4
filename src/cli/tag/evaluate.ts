import { RecurveError } from '../../errors.ts';
import { evaluateTag, loadTag } from '../../tasks/index.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { given } from '../options.ts';
import { type OutputValues, outputOf } from '../output.ts';
import type { ReadValues } from '../read-options.ts';
import { dataFor, type TextValues } from './data.ts';
import { scoreTable } from './results.ts';

interface Values extends ReadValues, TextValues, OutputValues {
  from?: string;
  until?: string;
}

/** `recurve evaluate` */
export async function evaluate(opened: OpenedModel, [place]: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  const model = await loadModel(opened, loadTag);
  const data = await dataFor(model, place, 'evaluate', values, output);
  if (!('kind' in data) && (values.from !== undefined || values.until !== undefined)) {
    throw new RecurveError('usage', 'evaluate: expected --from and --until with a table, got text; leave them out');
  }
  const scores = await evaluateTag(model, data, given({ from: values.from, until: values.until }));
  await output.result({ task: 'tag', model: opened.path, classes: model.classes, ...model.calibration, ...scores });
  await output.print(scoreTable(scores, model, output));
}
