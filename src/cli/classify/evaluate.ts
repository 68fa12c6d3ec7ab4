import type { OpenedModel } from '../models.ts';
import { outputOf } from '../output.ts';
import { type DataValues, examplesFor, loadModel, tellReading } from './model.ts';
import { confusionTable, scoreTable } from './results.ts';

interface Values extends DataValues {
  quiet?: boolean;
  json?: boolean;
}

/** `recurve evaluate` of a classifier. */
export async function evaluate(opened: OpenedModel, [place]: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  const model = await loadModel(opened);
  const examples = await examplesFor(model, place, values, { who: 'evaluate', labelled: true, output });
  tellReading(examples, output);
  const { scores, baselines } = await model.evaluate(examples);
  const { accuracy, f1, logLoss, auc, confusion, classes } = scores;
  await output.result({
    task: 'classify',
    model: opened.path,
    classes: model.classes,
    test: { accuracy, f1, logLoss, ...(auc !== undefined && { auc }) },
    baselines,
    confusion,
    perClass: classes,
    examples: scores.examples,
  });
  await output.print(
    `${scores.examples.toLocaleString('en')} ${scores.examples === 1 ? 'example' : 'examples'} of ${examples.source}\n${scoreTable(scores, output, { model, baselines })}\n${confusionTable(scores, output)}`,
  );
}
