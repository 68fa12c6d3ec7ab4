import type { Engine } from '../../../engine/index.ts';
import { createNetwork, type Network } from '../../../nn/index.ts';
import type { Visit } from '../../../train/event-loop.ts';
import type { EpochRecord, FitResult } from '../../../train/index.ts';
import { visiting } from '../../baselines/pieces.ts';
import type { Stages } from '../../training/index.ts';
import { inputWidth, type TagArchitecture, tagNetwork } from '../architecture.ts';
import type { TagSettings } from '../options.ts';
import { meanLogits, type Predictor } from '../predictor.ts';
import { epochsKept } from './checkpoint.ts';
import { classWeighted, type Example } from './examples.ts';
import { objectiveOf } from './objective.ts';
import type { Selection } from './selection.ts';

/** What all networks of a training have in common. */
export interface TagLearner {
  engine: Engine;
  architecture: TagArchitecture;
  settings: TagSettings;
  /** Whether a regression answers beside the network. */
  regression: boolean;
  /** Weight of each class in the loss. */
  classWeights: readonly number[];
}

/** What training gives. */
export interface TrainedMembers extends Selection {
  members: Network[];
  history: EpochRecord[];
  bestEpoch: number;
  stopped: FitResult['stopped'];
}

/** What a network learns from, and for how long. */
interface MemberFit {
  training: readonly Example[];
  validation?: readonly Example[];
  /** Logits of the validation steps after an epoch, from 1, and the network as it is then. */
  onLogits?(logits: Float64Array, epoch: number, network: Network): void;
  lastEpoch?: number;
  patience?: number;
}

/** Trains the networks that answer together. What is finished lies in `kept`, so that a resumed training has it. */
export async function fitMembers(
  stages: Stages,
  learner: TagLearner,
  options: MemberFit,
  before: number,
): Promise<{ networks: Network[]; history: EpochRecord[]; bestEpoch: number; stopped: FitResult['stopped'] }> {
  const { kept } = stages;
  const networks: Network[] = [];
  let stopped: FitResult['stopped'] = 'finished';
  for (let m = 0; m < learner.settings.members; m++) {
    const name = `member.${m}`;
    if (before + m < stages.stage) {
      const network = newNetwork(learner, m);
      network.engine.write(network.weights, kept[name]);
      networks.push(network);
      continue;
    }
    const title = learner.settings.members > 1 ? `network ${m + 1} of ${learner.settings.members}` : 'training';
    const { network, result } = await fitMember(stages, title, learner, m, options);
    kept[name] = weightsNow(network);
    if (m === 0)
      kept.history = Float64Array.from(
        result.history.flatMap(({ loss, validation = Number.MAX_VALUE }) => [loss, validation]),
      );
    networks.push(network);
    stopped = result.stopped;
  }
  // The first member's curve stands for all; it may have been trained before the training was resumed.
  const history = Array.from({ length: kept.history.length / 2 }, (_, e): EpochRecord => {
    const [loss, validation] = kept.history.subarray(2 * e, 2 * e + 2);
    return { epoch: e + 1, loss, seconds: 0, ...(validation < Number.MAX_VALUE && { validation }) };
  });
  const validated = history.filter(({ validation }) => validation !== undefined);
  const best =
    validated.length > 0 ? validated.reduce((a, b) => ((b.validation ?? 0) < (a.validation ?? 0) ? b : a)) : undefined;
  return {
    networks,
    history,
    bestEpoch: Math.max(1, best?.epoch ?? history.length),
    stopped,
  };
}

/** Trains a fresh network, as a stage of the training. The caller disposes of it. */
export function fitMember(
  stages: Stages,
  name: string,
  learner: TagLearner,
  member: number,
  { training, validation, onLogits, ...rest }: MemberFit,
): Promise<{ network: Network; result: FitResult }> {
  const { settings, architecture, classWeights } = learner;
  const sizes = { D: inputWidth(architecture), K: architecture.classes };
  const lengths = training.map(({ length }) => length);
  let epoch = onLogits ? epochsKept(stages.kept, stages.stage).length : 0;
  return stages.run(
    name,
    () => newNetwork(learner, member),
    (network) => ({
      ...rest,
      training: objectiveOf(network, classWeighted(training, classWeights), sizes),
      ...(validation && {
        validation: objectiveOf(
          network,
          validation,
          sizes,
          onLogits && ((logits) => onLogits(logits, ++epoch, network)),
        ),
      }),
      epochs: settings.epochs,
      batchSize: settings.batchSize,
      bucketing: { lengths },
      optimizer: settings.optimizer,
      rate: settings.rate,
      schedule: settings.schedule,
      clip: { norm: settings.clip },
      seed: seedOf(settings.seed, member),
      restoreBest: rest.patience !== undefined,
    }),
  );
}

function newNetwork({ engine, architecture, settings }: TagLearner, member: number): Network {
  return createNetwork(engine, tagNetwork(architecture), { seed: seedOf(settings.seed, member) });
}

export function weightsNow(network: Network): Float32Array | Float64Array {
  return network.engine.read(network.weights, network.slots);
}

/** What a network with these weights says of the steps that count, [N, K]. */
export async function logitsOf(
  learner: TagLearner,
  weights: Float32Array | Float64Array,
  examples: readonly Example[],
  visit: Visit,
): Promise<Float64Array> {
  using network = newNetwork(learner, 0);
  network.engine.write(network.weights, weights);
  return await countedLogits({ members: [network], architecture: learner.architecture }, examples, visit);
}

/** Far enough apart that no two small seeds share a member. */
function seedOf(seed: number, member: number): number {
  return seed + member * 1_000_003;
}

/** Mean of the networks' logits of the steps that count, [N, K]. */
export async function countedLogits(
  ensemble: Pick<Predictor, 'members' | 'architecture'>,
  examples: readonly Example[],
  visit: Visit,
): Promise<Float64Array> {
  const K = ensemble.architecture.classes;
  const all: number[] = [];
  for (const { rows, weights } of examples) {
    const { mean } = await visiting(meanLogits(ensemble, [rows]), visit);
    weights.forEach((weight, t) => {
      if (weight > 0) all.push(...mean.subarray(t * K, (t + 1) * K));
    });
    await visit();
  }
  return Float64Array.from(all);
}
