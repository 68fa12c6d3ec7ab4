import { stat } from 'node:fs/promises';
import type { Engine, Numerics } from '../engine/index.ts';
import { RecurveError } from '../errors.ts';
import { taskOf } from '../model/index.ts';
import { readFileBytes } from '../node/files.ts';
import { runPaths } from '../node/run-folder.ts';
import { engineFromEnvironment, numericsAsked } from './environment.ts';

/** The bytes of a model file, for the task that can load it. */
export interface OpenedModel {
  /** `model.safetensors` of a run folder, or the file itself. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** As the file says. */
  readonly task: string;
  /** What the command asks of the arithmetic. */
  readonly numerics: Numerics | undefined;
}

/** Opens the model of a file or of a run folder. */
export async function openModel(place: string, values: { fast?: boolean } = {}): Promise<OpenedModel> {
  const path = await modelPath(place);
  const bytes = await readFileBytes(path);
  return { path, bytes, task: taskOf(bytes, path), numerics: numericsAsked(values) };
}

/** Loads an opened model, on the engine that the command and the environment ask for. */
export async function loadModel<M>(
  { bytes, path, numerics }: OpenedModel,
  load: (bytes: Uint8Array, options: { name: string; engine: Engine }) => Promise<M>,
): Promise<M> {
  return load(bytes, { name: path, engine: await engineFromEnvironment(numerics) });
}

/** Whether a place is a model by its name, or a run folder with one. */
export async function isModel(place: string): Promise<boolean> {
  return place.endsWith('.safetensors') || isA('File', runPaths(place).model);
}

async function modelPath(place: string): Promise<string> {
  if (!(await isA('Directory', place))) return place;
  const { model, config } = runPaths(place);
  if (await isA('File', model)) return model;
  throw new RecurveError(
    'file',
    (await isA('File', config))
      ? `${place}: expected a run that has ended, got one without a model yet; wait for its end, or go on with recurve train --resume`
      : `${place}: expected a run folder with a model.safetensors, got a folder without one; name the folder that train wrote`,
  );
}

function isA(what: 'File' | 'Directory', path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats[`is${what}`](),
    () => false,
  );
}
