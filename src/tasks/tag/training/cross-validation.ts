import { RecurveError } from '../../../errors.ts';
import { joined, type Stages } from '../../training/index.ts';
import { fitRegressions } from '../regression/fit.ts';
import { epochsKept } from './checkpoint.ts';
import { fitMember, fitMembers, logitsOf, type TagLearner, type TrainedMembers, weightsNow } from './ensemble.ts';
import { countedLabels, type Example, onlySteps } from './examples.ts';
import { selectAndCalibrate } from './selection.ts';

/** What a block tells whose time was up before its best epoch. */
const NONE = new Float64Array(0);

/** Blocks of cross-validation. */
export const BLOCKS = 5;

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
    held: onlySteps(examples, (i, t) => blockOf(i, t) === k),
    rest: onlySteps(examples, (i, t) => blockOf(i, t) !== k),
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
): Promise<TrainedMembers> {
  const { kept } = stages;
  const held = blocks.map((block) => block.held);
  const rest = blocks.map((block) => block.rest);
  for (let k = stages.stage; k < blocks.length; k++) {
    const { network, result } = await fitMember(stages, `block ${k + 1} of ${blocks.length}`, learner, 0, {
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
  const heldOut = {
    logits: joined(held.map((_, k) => kept[`told.${k}`])),
    labels: Int32Array.from(held.flatMap((part) => Array.from(countedLabels(part)))),
  };
  const { visit } = stages;
  const regressions = await fitRegressions(learner, examples, rest, held, visit);
  const selection = await selectAndCalibrate(learner, heldOut, regressions, visit);
  const members = await fitMembers(stages, learner, { training: examples, lastEpoch: bestEpoch }, blocks.length);
  const limited = curves.some((curve) => curve.length < learner.settings.epochs);
  return {
    ...selection,
    members: members.networks,
    history: members.history.map((record, e) =>
      means[e] === undefined ? record : { ...record, validation: means[e] },
    ),
    bestEpoch,
    stopped: limited ? 'time' : members.stopped,
  };
}
