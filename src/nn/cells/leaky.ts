import {
  add,
  affine,
  type Leak,
  type Lengths,
  leakyLast,
  leakySequence,
  multiply,
  type SequenceOptions,
  sigmoid,
  type Tape,
  type Tensor,
} from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { log } from '../../exact.ts';
import { expectOptions, type OptionNames } from '../../options.ts';
import type { Initialiser } from '../init.ts';
import { Parameter } from '../parameter.ts';
import { activationOf, type CellActivation } from './activations.ts';
import type { Cell, Noise, State } from './cell.ts';
import { dilate } from './delay.ts';
import { masked } from './noise.ts';
import { recurrenceOf } from './recurrence.ts';
import {
  affineParts,
  bound,
  CELL_OPTIONS,
  type CellOptions,
  COMMON_OPTIONS,
  cellParameters,
  givenOptions,
  skipFrom,
} from './weights.ts';

/** Options of leaky units beside those of every cell. */
export interface LeakyOptions extends CellOptions {
  /**
   * Share of the old state that stays, 0 ≤ α < 1: one number, one per unit, or `learned`. A unit remembers about 1/(1−α) steps. Learned:
   * α = σ(`leak`) per unit, starting uniform in [0.05, 0.95) so that the units begin with memories of 1 to 20 steps.
   */
  alpha: number | readonly number[] | 'learned';
  /** Default tanh. */
  activation?: CellActivation;
}

export const LEAKY_OPTIONS: OptionNames<LeakyOptions> = {
  ...CELL_OPTIONS,
  alpha: true,
  activation: true,
};

/** `σ⁻¹(u)` with u uniform in [0.05, 0.95). */
const spread: Initialiser = (values, _shape, random) => {
  for (let j = 0; j < values.length; j++) {
    const alpha = random.uniformIn(0.05, 0.95);
    values[j] = log(alpha / (1 - alpha));
  }
};

/**
 * Leaky unit: `h = α h' + (1−α) f(W_ih x + b_ih + W_hh h' + b_hh)`. Mozer 1992, Jaeger et al. 2007; names as PyTorch's `nn.RNNCell`,
 * and `leak` [H] where α is learned. α = 0 is Elman's unit.
 */
export function leakyCell(options: LeakyOptions): Cell {
  expectOptions('leaky', options, LEAKY_OPTIONS);
  const { input, hidden, init, dilation = 1, activation = 'tanh', alpha } = options;
  const f = activationOf('leaky', activation);
  checkAlpha(alpha, hidden);
  const { skip, begin, plain, steady, ...recurrence } = recurrenceOf('leaky', options, {
    states: ['h'],
    output: hidden,
    recurrent: () => parameters.weight_hh,
  });
  const parameters = cellParameters('rnn', { input, hidden, init }, { skip: skip > 0 });
  const leak = alpha === 'learned' ? new Parameter([hidden], spread, { decays: false }) : undefined;
  const cell: Cell = {
    kind: 'leaky',
    input,
    hidden,
    options: { activation, ...givenOptions(options, ['alpha', ...COMMON_OPTIONS]) },
    parameters: { ...parameters, ...(leak && { leak }) },
    uniform: true,
    stateNames: recurrence.stateNames,
    stateSizes: recurrence.stateSizes,
    ...(begin && { begin }),
    step(x, state, noise, t = 0) {
      const read = recurrence.reads(x, state, noise);
      const { fromInput, fromHidden } = affineParts(parameters, read.x, read.h, read.delayed, noise);
      const news = f(add(fromInput, fromHidden));
      return recurrence.after({ h: mixed(state.h, news) }, state, noise, t);
    },
    ...(steady &&
      (activation === 'tanh' || activation === 'relu') && {
        sequence(x, state, lengths, noise, options) {
          const all = { ...options, skip: skipFrom(parameters, state) };
          const share = leakOf(x.tape);
          const { outputs, last, past } = leakySequence(
            masked(x, noise, 'x'),
            state.h,
            bound(parameters, noise),
            share,
            activation,
            lengths,
            all,
          );
          return { outputs, last: { h: last, ...(past && { past }) } };
        },
        ...(plain && {
          last(
            x: Tensor,
            { h }: State,
            lengths: Lengths,
            noise: Noise | undefined,
            options: SequenceOptions | undefined,
          ) {
            return {
              h: leakyLast(
                masked(x, noise, 'x'),
                h,
                bound(parameters, noise),
                leakOf(x.tape),
                activation,
                lengths,
                options,
              ),
            };
          },
        }),
      }),
  };
  return dilate(cell, dilation);

  /** α of every unit. */
  function shareOf(tape: Tape): Tensor {
    if (leak) return sigmoid(leak.tensor);
    return tape.constant(typeof alpha === 'number' ? Array(hidden).fill(alpha) : (alpha as readonly number[]), [
      hidden,
    ]);
  }

  function leakOf(tape: Tape): Leak {
    return leak ? { logit: leak.tensor } : { share: shareOf(tape) };
  }

  /** `α h' + (1−α) news`. */
  function mixed(before: Tensor, news: Tensor): Tensor {
    if (typeof alpha === 'number') return add(affine(before, alpha), affine(news, 1 - alpha));
    const share = shareOf(before.tape);
    return add(multiply(before, share), multiply(news, affine(share, -1, 1)));
  }
}

function checkAlpha(alpha: LeakyOptions['alpha'], hidden: number): void {
  if (alpha === 'learned') return;
  const all = typeof alpha === 'number' ? [alpha] : Array.isArray(alpha) ? (alpha as number[]) : [];
  const count = typeof alpha === 'number' ? 1 : hidden;
  if (all.length !== count || !all.every((a) => a >= 0 && a < 1)) {
    throw new RecurveError(
      'usage',
      `leaky: expected alpha to be a number with 0 ≤ α < 1, ${hidden} of them or 'learned', got ${JSON.stringify(alpha)}; 0.9 remembers about 10 steps`,
    );
  }
}
