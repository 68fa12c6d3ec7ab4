import { calendarNames, type Part, type Scaler, type SeriesOptions } from '../../data/index.ts';
import { SCALER_KINDS } from '../../data/scaler.ts';
import type { ModelDocument } from '../../model/index.ts';
import { array, boolean, type Check, nullable, number, object, oneOf, string } from '../../model/validate.ts';
import type { Calibration } from '../conformal.ts';
import { checkShare, checkSize, checkStep, checkStoredZone, checkWritten, storedTraining } from '../stored.ts';
import type { ForecastArchitecture } from './architecture.ts';
import { type FeaturePlan, featureCount, futureCount } from './features.ts';
import type { ForecastParts } from './model.ts';
import { type ForecastOptions, forecastSettings } from './options.ts';
import { outputKind } from './output.ts';

const text = string({ min: 1 });
const finite = number();
/** Something to divide by. */
const above0 = number({ min: Number.MIN_VALUE });

const checkArchitecture = object({
  cell: oneOf('gru', 'lstm', 'rnn'),
  hidden: checkSize,
  layers: number({ integer: true, min: 1, max: 1000 }),
  dropout: checkShare,
  context: checkSize,
  horizon: checkSize,
  features: checkSize,
  future: number({ integer: true, min: 0, max: 1e9 }),
  outputs: checkSize,
});

const checkScaler = object({
  kind: oneOf(...SCALER_KINDS),
  names: array(string({ min: 1 })),
  ids: nullable(array(string())),
  center: array(array(finite)),
  scale: array(array(above0)),
});

const checkPlan = object({
  columns: array(string({ min: 1 })),
  known: number({ integer: true, min: 0 }),
  context: checkSize,
  horizon: checkSize,
  calendar: array(string()),
  step: checkStep,
  zone: string({ min: 1 }),
  scaler: checkScaler,
  anchor: oneOf('last', 'none'),
  levels: boolean,
  inputScale: array(above0),
  stepScale: array(above0),
});

const checkCalibration = object({
  levels: array(finite),
  horizon: checkSize,
  lower: array(finite),
  upper: array(finite),
  count: number({ integer: true, min: 0 }),
  warnings: array(string()),
});

/** How the model's table was read. */
const checkReading: Check<SeriesOptions> = object({ target: text }, {
  covariates: array(text),
  known: array(text),
  time: nullable(text),
  timeFormat: text,
  zone: text,
  series: text,
  step: text,
  spacing: oneOf('grid', 'bin', 'ignore', 'refuse'),
  duplicates: oneOf('refuse', 'mean', 'first', 'last'),
  missing: oneOf('forward', 'linear', 'refuse'),
  maxGap: number({ min: 0 }),
  constantTarget: boolean,
  keepConstant: boolean,
} satisfies Record<Exclude<keyof SeriesOptions, 'target'>, Check<unknown>>) as Check<SeriesOptions>;

const checkPart: Check<Part> = (value, path) => {
  const from: Check<string | number> = (date, at) => (typeof date === 'number' ? number()(date, at) : text(date, at));
  const kinds = { fraction: number({ min: 0, max: 1 }), count: checkSize, from };
  const checked = object({}, kinds)(value, path);
  oneOf(1)(Object.keys(checked).length, `${path}: kinds of part`);
  return checked as Part;
};

const checkData = object(
  { plan: checkPlan, calibration: checkCalibration, reading: checkReading },
  { written: checkWritten },
);

/** Checks what a model file says of itself, all sizes against each other, and gives it typed. */
export function checkForecastDocument(document: ModelDocument, name: string): ForecastParts {
  const architecture: ForecastArchitecture = checkArchitecture(document.architecture, `${name}: architecture`);
  const data = checkData(document.data, `${name}: data`);
  const { settings, summary } = storedTraining(document.training, name, (given) =>
    forecastSettings(given as unknown as ForecastOptions),
  );
  string()(settings.unit, `${name}: training.settings.unit`);
  checkPart(settings.holdout, `${name}: training.settings.holdout`);
  if (settings.test !== 'none') checkPart(settings.test, `${name}: training.settings.test`);
  const plan = data.plan as FeaturePlan;
  const calibration: Calibration = data.calibration;
  const C = plan.columns.length;
  const borders = settings.levels.length * architecture.horizon;
  const agree = object({
    features: oneOf(architecture.features),
    future: oneOf(architecture.future),
    context: oneOf(architecture.context),
    horizon: oneOf(architecture.horizon),
    read: oneOf(architecture.context),
    ahead: oneOf(architecture.horizon),
    outputs: oneOf(outputKind(settings.output, settings.levels).outputs),
    inputScale: oneOf(C),
    stepScale: oneOf(architecture.horizon),
    calibrated: oneOf(architecture.horizon),
    levels: oneOf(settings.levels.map((level) => level / 100).join()),
    lower: oneOf(borders),
    upper: oneOf(borders),
    known: number({ max: C - 1 }),
    scaled: boolean,
    calendar: boolean,
    target: oneOf(plan.columns[0]),
  });
  agree(
    {
      features: featureCount(plan),
      future: futureCount(plan),
      context: plan.context,
      horizon: plan.horizon,
      read: settings.context,
      ahead: settings.horizon,
      outputs: architecture.outputs,
      inputScale: plan.inputScale.length,
      stepScale: plan.stepScale.length,
      calibrated: calibration.horizon,
      levels: calibration.levels.join(),
      lower: calibration.lower.length,
      upper: calibration.upper.length,
      known: plan.known,
      scaled: scalerFits(plan.scaler, plan.columns),
      calendar: calendarFits(plan),
      target: data.reading.target,
    },
    `${name}: sizes`,
  );
  checkStoredZone(plan.zone, name);
  return {
    settings,
    plan,
    architecture,
    calibration,
    reading: data.reading,
    written: data.written ?? {},
    summary,
  };
}

function scalerFits({ names, ids, center, scale }: Scaler, columns: readonly string[]): boolean | string {
  const rows = ids?.length ?? 1;
  const whole = [center, scale].every(
    (table) => table.length === rows && table.every((row) => row.length === names.length),
  );
  return whole && columns.every((column) => names.includes(column)) ? true : 'a scaler that does not fit its columns';
}

function calendarFits({ calendar, step }: FeaturePlan): boolean | string {
  const known = step ? calendarNames(step) : [];
  return calendar.every((name) => known.includes(name)) ? true : 'calendar features that its step does not have';
}
