import { RecurveError } from '../errors.ts';
import { pow } from '../exact.ts';
import type { Network } from '../nn/index.ts';
import { expectChoice, expectOptions } from '../options.ts';

/** Exponential moving average of the weights. Polyak & Juditsky 1992. */
export interface AverageOptions {
  /**
   * Share of the past kept per step, 0 < decay < 1: the average looks back over about 1/(1 − decay) steps. Try 0.99 for short
   * trainings and 0.999 from some 10,000 steps. The start is corrected: after n steps the weights of all n add up to 1.
   */
  decay: number;
  /**
   * `validation` (default): the averaged weights are the ones validated, kept as the best, and left in the network at the end.
   * `end`: validation sees the trained weights; the average replaces them at the end, and `restoreBest` must not be asked for.
   */
  use?: 'validation' | 'end';
}

/** The running average of one network's weights. */
export interface WeightAverage {
  /** Takes the weights after an update into the average. */
  update(): void;
  /** Runs `body` with the averaged weights in the network, and puts the trained ones back. */
  during<R>(body: () => Promise<R>): Promise<R>;
  /** Leaves the averaged weights in the network. */
  apply(): void;
  /** The uncorrected sum, for checkpoints; the number of updates is known to the caller. */
  state(): Float32Array | Float64Array;
  [Symbol.dispose](): void;
}

/** Makes the average; `updates` and `sum` of a checkpoint go on where it was. */
export function createAverage(
  network: Network,
  { decay }: AverageOptions,
  from?: { updates: number; sum: Float32Array | Float64Array | undefined },
): WeightAverage {
  const { engine, slots } = network;
  if (from && from.sum?.length !== slots) {
    throw new RecurveError(
      'model',
      `average: expected a checkpoint with an average of ${slots} weights, got ${from.sum?.length ?? 'none'}; resume with the options it was made with`,
    );
  }
  const sum = engine.arena.keep(slots);
  const trained = engine.arena.keep(slots);
  engine.fill(sum, slots, 0);
  if (from?.sum) engine.write(sum, from.sum);
  let updates = from?.updates ?? 0;
  const average: WeightAverage = {
    update() {
      updates++;
      engine.affine(sum, sum, slots, decay, 0);
      engine.axpy(sum, network.weights, slots, 1 - decay);
    },
    async during(body) {
      engine.copy(trained, network.weights, slots);
      average.apply();
      try {
        return await body();
      } finally {
        engine.copy(network.weights, trained, slots);
      }
    },
    apply() {
      if (updates > 0) engine.affine(network.weights, sum, slots, 1 / (1 - pow(decay, updates)), 0);
    },
    state: () => engine.read(sum, slots),
    [Symbol.dispose]() {
      engine.arena.release(sum);
      engine.arena.release(trained);
    },
  };
  return average;
}

export function checkAverage(options: AverageOptions, restoreBest: boolean | undefined): void {
  expectOptions('average', options, { decay: 'number', use: true });
  const { decay, use = 'validation' } = options;
  if (!(decay > 0 && decay < 1)) {
    throw new RecurveError('usage', `average: expected 0 < decay < 1, got ${decay}; try 0.99`);
  }
  expectChoice('average', 'use', use, ['validation', 'end']);
  if (use === 'end' && restoreBest) {
    throw new RecurveError(
      'usage',
      "average: expected restoreBest to be off where the average of the end is used, got true; leave one out or choose use: 'validation'",
    );
  }
}
