/**
 * Ridge regression in closed form on the inputs the model reads: the linear forecast a network has to beat.
 *
 * Hoerl and Kennard, "Ridge regression", Technometrics 12 (1970).
 */

import { RecurveError } from '../../errors.ts';
import { firstNotFinite } from '../../finite.ts';
import { expectWhole, kindOf } from '../../options.ts';
import { accumulate, merge, type RidgeData, solve } from './normal-equations.ts';
import { atOnce } from './pieces.ts';

export type { RidgeData } from './normal-equations.ts';

/** How `fitRidge` chooses its penalty. */
export interface RidgeOptions {
  /**
   * Penalties tried, each >= 0, in units of rows: λ = N times the value, on inputs of mean 0 and deviation 1.
   * Default 1e-4, 1e-3, 1e-2, 0.1, 1. A single value is taken as it is.
   */
  penalties?: readonly number[];
  /** Trailing rows that choose among several penalties by mean squared error, then join the fit. Default a fifth of N. */
  validationRows?: number;
}

/** A fitted ridge regression. */
export interface Ridge {
  readonly name: 'ridge';
  /** The penalty per row that was chosen. */
  readonly penalty: number;
  /** In the unit of the inputs: [F, horizon]. */
  readonly coefficients: Float64Array;
  /** [horizon] */
  readonly intercept: Float64Array;
  readonly note?: string;
  /** Forecasts [M, horizon] for inputs [M, F]. */
  predict(inputs: Float64Array | Float32Array): Float64Array;
}

/** Throws unless the shapes agree and every number is finite. */
function checkRidgeData(data: RidgeData): number {
  if (!ArrayBuffer.isView(data?.inputs) || !ArrayBuffer.isView(data.targets)) {
    throw new RecurveError(
      'usage',
      `ridge: expected { inputs, targets, features, horizon }, got ${kindOf(data)}; inputs and targets are Float64Arrays`,
    );
  }
  const { inputs, targets, features, horizon } = data;
  for (const [name, value] of Object.entries({ features, horizon })) expectWhole('ridge', name, value);
  const rows = targets.length / horizon;
  if (!Number.isInteger(rows) || inputs.length !== rows * features) {
    throw new RecurveError(
      'shape',
      `ridge: expected inputs [N, ${features}] and targets [N, ${horizon}], got ${inputs.length} and ${targets.length} numbers; align them`,
    );
  }
  if (rows < 2) {
    throw new RecurveError(
      'data',
      `ridge: expected at least 2 training rows, got ${rows}; give more data or a shorter context`,
    );
  }
  for (const [what, numbers, columns] of [
    ['input', inputs, features],
    ['target', targets, horizon],
  ] as const) {
    const bad = firstNotFinite(numbers);
    if (bad >= 0) {
      throw new RecurveError(
        'numeric',
        `ridge: expected finite numbers, got ${numbers[bad]} in ${what} row ${Math.floor(bad / columns)}; fill missing values first`,
      );
    }
  }
  return rows;
}

/** Mean and deviation of each column of x [rows, columns], the divisor N. */
function columnMoments(
  x: Float64Array | Float32Array,
  rows: number,
  columns: number,
): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns);
  for (let i = 0; i < x.length; i++) mean[i % columns]! += x[i]! / rows;
  for (let i = 0; i < x.length; i++) {
    const d = x[i]! - mean[i % columns]!;
    deviation[i % columns]! += (d * d) / rows;
  }
  for (let c = 0; c < columns; c++) deviation[c] = Math.sqrt(deviation[c]!);
  return { mean, deviation };
}

/**
 * Fits one ridge regression per forecast step, on standardised inputs, the intercept unpenalised.
 *
 * With several penalties, each is fitted without the trailing `validationRows` and scored on them; the best (the largest
 * on a tie) is fitted again on all rows. Columns that do not vary get the coefficient 0. Too few rows to set some aside
 * (under 10): the middle penalty is taken, with a note.
 */
export function fitRidge(data: RidgeData, options: RidgeOptions = {}): Ridge {
  return atOnce(ridgeInPieces(data, options));
}

/** {@link fitRidge} in pieces of some ten milliseconds at a few hundred features: between them a caller can let others run. */
export function* ridgeInPieces(data: RidgeData, options: RidgeOptions = {}): Generator<void, Ridge> {
  const rows = checkRidgeData(data);
  const { inputs, targets, features: F, horizon } = data;
  const penalties = [...(options.penalties ?? [1e-4, 1e-3, 1e-2, 0.1, 1])].sort((a, b) => b - a);
  if (penalties.length === 0 || !penalties.every((p) => p >= 0 && p < Infinity)) {
    throw new RecurveError(
      'usage',
      `ridge: expected penalties >= 0, got [${penalties.join(', ')}]; e.g. [0.01, 0.1, 1]`,
    );
  }
  const validationRows = options.validationRows ?? Math.floor(rows / 5);
  if (!Number.isInteger(validationRows) || validationRows < 0 || (validationRows > rows - 2 && penalties.length > 1)) {
    throw new RecurveError(
      'usage',
      `ridge: expected validationRows from 0 to ${rows - 2}, got ${validationRows}; leave rows to fit on`,
    );
  }

  const { mean, deviation } = columnMoments(inputs, rows, F);
  // A deviation this small beside the mean is rounding of a constant.
  const inverse = deviation.map((d, f) => (d > 1e-12 * Math.abs(mean[f]!) ? 1 / d : 0));
  const centre = columnMoments(targets, rows, horizon).mean;
  yield;

  /** Back to the unit of the inputs. */
  const unscale = ({ w, b }: { w: Float64Array; b: Float64Array }) => {
    const coefficients = w.map((value, i) => value * inverse[Math.floor(i / horizon)]!);
    const intercept = b.map((value, h) => value + centre[h]!);
    for (let i = 0; i < coefficients.length; i++)
      intercept[i % horizon]! -= coefficients[i]! * mean[Math.floor(i / horizon)]!;
    return { coefficients, intercept };
  };

  const choosing = penalties.length > 1 && rows >= 10 && validationRows > 0;
  const split = choosing ? rows - validationRows : rows;
  const moments = yield* accumulate(data, 0, split, mean, inverse, centre);
  let penalty = penalties[penalties.length >> 1]!;
  if (choosing) {
    let best = Infinity;
    const held = inputs.subarray(split * F);
    for (const candidate of penalties) {
      const solution = yield* solve(moments, F, horizon, candidate);
      yield;
      if (solution === undefined) continue;
      const { coefficients, intercept } = unscale(solution);
      const predicted = predictRows(held, F, horizon, coefficients, intercept);
      let error = 0;
      for (let i = 0; i < predicted.length; i++) {
        const e = predicted[i]! - targets[split * horizon + i]!;
        error += e * e;
      }
      if (error < best) {
        best = error;
        penalty = candidate;
      }
    }
    merge(moments, yield* accumulate(data, split, rows, mean, inverse, centre));
  }

  let solution = yield* solve(moments, F, horizon, penalty);
  const notes: string[] = [];
  if (penalties.length > 1 && !choosing) notes.push(`${rows} rows leave none to choose a penalty on; ${penalty} taken`);
  if (solution === undefined) {
    // Only a penalty of (nearly) 0 on dependent columns comes here.
    notes.push(`the inputs are linearly dependent; penalty raised from ${penalty} to 1e-8`);
    penalty = 1e-8;
    solution = yield* solve(moments, F, horizon, penalty);
  }
  if (solution === undefined) {
    throw new RecurveError(
      'numeric',
      `ridge: expected solvable equations for ${F} inputs, got a singular matrix; scale the columns or raise the penalty`,
    );
  }
  const { coefficients, intercept } = unscale(solution);
  return {
    name: 'ridge',
    penalty,
    coefficients,
    intercept,
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
    predict(x) {
      if (x.length % F !== 0) {
        throw new RecurveError(
          'shape',
          `ridge: expected inputs [M, ${F}], got ${x.length} numbers; build them as for fitting`,
        );
      }
      return predictRows(x, F, horizon, coefficients, intercept);
    },
  };
}

/** `intercept + x · coefficients`, [M, horizon]. */
function predictRows(
  x: Float64Array | Float32Array,
  F: number,
  horizon: number,
  coefficients: Float64Array,
  intercept: Float64Array,
): Float64Array {
  const rows = x.length / F;
  const out = new Float64Array(rows * horizon);
  for (let n = 0; n < rows; n++) {
    const row = n * horizon;
    out.set(intercept, row);
    for (let f = 0; f < F; f++) {
      const value = x[n * F + f]!;
      if (value === 0) continue;
      for (let h = 0; h < horizon; h++) out[row + h]! += value * coefficients[f * horizon + h]!;
    }
  }
  return out;
}
