import { exp, normalQuantile } from '../../exact.ts';
import type { ForecastOptions } from './options.ts';

/**
 * What the network's numbers of one step mean: the point forecast first, then what describes the spread.
 */
export interface OutputKind {
  /** Numbers per step. */
  readonly outputs: number;
  /** Borders of the uncalibrated interval of level number `l`, from the numbers of one step at `at`. */
  borders(outputs: ArrayLike<number>, at: number, l: number): { lower: number; upper: number };
}

const LARGEST_LOG_VARIANCE = 80;

/** Share of a level's outcomes that lie below its interval. */
export function tailsOf(levels: readonly number[]): number[] {
  return levels.map((level) => (1 - level / 100) / 2);
}

/** @param levels interval levels in per cent, ascending */
export function outputKind(kind: NonNullable<ForecastOptions['output']>, levels: readonly number[]): OutputKind {
  switch (kind) {
    case 'point':
      return {
        outputs: 1,
        borders: (outputs, at) => ({ lower: outputs[at], upper: outputs[at] }),
      };
    case 'gaussian': {
      const z = tailsOf(levels).map((p) => -normalQuantile(p));
      return {
        outputs: 2,
        borders(outputs, at, l) {
          // Inputs far from all that was learned can ask for a variance beyond any number; the interval stays finite.
          const deviation = Math.sqrt(exp(Math.min(outputs[at + 1], LARGEST_LOG_VARIANCE)));
          return { lower: outputs[at] - z[l] * deviation, upper: outputs[at] + z[l] * deviation };
        },
      };
    }
    case 'quantile':
      // Lower borders of the levels, then upper ones, beside the mean: [point, q₁ … q_L, 1−q₁ … 1−q_L].
      return {
        outputs: 1 + 2 * levels.length,
        borders: (outputs, at, l) => ({ lower: outputs[at + 1 + l], upper: outputs[at + 1 + levels.length + l] }),
      };
  }
}
