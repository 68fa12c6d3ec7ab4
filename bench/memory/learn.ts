import { createEngine } from 'recurve/engine';
import { createNetwork, type Layer, type Network } from 'recurve/nn';
import { type FitOptions, fit, type Objective, type OptimizerConfig } from 'recurve/train';

/** One model to train on a problem. */
export interface Contender {
  /** What tables and curves call it. */
  label: string;
  root: Layer;
  /** Default Adam. */
  optimizer?: OptimizerConfig;
  rate: number;
}

export interface Trial {
  contender: Contender;
  seed: number;
  batchSize: number;
  /** Steps between two looks at the validation set. */
  every: number;
  /** Loss of one batch; `batch` names the examples, or is only counted where each batch is drawn anew. */
  training: (network: Network) => Objective['loss'];
  /** Examples of a pass over the training set; default `every` batches, each drawn anew. */
  examples?: number;
  validation: (network: Network) => Objective;
  /** Stop when the validation loss falls to it. */
  target?: number;
  /** Stop when this holds; asked at every look. */
  solved?(network: Network): boolean;
  maxSteps: number;
  maxSeconds: number;
  schedule?: FitOptions['schedule'];
  /** Norm to clip at; default 1. */
  clip?: number;
  /** Figures taken with the best weights. */
  measure(network: Network): Record<string, number> | Promise<Record<string, number>>;
}

/** What is kept of a training. */
export interface Outcome {
  label: string;
  /** Where a bench has several. */
  problem?: string;
  seed: number;
  parameters: number;
  batchSize: number;
  rate: number;
  steps: number;
  /** Sequences seen, with repetition where the set is finite. */
  sequences: number;
  seconds: number;
  /** Why it ended: the target was reached, or steps or seconds ran out, or the loss became infinite. */
  stopped: 'target' | 'steps' | 'time' | 'diverged';
  /** Sequences seen, training loss since the point before, validation loss. */
  curve: { sequences: number; training: number; validation: number }[];
  figures: Record<string, number>;
}

/** Trains one contender and measures the weights with the lowest validation loss. */
export async function learn(trial: Trial): Promise<Outcome> {
  const { contender, seed, batchSize, every, examples = every * batchSize } = trial;
  const engine = await createEngine();
  using network = createNetwork(engine, contender.root, { seed });
  const reached = new AbortController();
  const stepsPerEpoch = Math.ceil(examples / batchSize);
  const curve: Outcome['curve'] = [];
  let best = Number.POSITIVE_INFINITY;
  let kept = engine.read(network.weights, network.slots);
  let training = 0;
  let last = { steps: 0, seconds: 0 };
  let stopped: Outcome['stopped'];
  try {
    const result = await fit(network, {
      training: { examples, loss: trial.training(network) },
      validation: trial.validation(network),
      epochs: Math.ceil(trial.maxSteps / stepsPerEpoch),
      batchSize,
      rate: contender.rate,
      ...(contender.optimizer && { optimizer: contender.optimizer }),
      clip: { norm: trial.clip ?? 1 },
      ...(trial.schedule && { schedule: trial.schedule }),
      seed,
      maxSeconds: trial.maxSeconds,
      restoreBest: false,
      signal: reached.signal,
      onProgress({ step, loss, epochEnd, validation, seconds }) {
        last = { steps: step, seconds };
        training = loss;
        if (!epochEnd || validation === undefined) return;
        curve.push({ sequences: step * batchSize, training, validation });
        if (validation < best) {
          best = validation;
          kept = engine.read(network.weights, network.slots);
        }
        if (validation <= (trial.target ?? Number.NEGATIVE_INFINITY) || trial.solved?.(network)) {
          kept = engine.read(network.weights, network.slots);
          reached.abort();
        }
        report(
          `${contender.label}: ${step} steps, ${seconds.toFixed(0)} s, training ${loss.toPrecision(3)}, validation ${validation.toPrecision(3)}`,
        );
      },
    });
    stopped = result.stopped === 'aborted' ? 'target' : result.stopped === 'time' ? 'time' : 'steps';
  } catch (error) {
    // A training that explodes is a result here: relu networks are shown with it.
    if ((error as { code?: string }).code !== 'numeric') throw error;
    stopped = 'diverged';
  }
  report('');
  engine.write(network.weights, kept);
  const figures = await trial.measure(network);
  const { label, rate } = contender;
  const outcome: Outcome = {
    label,
    seed,
    parameters: network.parameterCount,
    batchSize,
    rate,
    steps: last.steps,
    sequences: last.steps * batchSize,
    seconds: Math.round(last.seconds * 10) / 10,
    stopped,
    curve,
    figures,
  };
  const text = Object.entries(figures).map(([name, value]) => `${name} ${value.toPrecision(4)}`);
  console.log(
    `${label.padEnd(34)} ${String(outcome.sequences).padStart(8)} sequences ${outcome.seconds.toFixed(0).padStart(5)} s  ${stopped.padEnd(8)}  ${text.join('  ')}`,
  );
  return outcome;
}

/** A line that the next one overwrites, on a terminal only. */
function report(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else if (line && process.env.BENCH_VERBOSE) process.stderr.write(`${line}\n`);
}
