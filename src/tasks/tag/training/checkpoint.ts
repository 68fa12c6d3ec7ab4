import { number, oneOf } from '../../../model/validate.ts';
import type { TrainingState } from '../../../train/index.ts';
import type { StagesDone } from '../../training/index.ts';

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

/** Names under which the epochs of block `k` are kept, or one of them. */
export function epochsKept(kept: StagesDone['kept'], k: number, epoch?: number): string[] {
  return Object.keys(kept).filter((name) => {
    const [what, block, own] = name.split('.');
    return (what === 'weights' || what === 'logits') && Number(block) === k && (epoch ?? Number(own)) === Number(own);
  });
}
