import { RecurveError } from '../../errors.ts';
import { loadGenerate } from '../../tasks/index.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { type OutputValues, outputOf } from '../output.ts';
import { loadText, tellReading } from './data.ts';
import { scoreTable } from './results.ts';

interface Values extends OutputValues {
  heldOut?: boolean;
}

/** `recurve evaluate` */
export async function evaluate(opened: OpenedModel, places: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  using model = await loadModel(opened, loadGenerate);
  if (values.heldOut && model.settings.validationShare === 0) {
    throw new RecurveError(
      'usage',
      'evaluate: expected a model that left an end of its text out with --held-out, got one that learned all of it; give another text without --held-out',
    );
  }
  const whole = await loadText(places, output);
  const text = values.heldOut ? model.heldOut(whole) : whole;
  tellReading(text, output);
  const test = await model.evaluate(text);
  const baselines = { [`${model.settings.order}-gram that learns as it reads`]: await model.evaluateNgram(text) };
  await output.result({ task: 'generate', model: opened.path, test, baselines });
  await output.print(scoreTable('Text read from beginning to end', test, baselines, output));
}
