import { replay } from '../autograd/index.ts';
import type { Address } from '../engine/engine.ts';
import { NONE } from '../engine/engine.ts';
import { RecurveError } from '../errors.ts';
import { pow } from '../exact.ts';
import { expectNetwork } from '../nn/check.ts';
import type { Network } from '../nn/index.ts';
import {
  expectChoice,
  expectNamed,
  expectOptions,
  expectPositive,
  expectShare,
  kindOf,
  type OptionNames,
} from '../options.ts';

/**
 * What to optimise with; plain data, so that it goes into config and checkpoint as it is.
 * Weight decay never touches biases and gains (`Parameter.decays`).
 */
export type OptimizerConfig =
  | ({ kind: 'adam' } & AdamOptions)
  | ({ kind: 'adamW' } & AdamOptions)
  | ({ kind: 'sgd' } & SgdOptions)
  | ({ kind: 'rmsprop' } & RmspropOptions);

/** `adam`: decay is L2 in the gradient (Kingma & Ba 2015); `adamW`: decoupled (Loshchilov & Hutter 2019). */
export interface AdamOptions {
  /** Memory of the gradient, 0 ≤ β < 1; default 0.9. */
  beta1?: number;
  /** Memory of its square, 0 ≤ β < 1; default 0.999. */
  beta2?: number;
  /** Default 1e-8. */
  epsilon?: number;
  /** At least 0; default 0 for adam, 0.01 for adamW, as in PyTorch. */
  weightDecay?: number;
}

/** Stochastic gradient descent, momentum as PyTorch defines it. */
export interface SgdOptions {
  /** 0 ≤ momentum < 1, default 0. */
  momentum?: number;
  /** Nesterov's momentum; needs momentum above 0. Default false. */
  nesterov?: boolean;
  /** L2 in the gradient, at least 0; default 0. */
  weightDecay?: number;
}

/** Hinton 2012, as PyTorch defines it. */
export interface RmspropOptions {
  /** Memory of the squared gradient, 0 ≤ α < 1, default 0.99. */
  alpha?: number;
  /** Default 1e-8. */
  epsilon?: number;
  /** 0 ≤ momentum < 1, default 0. */
  momentum?: number;
  /** L2 in the gradient, at least 0; default 0. */
  weightDecay?: number;
}

/** Applies gradients to the weights of one network. */
export interface Optimizer {
  readonly config: OptimizerConfig;
  /** Updates all weights with learning rate `rate` from the gradients times `scale`, default 1. */
  step(rate: number, scale?: number): void;
  /** Steps taken and the moments, each as long as the network's block: what a checkpoint keeps. */
  state(): OptimizerState;
  load(state: OptimizerState): void;
  [Symbol.dispose](): void;
}

/** What an optimiser has to remember to go on to the same bits: steps taken, and moments by name, one number per weight. */
export interface OptimizerState {
  steps: number;
  moments: Readonly<Record<string, Float32Array | Float64Array>>;
}

type Update = (
  w: Address,
  dw: Address,
  at: (name: string) => Address,
  n: number,
  pace: { rate: number; scale: number },
  decay: number,
  steps: number,
) => void;

/** Makes the optimiser and its moments (zero) on the network's engine. */
export function createOptimizer(network: Network, config: OptimizerConfig): Optimizer {
  expectNetwork('optimizer', network);
  // Here and not in the network, so that a page that only predicts need not load it.
  network.tape.repeat = replay;
  const { engine, slots } = network;
  expectNamed('optimizer', config, 'kind');
  expectChoice('optimizer', 'kind', config.kind, Object.keys(RULES));
  expectOptions(config.kind, config, { kind: true, ...KNOWN[config.kind] });
  checkNumbers(config);
  const { names, update, weightDecay } = RULES[config.kind](network, config as never);
  const moments = Object.fromEntries(names.map((name) => [name, engine.arena.keep(slots)]));
  for (const address of Object.values(moments)) engine.fill(address, slots, 0);
  const ranges = decayRanges(network);
  let steps = 0;
  let inUse = true;
  return {
    config,
    step(rate, scale = 1) {
      expectInUse();
      if (!(Number.isFinite(rate) && Number.isFinite(scale))) {
        throw new RecurveError(
          'usage',
          `${config.kind}: expected a learning rate and a scale that are numbers, got ${rate} and ${scale}; call step(0.001)`,
        );
      }
      steps++;
      for (const { offset, length, decays } of ranges) {
        const at = (name: string): Address => (name in moments ? moments[name] + offset : NONE);
        const decay = decays ? weightDecay : 0;
        update(network.weights + offset, network.gradients + offset, at, length, { rate, scale }, decay, steps);
      }
    },
    state() {
      expectInUse();
      return { steps, moments: Object.fromEntries(names.map((name) => [name, engine.read(moments[name], slots)])) };
    },
    load(state) {
      expectInUse();
      const { moments: given, steps: taken } = state ?? {};
      if (typeof given !== 'object' || given === null || !(Number.isSafeInteger(taken) && taken >= 0)) {
        throw new RecurveError(
          'model',
          `optimizer: expected { steps, moments }, got ${kindOf(state)}; give what state() gave`,
        );
      }
      const foreign = Object.keys(given).filter((name) => !names.includes(name));
      if (foreign.length > 0) {
        throw new RecurveError(
          'model',
          `optimizer: expected the moments of ${config.kind} (${names.join(', ') || 'none'}), got ${foreign.join(', ')} besides; resume with the same optimiser`,
        );
      }
      for (const name of names) {
        if (given[name]?.length !== slots) {
          throw new RecurveError(
            'model',
            `optimizer: expected ${slots} numbers of ${name}, got ${given[name]?.length ?? 'none'}; resume with the same network and optimiser`,
          );
        }
        engine.write(moments[name], given[name]);
      }
      steps = taken;
    },
    [Symbol.dispose]() {
      if (!inUse) return;
      inUse = false;
      for (const address of Object.values(moments)) engine.arena.release(address);
    },
  };

  /** What its moments took may be another's by now. */
  function expectInUse(): void {
    if (!inUse) {
      throw new RecurveError('usage', 'optimizer: expected one in use, got one that has ended; make a new one');
    }
  }
}

const ADAM: OptionNames<AdamOptions> = { beta1: 'number', beta2: 'number', epsilon: 'number', weightDecay: 'number' };
const SGD: OptionNames<SgdOptions> = { momentum: 'number', nesterov: 'boolean', weightDecay: 'number' };
const RMSPROP: OptionNames<RmspropOptions> = {
  alpha: 'number',
  epsilon: 'number',
  momentum: 'number',
  weightDecay: 'number',
};
const KNOWN = { adam: ADAM, adamW: ADAM, sgd: SGD, rmsprop: RMSPROP };

interface Rule {
  names: string[];
  update: Update;
  weightDecay: number;
}

const RULES: {
  [K in OptimizerConfig['kind']]: (network: Network, config: Extract<OptimizerConfig, { kind: K }>) => Rule;
} = {
  adam: (network, config) => adamRule(network, config, config.weightDecay ?? 0, false),
  adamW: (network, config) => adamRule(network, config, config.weightDecay ?? 0.01, true),
  sgd({ engine }, { momentum = 0, nesterov = false, weightDecay = 0 }) {
    expectShare('sgd', 'momentum', momentum, KEPT);
    if (nesterov && momentum === 0)
      throw new RecurveError('usage', 'sgd: expected momentum above 0 with nesterov, got 0; set momentum, e.g. 0.9');
    return {
      names: momentum > 0 ? ['velocity'] : [],
      weightDecay,
      update: (w, dw, at, n, pace, l2) => engine.sgd(w, dw, at('velocity'), n, { ...pace, momentum, nesterov, l2 }),
    };
  },
  rmsprop({ engine }, { alpha = 0.99, epsilon = 1e-8, momentum = 0, weightDecay = 0 }) {
    expectShare('rmsprop', 'alpha', alpha, KEPT);
    expectShare('rmsprop', 'momentum', momentum, KEPT);
    return {
      names: momentum > 0 ? ['square', 'velocity'] : ['square'],
      weightDecay,
      update: (w, dw, at, n, pace, l2) =>
        engine.rmsprop(w, dw, at('square'), at('velocity'), n, { ...pace, alpha, epsilon, momentum, l2 }),
    };
  },
};

function adamRule(
  { engine }: Network,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions,
  weightDecay: number,
  decoupled: boolean,
): Rule {
  expectShare('adam', 'beta1', beta1, KEPT);
  expectShare('adam', 'beta2', beta2, KEPT);
  return {
    names: ['mean', 'square'],
    weightDecay,
    update: (w, dw, at, n, pace, decay, steps) =>
      engine.adam(w, dw, at('mean'), at('square'), n, {
        ...pace,
        beta1,
        beta2,
        epsilon,
        decay: decoupled ? pace.rate * decay : 0,
        l2: decoupled ? 0 : decay,
        correction1: 1 / (1 - pow(beta1, steps)),
        correction2: 1 / (1 - pow(beta2, steps)),
      }),
  };
}

/** Runs of parameters that weight decay treats alike, in block order. */
function decayRanges({ entries, slots }: Network): { offset: number; length: number; decays: boolean }[] {
  const ranges: { offset: number; length: number; decays: boolean }[] = [];
  entries.forEach(({ offset, parameter: { decays } }, i) => {
    const length = (entries[i + 1]?.offset ?? slots) - offset;
    const last = ranges.at(-1);
    if (last?.decays === decays) last.length += length;
    else ranges.push({ offset, length, decays });
  });
  return ranges;
}

/** What the shares that optimisers take are. */
const KEPT = 'it is the share of the past that is kept';

/** Refuses a decay below 0 and a term below the line that is 0 or less; shares of the past are checked with their rule. */
function checkNumbers(config: OptimizerConfig): void {
  const { kind, weightDecay = 0 } = config;
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay))) {
    throw new RecurveError(
      'usage',
      `${kind}: expected weightDecay of at least 0, got ${weightDecay}; 0 switches it off`,
    );
  }
  if ('epsilon' in config && config.epsilon !== undefined) expectPositive(kind, 'epsilon', config.epsilon, 'try 1e-8');
}
