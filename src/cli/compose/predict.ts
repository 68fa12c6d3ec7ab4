import { loadCompose } from '../../tasks/index.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { type OutputValues, outputOf } from '../output.ts';
import { loadPiece, tellVoices } from './data.ts';
import { nextTable } from './results.ts';

interface Values extends OutputValues {
  out?: string;
}

/** Possibilities shown; with `--json` and in a file all. */
const SHOWN = 12;

/** `recurve predict` with a model of music: what may come after a piece. */
export async function predict(opened: OpenedModel, [file]: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  const model = await loadModel(opened, loadCompose);
  const piece = await loadPiece(file);
  tellVoices(model.kind, [piece], output);
  const next = model.next(piece);
  const object = { task: 'compose', model: opened.path, kind: model.kind, next };
  if (values.out !== undefined) return await output.save(values.out, object, nextTable(next, output));
  await output.result(object);
  await output.print(nextTable(next.slice(0, SHOWN), output));
}
