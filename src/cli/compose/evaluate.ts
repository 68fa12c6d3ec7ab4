import { loadCompose } from '../../tasks/index.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { type OutputValues, outputOf } from '../output.ts';
import { loadMusic, tellVoices } from './data.ts';
import { likelihoodTable } from './results.ts';

/** `recurve evaluate` with a model of music. */
export async function evaluate(opened: OpenedModel, [place]: readonly string[], values: OutputValues): Promise<void> {
  const output = outputOf(values);
  const model = await loadModel(opened, loadCompose);
  const { pieces, leftOut } = await loadMusic([place], output, model.kind);
  const severalVoices = tellVoices(model.kind, pieces, output);
  const scores = await model.evaluate(pieces);
  await output.result({
    ...{ task: 'compose', model: opened.path, kind: model.kind, ...scores },
    ...(leftOut > 0 && { leftOut }),
    ...(severalVoices > 0 && { severalVoices }),
  });
  await output.print(likelihoodTable(scores, output));
}
