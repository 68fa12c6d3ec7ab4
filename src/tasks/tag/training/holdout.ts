import type { Stages } from '../../training/index.ts';
import { fitRegressions } from '../regression/fit.ts';
import { countedLogits, fitMembers, type TagLearner, type TrainedMembers } from './ensemble.ts';
import { countedLabels, type Example } from './examples.ts';
import { selectAndCalibrate } from './selection.ts';

/** Members learn from the steps before the holdout, which stops each at its best epoch; the mean of their logits there calibrates. */
export async function holdOut(
  learner: TagLearner,
  training: readonly Example[],
  holdout: readonly Example[],
  stages: Stages,
): Promise<TrainedMembers> {
  const { patience } = learner.settings;
  const { networks, history, bestEpoch, stopped } = await fitMembers(
    stages,
    learner,
    { training, validation: holdout, patience },
    0,
  );
  const logits = await countedLogits({ members: networks, ...learner }, holdout, stages.visit);
  const regressions = await fitRegressions(learner, training, [training], [holdout], stages.visit);
  return {
    ...(await selectAndCalibrate(learner, { logits, labels: countedLabels(holdout) }, regressions, stages.visit)),
    ...{ members: networks, history, bestEpoch, stopped },
  };
}
