import type { OptionNames } from '../options.ts';
import { RUN_INPUT, type RunReportInput } from './run-input.ts';
import type { Time } from './time.ts';

/** Errors of one forecaster on the test span; in the unit of the target unless said otherwise. Absent ones are left out. */
export interface ErrorScores {
  /** Mean absolute error. */
  mae?: number;
  /** Root of the mean squared error. */
  rmse?: number;
  /** MAE over the MAE of the naive forecast on the training span (Hyndman and Koehler, 2006); no unit. */
  mase?: number;
  /** Symmetric mean absolute percentage error, in percent, 0 to 200. */
  smape?: number;
  /** Mean pinball loss over the quantiles of the intervals. */
  pinball?: number;
  /** Why a baseline does not do what its name says on this series, in one sentence. */
  note?: string;
}

/** The bounds of a central prediction interval, one value per position. */
export interface Interval {
  /** Nominal coverage in percent: 80, 95. */
  level: number;
  lower: ArrayLike<number>;
  upper: ArrayLike<number>;
}

/** Forecasts at given moments, or steps 1, 2, 3 … when there are no moments. */
export interface ForecastSeries {
  /** ISO strings or milliseconds since 1970; a string without an offset is read as UTC. */
  time?: readonly Time[];
  prediction: ArrayLike<number>;
  intervals?: readonly Interval[];
}

/** What was really measured, for comparison. */
export interface History {
  time?: readonly Time[];
  values: ArrayLike<number>;
}

/**
 * Everything `forecastReport` can show. Only `target` is needed; each further part brings its section, and what is absent
 * is left out without a trace. Numbers that are not finite are shown as gaps or as `n/a`.
 */
export interface ForecastReportInput extends RunReportInput {
  /** The forecast column. */
  target: string;
  /** Its unit, such as `°C`; follows every number it belongs to. */
  unit?: string;
  /** Where the data come from: a file name, as the reader knows it. */
  source?: string;
  /** One line on the model: `GRU, 64 units, context 30, horizon 7`. */
  model?: string;
  /** When the report was made; leave it out for reports that must not differ from run to run. */
  created?: Time;
  /** Name of one step: `day`, `hour`. Default `step`. */
  step?: string;
  /** Steps that the model looks ahead. */
  horizon?: number;

  /** Errors one step ahead on the test span, of the model and of each baseline under its name (`persistence`, `ar(1)`, …). */
  test?: ErrorScores;
  baselines?: Readonly<Record<string, ErrorScores>>;

  /** The test span, one step ahead at every position. */
  nextStep?: ForecastSeries & { truth: ArrayLike<number> };
  /** The horizon after the last row, with the end of the measured series for context. */
  future?: ForecastSeries & { history?: History };
  /** Error at each step of the horizon, first step first; all by the same measure. */
  perStep?: {
    /** Default `RMSE`. */
    metric?: string;
    model: ArrayLike<number>;
    baselines?: Readonly<Record<string, ArrayLike<number>>>;
  };
  /** Share of the test span inside the intervals, in percent, with the mean width of the interval. */
  coverage?: readonly { level: number; measured: number; width?: number }[];
}

export const FORECAST_INPUT: OptionNames<ForecastReportInput> = {
  ...RUN_INPUT,
  target: true,
  unit: true,
  source: true,
  model: true,
  created: true,
  step: true,
  horizon: 'number',
  test: true,
  baselines: true,
  nextStep: true,
  future: true,
  perStep: true,
  coverage: true,
};
