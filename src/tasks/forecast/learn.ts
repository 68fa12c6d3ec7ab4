import type { Engine } from '../../engine/engine.ts';
import { createNetwork, type Network } from '../../nn/index.ts';
import type { FitResult, Objective } from '../../train/index.ts';
import type { Stages } from '../training/index.ts';
import { type ForecastArchitecture, forecastNetwork } from './architecture.ts';
import { type FeaturePlan, inputWidth } from './features.ts';
import { forecastLoss } from './loss.ts';
import type { ForecastSettings } from './options.ts';
import type { OutputKind } from './output.ts';
import { inputsOf, targetsOf, type Window } from './windows.ts';

/** All that stays the same through the stages of one training. */
export interface Learner {
  engine: Engine;
  plan: FeaturePlan;
  architecture: ForecastArchitecture;
  kind: OutputKind;
  settings: ForecastSettings;
}

/** One training within a stage. */
export interface LearnOptions {
  training: readonly Window[];
  validation?: readonly Window[];
  /** Receives the raw outputs [validation windows, horizon, outputs] after every epoch. */
  onValidation?(outputs: Float64Array): void;
  lastEpoch?: number;
  patience?: number;
}

/** Trains a fresh network on some windows, as a stage of the training. The caller disposes of it. */
export function learn(
  stages: Stages,
  name: string,
  learner: Learner,
  options: LearnOptions,
): Promise<{ network: Network; result: FitResult }> {
  const { engine, architecture, settings } = learner;
  const { training, validation, onValidation, ...rest } = options;
  const create = () => createNetwork(engine, forecastNetwork(architecture), { seed: settings.seed });
  return stages.run(name, create, (network) => ({
    ...rest,
    training: objectiveOf(network, learner, training),
    ...(validation && { validation: objectiveOf(network, learner, validation, onValidation) }),
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    optimizer: settings.optimizer,
    rate: settings.rate,
    schedule: settings.schedule,
    clip: { norm: settings.clip },
    seed: settings.seed,
    restoreBest: options.patience !== undefined,
  }));
}

function objectiveOf(
  network: Network,
  { plan, kind, settings }: Learner,
  all: readonly Window[],
  onOutputs?: (outputs: Float64Array) => void,
): Objective {
  const width = inputWidth(plan);
  const perWindow = plan.horizon * kind.outputs;
  const lossOf = forecastLoss(settings.output, settings.levels);
  let outputs = new Float64Array(0);
  return {
    examples: all.length,
    loss(batch, pass, tape) {
      const chosen = Array.from(batch, (i) => all[i]);
      const { targets, weights } = targetsOf(plan, chosen);
      const y = network.root.forward(tape.constant(inputsOf(plan, chosen), [chosen.length, width]), pass);
      if (onOutputs) {
        // Batches of an evaluation come in order: the first one begins a new pass, the last one completes it.
        if (batch[0] === 0) outputs = new Float64Array(all.length * perWindow);
        outputs.set(y.values(), batch[0] * perWindow);
        if (batch[batch.length - 1] === all.length - 1) onOutputs(outputs);
      }
      return lossOf(y, targets, weights);
    },
  };
}
