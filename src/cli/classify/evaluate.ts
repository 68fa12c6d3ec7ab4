import { counted } from '../../format.ts';
import { figuresOf } from '../../tasks/classify/scores.ts';
import { loadClassify } from '../../tasks/index.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { type OutputValues, outputOf } from '../output.ts';
import { type DataValues, examplesFor, tellReading } from './data.ts';
import { confusionTable, scoreTable } from './results.ts';

/** `recurve evaluate` of a classifier. */
export async function evaluate(
  opened: OpenedModel,
  [place]: readonly string[],
  values: DataValues & OutputValues,
): Promise<void> {
  const output = outputOf(values);
  const model = await loadModel(opened, loadClassify);
  const examples = await examplesFor(model, place, values, { who: 'evaluate', labelled: true, output });
  tellReading(examples, output);
  const { scores, baselines } = await model.evaluate(examples);
  await output.result({
    task: 'classify',
    model: opened.path,
    classes: model.classes,
    test: figuresOf(scores),
    baselines,
    confusion: scores.confusion,
    perClass: scores.classes,
    examples: scores.examples,
  });
  await output.print(
    `${counted(scores.examples, 'example')} of ${examples.source}\n${scoreTable(scores, output, { model, baselines })}\n${confusionTable(scores, output)}`,
  );
}
