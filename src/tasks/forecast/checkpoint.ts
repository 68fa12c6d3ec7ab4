import { RecurveError } from '../../errors.ts';
import type { Json, JsonObject, ModelFile, StoredTensors } from '../../model/index.ts';
import { anyObject, array, number, object, oneOf } from '../../model/validate.ts';
import type { TrainingState } from '../../train/index.ts';
import { VERSION } from '../../version.ts';
import { plainJson } from './document.ts';
import { BLOCKS, type StageState } from './stages.ts';

/** What a checkpoint belongs to: it is refused where any of it differs. */
export interface TrainingIdentity {
  settings: JsonObject;
  /** Fingerprint of the data. */
  data: Json;
  stages: number;
}

/** Packs the state of a training: numbers in tensors, the rest in the document. */
export function encodeCheckpoint(identity: TrainingIdentity, stages: StageState, fit: TrainingState): ModelFile {
  const tensors: Record<string, StoredTensors[string]> = {};
  const put = (name: string, data: Float32Array | Float64Array | undefined): void => {
    if (!data) return;
    const shape = [data.length];
    tensors[name] =
      data instanceof Float32Array
        ? { dtype: 'F32', shape, data: Float32Array.from(data) }
        : { dtype: 'F64', shape, data: Float64Array.from(data) };
  };
  const { weights, bestWeights, optimizer, ...scalars } = fit;
  put('weights', weights);
  put('best', bestWeights);
  for (const [name, moment] of Object.entries(optimizer?.moments ?? {})) put(`moment.${name}`, moment);
  stages.outputs.forEach((passes, block) => {
    passes.forEach((pass, epoch) => {
      put(`outputs.${block}.${epoch}`, pass);
    });
  });
  const { outputs, ...progress } = stages;
  return {
    tensors,
    document: {
      kind: 'checkpoint',
      task: 'forecast',
      step: stages.steps + fit.step,
      architecture: {},
      data: { fingerprint: identity.data },
      training: plainJson({
        settings: identity.settings,
        stages: identity.stages,
        progress,
        passes: outputs.map((passes) => passes.length),
        fit: scalars,
        optimizerSteps: optimizer?.steps ?? 0,
      }),
      versions: { recurve: VERSION },
    },
  };
}

const whole = number({ integer: true, min: 0 });
const checkTraining = object({
  settings: anyObject,
  stages: whole,
  progress: object({ stage: whole, seconds: number({ min: 0 }), steps: whole, curves: array(array(number())) }),
  passes: array(whole),
  fit: object(
    {
      step: whole,
      seconds: number({ min: 0 }),
      lossSum: number(),
      lossCount: whole,
      best: number(),
      bestEpoch: whole,
      waited: whole,
      plateau: object({ best: number(), waited: whole, factor: number() }),
      history: array(object({ epoch: whole, loss: number(), seconds: number() }, { validation: number() })),
    },
    { clipping: object({ clipped: whole, factorSum: number({ min: 0 }), maxNorm: number({ min: 0 }) }) },
  ),
  optimizerSteps: whole,
});

/** Refuses stages, loss curves and outputs that cannot belong to one training. */
function checkProgress({ stages, progress, passes, fit }: ReturnType<typeof checkTraining>): void {
  const { stage, curves } = progress;
  number({ max: stages - 1 })(stage, 'checkpoint: stage');
  const cross = stages > 1;
  oneOf(cross ? stage : 0)(curves.length, 'checkpoint: loss curves');
  oneOf(cross ? Math.min(stage + 1, BLOCKS) : 0)(passes.length, 'checkpoint: blocks with outputs');
  curves.forEach((curve, k) => {
    number({ min: Math.max(curve.length, 1) })(passes[k], `checkpoint: epochs with outputs of block ${k + 1}`);
  });
  if (cross && stage < BLOCKS) oneOf(fit.history.length)(passes[stage], 'checkpoint: epochs with outputs');
}

/** Unpacks a checkpoint of the same data and settings. */
export function decodeCheckpoint(
  { tensors, document }: ModelFile,
  identity: TrainingIdentity,
): { stages: StageState; fit: TrainingState } {
  const training = checkTraining(document.training, 'checkpoint: training');
  if (document.data.fingerprint !== identity.data) {
    throw new RecurveError(
      'data',
      'resume: expected the data the training began with, got other data; give the same table, or train anew with --overwrite',
    );
  }
  if (JSON.stringify(training.settings) !== JSON.stringify(identity.settings) || training.stages !== identity.stages) {
    throw new RecurveError(
      'usage',
      'resume: expected the settings the training began with, got others; give the same options, or train anew with --overwrite',
    );
  }
  checkProgress(training);
  const floats = (name: string): Float32Array | Float64Array => {
    const tensor = tensors[name];
    if (!(tensor?.data instanceof Float32Array || tensor?.data instanceof Float64Array)) {
      throw new RecurveError('model', `checkpoint: expected numbers called ${name}, got none; the file is damaged`);
    }
    return tensor.data;
  };
  const moments = Object.keys(tensors).filter((name) => name.startsWith('moment.'));
  return {
    stages: {
      ...training.progress,
      outputs: training.passes.map((count, block) =>
        Array.from({ length: count }, (_, epoch) => Float64Array.from(floats(`outputs.${block}.${epoch}`))),
      ),
    },
    fit: {
      ...training.fit,
      weights: floats('weights'),
      ...('best' in tensors && { bestWeights: floats('best') }),
      optimizer: {
        steps: training.optimizerSteps,
        moments: Object.fromEntries(moments.map((name) => [name.slice('moment.'.length), floats(name)])),
      },
    },
  };
}
