import type { Numerics } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import { type JsonObject, type ModelFile, plainJson, type StoredTensors } from '../../model/index.ts';
import { anyObject, array, number, object, oneOf, string } from '../../model/validate.ts';
import { kindOf } from '../../options.ts';
import type { TrainingState } from '../../train/index.ts';
import { VERSION } from '../../version.ts';

/** What a checkpoint belongs to: it is refused where any of it differs. */
export interface TrainingIdentity {
  task: string;
  settings: JsonObject;
  /** Fingerprint of the data. */
  data: string;
  /** Runs of `fit` in all, at least 1. */
  stages: number;
}

/** What the stages before the running one left behind. */
export interface StagesDone {
  /** Stages done. */
  stage: number;
  /** Seconds and steps they took. */
  seconds: number;
  steps: number;
  kept: Record<string, Float32Array | Float64Array>;
}

/** Packs the state of a training: numbers in tensors, the rest in the document. */
export function encodeCheckpoint(
  identity: TrainingIdentity,
  done: StagesDone,
  fit: TrainingState,
  numerics: Numerics = 'exact',
): ModelFile {
  const tensors: Record<string, StoredTensors[string]> = {};
  const put = (name: string, data: Float32Array | Float64Array | undefined): void => {
    if (!data) return;
    const shape = [data.length];
    tensors[name] =
      data instanceof Float32Array
        ? { dtype: 'F32', shape, data: Float32Array.from(data) }
        : { dtype: 'F64', shape, data: Float64Array.from(data) };
  };
  const { weights, bestWeights, optimizer, average, carried, ...scalars } = fit;
  put('weights', weights);
  put('best', bestWeights);
  put('average', average);
  for (const [name, moment] of Object.entries(optimizer?.moments ?? {})) put(`moment.${name}`, moment);
  for (const [name, state] of Object.entries(carried ?? {})) put(`carried.${name}`, state);
  for (const [name, data] of Object.entries(done.kept)) put(`kept.${name}`, data);
  const { stage, seconds, steps } = done;
  return {
    tensors,
    document: {
      kind: 'checkpoint',
      task: identity.task,
      step: steps + fit.step,
      architecture: {},
      data: { fingerprint: identity.data },
      training: plainJson({
        settings: identity.settings,
        ...(numerics === 'fast' && { numerics }),
        stages: identity.stages,
        done: { stage, seconds, steps, kept: Object.keys(done.kept) },
        fit: scalars,
        optimizerSteps: optimizer?.steps ?? 0,
        carried: carried ? Object.keys(carried) : [],
      }),
      versions: { recurve: VERSION },
    },
  };
}

const whole = number({ integer: true, min: 0 });
const checkTraining = object(
  {
    settings: anyObject,
    stages: whole,
    done: object({ stage: whole, seconds: number({ min: 0 }), steps: whole, kept: array(string({ min: 1 })) }),
    fit: object(
      {
        step: whole,
        seconds: number({ min: 0 }),
        lossSum: number(),
        lossCount: number({ min: 0 }),
        best: number(),
        bestEpoch: whole,
        waited: whole,
        plateau: object({ best: number(), waited: whole, factor: number() }),
        history: array(object({ epoch: whole, loss: number(), seconds: number() }, { validation: number() })),
      },
      { clipping: object({ clipped: whole, factorSum: number({ min: 0 }), maxNorm: number({ min: 0 }) }) },
    ),
    optimizerSteps: whole,
    carried: array(string({ min: 1 })),
  },
  { numerics: oneOf('fast') },
);

/** Unpacks a checkpoint of the same task, data and settings. */
export function decodeCheckpoint(
  file: ModelFile,
  identity: TrainingIdentity,
): { done: StagesDone; fit: TrainingState; numerics: Numerics } {
  const { tensors, document } = file ?? {};
  if (!tensors || !document) {
    throw new RecurveError(
      'usage',
      `resume: expected a checkpoint { tensors, document }, got ${kindOf(file)}; give what decodeModelFile(bytes) returns`,
    );
  }
  if (document.task !== identity.task) {
    throw new RecurveError(
      'usage',
      `resume: expected a checkpoint of ${identity.task}, got one of ${document.task}; give that of the same training`,
    );
  }
  const training = checkTraining(document.training, 'checkpoint: training');
  if (document.data.fingerprint !== identity.data) {
    throw new RecurveError(
      'data',
      'resume: expected the data the training began with, got other data; give the same data, or train anew with --overwrite',
    );
  }
  if (JSON.stringify(training.settings) !== JSON.stringify(identity.settings) || training.stages !== identity.stages) {
    throw new RecurveError(
      'usage',
      'resume: expected the settings the training began with, got others; give the same options, or train anew with --overwrite',
    );
  }
  number({ max: identity.stages - 1 })(training.done.stage, 'checkpoint: stage');
  const floats = (name: string): Float32Array | Float64Array => {
    const tensor = tensors[name];
    if (!(tensor?.data instanceof Float32Array || tensor?.data instanceof Float64Array)) {
      throw new RecurveError('model', `checkpoint: expected numbers called ${name}, got none; the file is damaged`);
    }
    return tensor.data;
  };
  const named = (prefix: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, floats(`${prefix}.${name}`)]));
  const moments = Object.keys(tensors).flatMap((name) => (name.startsWith('moment.') ? [name.slice(7)] : []));
  return {
    numerics: training.numerics === 'fast' ? 'fast' : 'exact',
    done: { ...training.done, kept: named('kept', training.done.kept) },
    fit: {
      ...training.fit,
      weights: floats('weights'),
      ...('best' in tensors && { bestWeights: floats('best') }),
      ...('average' in tensors && { average: floats('average') }),
      ...(training.carried.length > 0 && { carried: named('carried', training.carried) }),
      optimizer: { steps: training.optimizerSteps, moments: named('moment', moments) },
    },
  };
}
