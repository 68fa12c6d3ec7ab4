import { type ComposeModel, loadCompose } from '../../tasks/index.ts';
import { engineFromEnvironment } from '../environment.ts';
import type { OpenedModel } from '../models.ts';

export async function loadModel({ bytes, path, numerics }: OpenedModel): Promise<ComposeModel> {
  return loadCompose(bytes, { name: path, engine: await engineFromEnvironment(numerics) });
}
