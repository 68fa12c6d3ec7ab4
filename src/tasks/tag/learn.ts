import { RecurveError } from '../../errors.ts';
import { number, oneOf } from '../../model/validate.ts';
import { createNetwork, type Network } from '../../nn/index.ts';
import type { Visit } from '../../train/event-loop.ts';
import type { EpochRecord, FitResult, TrainingState } from '../../train/index.ts';
import { joined, type Stages, type StagesDone } from '../training/index.ts';
import { inputWidth, tagNetwork } from './architecture.ts';
import { countedLabels, counting, type Example, objectiveOf, weighted } from './examples.ts';
import { fitBeside, type Judged, judge } from './judge.ts';
import type { TagLearner } from './learner.ts';

/** What a block tells whose time was up before its best epoch. */
const NONE = new Float64Array(0);

/** Blocks of cross-validation. */
export const BLOCKS = 5;

/** What training gives. */
export interface TagLearned extends Judged {
  members: Network[];
  history: EpochRecord[];
  bestEpoch: number;
  stopped: FitResult['stopped'];
}

/** Steps left out, and the others to learn from. */
export interface Block {
  held: Example[];
  rest: Example[];
}

/**
 * The blocks of cross-validation: five, but for those without a label.
 *
 * @param blockOf which block a step of an example belongs to
 * @throws RecurveError `data` where all labels lie in one of them
 */
export function blocksOf(
  examples: readonly Example[],
  blockOf: (example: number, t: number) => number,
): readonly Block[] {
  const blocks = Array.from({ length: BLOCKS }, (_, k) => ({
    held: counting(examples, (i, t) => blockOf(i, t) === k),
    rest: counting(examples, (i, t) => blockOf(i, t) !== k),
  })).filter(({ held }) => held.length > 0);
  if (blocks.length >= 2) return blocks;
  throw new RecurveError(
    'data',
    `tag: expected labels in at least 2 of ${BLOCKS} parts of the training steps, got them in one alone; set validation to holdout, or give data with labels throughout`,
  );
}

/**
 * Five blocks of the training steps in turn are left out and told by a network trained on the rest, whose mean log loss chooses the
 * number of epochs, and by a regression fitted on the rest; the probabilities of both together choose temperature and threshold. Then
 * the members and the regression learn from all steps.
 */
export async function crossValidate(
  learner: TagLearner,
  examples: readonly Example[],
  blocks: readonly Block[],
  stages: Stages,
): Promise<TagLearned> {
  const { kept } = stages;
  const held = blocks.map((block) => block.held);
  const rest = blocks.map((block) => block.rest);
  for (let k = stages.stage; k < blocks.length; k++) {
    const { network, result } = await learn(stages, `block ${k + 1} of ${blocks.length}`, learner, 0, {
      training: rest[k],
      validation: held[k],
      onLogits(logits, epoch, network) {
        // Which epoch is the best shows when all blocks are done: of each is kept what is less, as with many classes the weights.
        if (network.slots < logits.length) kept[`weights.${k}.${epoch}`] = weightsNow(network);
        else kept[`logits.${k}.${epoch}`] = logits;
      },
    });
    network[Symbol.dispose]();
    kept[`curve.${k}`] = Float64Array.from(result.history, ({ validation }) => validation ?? 0);
  }
  const counts = held.map((part) => countedLabels(part).length);
  const curves = held.map((_, k) => kept[`curve.${k}`]);
  const epochs = Math.max(1, Math.min(...curves.map((curve) => curve.length)));
  const total = counts.reduce((a, b) => a + b, 0);
  const means = Array.from({ length: epochs }, (_, e) =>
    curves.reduce((sum, curve, k) => sum + (curve[e] ?? 0) * (counts[k] / total), 0),
  );
  const bestEpoch = means.indexOf(Math.min(...means)) + 1;
  for (const [k, part] of held.entries()) {
    const [epoch] = epochsKept(kept, k, bestEpoch);
    kept[`told.${k}`] ??= epoch?.startsWith('weights')
      ? await logitsOf(learner, kept[epoch], part, stages.visit)
      : (kept[epoch] ?? NONE);
    for (const name of epochsKept(kept, k)) delete kept[name];
  }
  const told = {
    logits: joined(held.map((_, k) => kept[`told.${k}`])),
    labels: Int32Array.from(held.flatMap((part) => Array.from(countedLabels(part)))),
  };
  const { visit } = stages;
  const judged = await judge(learner, told, await fitBeside(learner, examples, rest, held, visit), visit);
  const members = await learnMembers(stages, learner, { training: examples, lastEpoch: bestEpoch }, blocks.length);
  const limited = curves.some((curve) => curve.length < learner.settings.epochs);
  return {
    ...judged,
    members: members.networks,
    history: members.history.map((record, e) =>
      means[e] === undefined ? record : { ...record, validation: means[e] },
    ),
    bestEpoch,
    stopped: limited ? 'time' : members.stopped,
  };
}

/** Members learn from the steps before the holdout, which stops each at its best epoch; the mean of their logits there calibrates. */
export async function holdOut(
  learner: TagLearner,
  training: readonly Example[],
  holdout: readonly Example[],
  stages: Stages,
): Promise<TagLearned> {
  const { patience } = learner.settings;
  const { networks, history, bestEpoch, stopped } = await learnMembers(
    stages,
    learner,
    { training, validation: holdout, patience },
    0,
  );
  const K = learner.architecture.classes;
  const logits = await meanLogits(networks, holdout, { D: inputWidth(learner.architecture), K }, stages.visit);
  const beside = await fitBeside(learner, training, [training], [holdout], stages.visit);
  return {
    ...(await judge(learner, { logits, labels: countedLabels(holdout) }, beside, stages.visit)),
    ...{ members: networks, history, bestEpoch, stopped },
  };
}

/**
 * Refuses what a damaged checkpoint may say that finished stages left behind.
 *
 * @param before stages that come before the networks': the blocks of cross-validation
 */
export function expectKept(before: number): (done: StagesDone, fit: TrainingState) => void {
  return ({ stage, kept }, fit) => {
    for (let k = 0; k < Math.min(stage, before); k++) {
      const curve = kept[`curve.${k}`]?.length ?? -1;
      number({ min: 0 })(curve, `checkpoint: loss curve of block ${k + 1}`);
      if (stage < before) oneOf(curve)(epochsKept(kept, k).length, `checkpoint: epochs of block ${k + 1}`);
      else number({ min: 0 })(kept[`told.${k}`]?.length ?? -1, `checkpoint: logits of block ${k + 1}`);
    }
    if (stage < before) oneOf(fit.history.length)(epochsKept(kept, stage).length, 'checkpoint: epochs of the block');
    for (let m = 0; m < stage - before; m++) {
      oneOf(fit.weights?.length ?? 0)(kept[`member.${m}`]?.length ?? -1, `checkpoint: weights of network ${m + 1}`);
      // Of a network whose time was up within its first epoch it is empty.
      number({ min: 0 })(kept.history?.length ?? -1, 'checkpoint: loss curve');
    }
  };
}

interface Lesson {
  training: readonly Example[];
  validation?: readonly Example[];
  /** Logits of the validation steps after an epoch, from 1, and the network as it is then. */
  onLogits?(logits: Float64Array, epoch: number, network: Network): void;
  lastEpoch?: number;
  patience?: number;
}

/** Trains the networks that answer together. What is finished lies in `kept`, so that a resumed training has it. */
async function learnMembers(
  stages: Stages,
  learner: TagLearner,
  lesson: Lesson,
  before: number,
): Promise<{ networks: Network[]; history: EpochRecord[]; bestEpoch: number; stopped: FitResult['stopped'] }> {
  const { kept } = stages;
  const networks: Network[] = [];
  let told: Pick<FitResult, 'history' | 'bestEpoch' | 'stopped'> | undefined;
  for (let m = 0; m < learner.settings.members; m++) {
    const name = `member.${m}`;
    if (before + m < stages.stage) {
      const network = newNetwork(learner, m);
      network.engine.write(network.weights, kept[name]);
      networks.push(network);
      continue;
    }
    const title = learner.settings.members > 1 ? `network ${m + 1} of ${learner.settings.members}` : 'training';
    const { network, result } = await learn(stages, title, learner, m, lesson);
    kept[name] = weightsNow(network);
    if (m === 0)
      kept.history = Float64Array.from(
        result.history.flatMap(({ loss, validation = Number.MAX_VALUE }) => [loss, validation]),
      );
    networks.push(network);
    told = result;
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
    stopped: told?.stopped ?? 'finished',
  };
}

/** Trains a fresh network, as a stage of the training. The caller disposes of it. */
function learn(
  stages: Stages,
  name: string,
  learner: TagLearner,
  member: number,
  { training, validation, onLogits, ...rest }: Lesson,
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
      training: objectiveOf(network, weighted(training, classWeights), sizes),
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

function weightsNow(network: Network): Float32Array | Float64Array {
  return network.engine.read(network.weights, network.slots);
}

/** Names under which the epochs of block `k` are kept, or one of them. */
function epochsKept(kept: StagesDone['kept'], k: number, epoch?: number): string[] {
  return Object.keys(kept).filter((name) => {
    const [what, block, own] = name.split('.');
    return (what === 'weights' || what === 'logits') && Number(block) === k && (epoch ?? Number(own)) === Number(own);
  });
}

/** What a network with these weights says of the steps that count, [N, K]. */
async function logitsOf(
  learner: TagLearner,
  weights: Float32Array | Float64Array,
  examples: readonly Example[],
  visit: Visit,
): Promise<Float64Array> {
  using network = newNetwork(learner, 0);
  network.engine.write(network.weights, weights);
  const { architecture } = learner;
  return await meanLogits([network], examples, { D: inputWidth(architecture), K: architecture.classes }, visit);
}

/** Far enough apart that no two small seeds share a member. */
function seedOf(seed: number, member: number): number {
  return seed + member * 1_000_003;
}

/** Mean of the members' logits of the steps that count, [N, K]. */
async function meanLogits(
  members: readonly Network[],
  examples: readonly Example[],
  { D, K }: { D: number; K: number },
  visit: Visit,
): Promise<Float64Array> {
  const all: number[] = [];
  for (const { rows, length, weights } of examples) {
    const sum = new Float64Array(length * K);
    for (const network of members) {
      const { values } = network.predict(rows, [1, length, D]);
      for (let i = 0; i < sum.length; i++) sum[i] += values[i] / members.length;
    }
    weights.forEach((weight, t) => {
      if (weight > 0) all.push(...sum.subarray(t * K, (t + 1) * K));
    });
    await visit();
  }
  return Float64Array.from(all);
}
