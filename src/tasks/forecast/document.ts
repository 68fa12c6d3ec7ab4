import type { Scaler, SeriesOptions } from '../../data/index.ts';
import type { JsonObject, ModelDocument } from '../../model/index.ts';
import { anyObject, array, boolean, nullable, number, object, oneOf, string } from '../../model/validate.ts';
import type { Calibration } from '../conformal.ts';
import type { ForecastArchitecture } from './architecture.ts';
import type { FeaturePlan } from './features.ts';
import type { ForecastParts } from './model.ts';
import { type ForecastOptions, forecastSettings } from './options.ts';

const size = number({ integer: true, min: 1, max: 1e9 });
const finite = number();

const checkArchitecture = object({
  cell: oneOf('gru', 'lstm', 'rnn'),
  hidden: size,
  layers: number({ integer: true, min: 1, max: 1000 }),
  dropout: number({ min: 0, max: 1 }),
  context: size,
  horizon: size,
  features: size,
  future: number({ integer: true, min: 0, max: 1e9 }),
  outputs: size,
});

const checkScaler = object({
  kind: oneOf('standard', 'robust', 'min-max', 'none'),
  names: array(string({ min: 1 })),
  ids: nullable(array(string())),
  center: array(array(finite)),
  scale: array(array(finite)),
});

const checkPlan = object({
  columns: array(string({ min: 1 })),
  known: number({ integer: true, min: 0 }),
  context: size,
  horizon: size,
  calendar: array(string()),
  step: nullable(
    object(
      { unit: oneOf('ms', 'day', 'month'), count: number({ min: 1 }) },
      { dayOfMonth: number({ integer: true, min: 1, max: 31 }) },
    ),
  ),
  zone: string({ min: 1 }),
  scaler: checkScaler,
  anchor: oneOf('last', 'none'),
  inputScale: array(finite),
  stepScale: array(finite),
});

const checkCalibration = object({
  levels: array(number({ min: 0, max: 1 })),
  horizon: size,
  lower: array(finite),
  upper: array(finite),
  count: number({ integer: true, min: 0 }),
  warnings: array(string()),
});

const checkData = object({ plan: checkPlan, calibration: checkCalibration, reading: anyObject });
const checkTraining = object({ settings: anyObject, summary: anyObject });

/** Checks what a model file says of itself, all sizes against each other, and gives it typed. */
export function checkForecastDocument(document: ModelDocument, name: string): ForecastParts {
  const architecture: ForecastArchitecture = checkArchitecture(document.architecture, `${name}: architecture`);
  const data = checkData(document.data, `${name}: data`);
  const training = checkTraining(document.training, `${name}: training`);
  const settings = forecastSettings(training.settings as ForecastOptions);
  const plan = data.plan as FeaturePlan;
  const calibration: Calibration = data.calibration;
  const C = plan.columns.length;
  const agree = object({
    columns: oneOf(architecture.features - plan.calendar.length),
    future: oneOf(architecture.future),
    context: oneOf(architecture.context),
    horizon: oneOf(architecture.horizon),
    inputScale: oneOf(C),
    stepScale: oneOf(architecture.horizon),
    levels: oneOf(settings.levels.length),
    calibration: oneOf(settings.levels.length * architecture.horizon),
    known: number({ max: C - 1 }),
    scaled: boolean,
  });
  agree(
    {
      columns: C,
      future: plan.horizon * (plan.known + plan.calendar.length),
      context: plan.context,
      horizon: plan.horizon,
      inputScale: plan.inputScale.length,
      stepScale: plan.stepScale.length,
      levels: calibration.levels.length,
      calibration: Math.max(calibration.lower.length, calibration.upper.length),
      known: plan.known,
      scaled: scalerFits(plan.scaler, plan.columns),
    },
    `${name}: sizes`,
  );
  return {
    settings,
    plan,
    architecture,
    calibration,
    reading: data.reading as unknown as SeriesOptions,
    summary: training.summary,
  };
}

function scalerFits({ names, ids, center, scale }: Scaler, columns: readonly string[]): boolean | string {
  const rows = ids?.length ?? 1;
  const whole = [center, scale].every(
    (table) => table.length === rows && table.every((row) => row.length === names.length),
  );
  return whole && columns.every((column) => names.includes(column)) && scale.flat().every((s) => s !== 0)
    ? true
    : 'a scaler that does not fit its columns';
}

/** Plain JSON of a value: typed arrays become lists, numbers that are not finite null, absent keys vanish. */
export function plainJson(value: object): JsonObject {
  return JSON.parse(
    JSON.stringify(value, (_key, v) =>
      ArrayBuffer.isView(v) ? Array.from(v as Float64Array) : typeof v === 'number' && !Number.isFinite(v) ? null : v,
    ),
  ) as JsonObject;
}
