import { nextTimes, type Series, type SeriesOptions, type TableFormat, zoneOf } from '../../data/index.ts';
import { createEngine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import { decodeModelFile, type Json, type JsonObject, type ModelFile, plainJson } from '../../model/index.ts';
import type { Network } from '../../nn/index.ts';
import { kindOf } from '../../options.ts';
import { visitor } from '../../train/event-loop.ts';
import { VERSION } from '../../version.ts';
import { atOnce, visiting } from '../baselines/pieces.ts';
import type { Calibration } from '../conformal.ts';
import { type LoadOptions, loadOptions } from '../load-options.ts';
import { networkOf, weightsOf } from '../training/index.ts';
import { type ForecastArchitecture, forecastNetwork } from './architecture.ts';
import { checkForecastDocument } from './document.ts';
import { type FeaturePlan, type PreparedSeries, prepare } from './features.ts';
import { type Forecasts, forecastsInPieces } from './forecaster.ts';
import type { ForecastSettings } from './options.ts';
import { outputKind } from './output.ts';
import { createForecastStream, type ForecastStream } from './stream.ts';
import type { Window } from './windows.ts';

/** What comes next in one series, in the target's unit. */
export interface Forecast {
  /** The series; empty where there is one only. */
  id: string;
  /** Instants of the steps in ms since 1970-01-01 UTC, or null without time stamps. */
  times: Float64Array | null;
  /** [horizon] */
  point: Float64Array;
  /** Calibrated, ascending by level (in per cent). */
  intervals: { level: number; lower: Float64Array; upper: Float64Array }[];
}

/** All that makes a forecaster; what a model file holds. */
export interface ForecastParts {
  settings: ForecastSettings;
  plan: FeaturePlan;
  architecture: ForecastArchitecture;
  calibration: Calibration;
  /** How its table was read, and how the next one is to be read. */
  reading: SeriesOptions;
  /** How its table was written, where it was said, for `readTable` of the next one. */
  written: TableFormat;
  /** Steps, seconds, scores: for people and reports. */
  summary: JsonObject;
}

/** A trained forecaster. Use it with `using`, or let it go with its engine. */
export interface ForecastModel extends ForecastParts {
  readonly target: string;
  readonly unit: string;
  /** Forecasts the steps after the last one observed. The series is read as `reading` says; at least `context` steps. */
  predict(series: Series): Forecast;
  /** Takes row after row and forecasts after each; continues from a saved state to the same bits. */
  stream(state?: Json): ForecastStream;
  /** Forecasts of many windows; timers and input have their turn between batches, or what `visit` does. */
  forecasts(windows: readonly Window[], visit?: () => Promise<void>): Promise<Forecasts>;
  /** Makes a series ready for windows: the model's columns, scaled. */
  prepare(series: Series): PreparedSeries;
  /** For `encodeModelFile` or a run folder. */
  encode(): ModelFile;
  [Symbol.dispose](): void;
}

/** Puts a model together from its parts and a network that has its weights. */
export function forecastModel(network: Network, parts: ForecastParts): ForecastModel {
  const { settings, plan, calibration } = parts;
  const kind = outputKind(settings.output, settings.levels);
  const pieces = (windows: readonly Window[]) =>
    forecastsInPieces(network, plan, kind, calibration, settings.levels, windows);
  const model: ForecastModel = {
    ...parts,
    target: plan.columns[0],
    unit: settings.unit,
    prepare: (series) => prepare(plan, series),
    forecasts: (windows, visit = visitor()) => visiting(pieces(windows), visit),
    predict(series) {
      expectSteps(series, plan);
      const origin = series.history;
      const { point, intervals } = atOnce(pieces([{ prepared: prepare(plan, series), origin, end: origin }]));
      const times =
        series.time && series.step
          ? nextTimes(series.time[origin - 1], series.step, plan.horizon, zoneOf(series.zone))
          : null;
      return { id: series.id, times, point, intervals };
    },
    stream: (state) => createForecastStream(model, state),
    encode: () => ({
      tensors: weightsOf(network),
      document: {
        kind: 'model',
        task: 'forecast',
        step: Number(model.summary.steps ?? 0),
        architecture: plainJson(parts.architecture),
        data: plainJson({ plan, calibration, reading: parts.reading, written: parts.written }),
        training: plainJson({ settings, summary: model.summary }),
        versions: { recurve: VERSION },
      },
    }),
    [Symbol.dispose]: () => network[Symbol.dispose](),
  };
  return model;
}

/**
 * Loads a forecaster from the bytes of its model file.
 *
 * @throws RecurveError `model` for a file that is damaged, foreign or of another task
 */
export async function loadForecast(bytes: Uint8Array, options: LoadOptions = {}): Promise<ForecastModel> {
  const { name, engine: given } = loadOptions('loadForecast', options);
  const { tensors, document } = decodeModelFile(bytes, { name, task: 'forecast', kind: 'model' });
  const parts = checkForecastDocument(document, name);
  const engine = given ?? (await createEngine());
  const network = networkOf(engine, forecastNetwork(parts.architecture), tensors, name);
  return forecastModel(network, parts);
}

function expectSteps(series: Series, plan: FeaturePlan): void {
  if (!series?.values) {
    throw new RecurveError(
      'usage',
      `forecast: expected a series, got ${kindOf(series)}; give one of the series that toSeries returned`,
    );
  }
  const { history, step, id } = series;
  const about = id === '' ? '' : ` of series "${id}"`;
  if (history < plan.context) {
    throw new RecurveError(
      'data',
      `forecast: expected at least ${plan.context} steps${about} to read before the first forecast, got ${history}; give more rows`,
    );
  }
  if (plan.step && (step?.unit !== plan.step.unit || step.count !== plan.step.count)) {
    throw new RecurveError(
      'data',
      `forecast: expected rows as far apart as in training (${plan.step.count} ${plan.step.unit})${about}, got ${step ? `${step.count} ${step.unit}` : 'no time stamps'}; resample the data or train again`,
    );
  }
}
