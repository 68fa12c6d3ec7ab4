import { formatClock } from '../civil.ts';
import { decimalsFor, formatFixed, formatNumber } from '../format.ts';
import { baselineMethod, baselineName } from './baselines.ts';
import { type Band, type LineSeries, lineChart } from './charts/line.ts';
import { scatterChart } from './charts/scatter.ts';
import type { ErrorScores, ForecastReportInput, Interval } from './forecast-input.ts';
import { figure, type Section, type TableColumn, type TableOptions, table } from './page.ts';
import { residualFigures } from './residuals.ts';
import { type Contestant, scoreSection } from './score-section.ts';
import { stepLabels, type Time, toMilliseconds } from './time.ts';

/** Positions shown in the close-up of the test span, and rows in the table of a long one. */
const CLOSE_UP = 120;
const MOST_ROWS = 366;

/** Baselines differ in dashes as well as in colour. */
const DASHES = ['dashed', 'dotted', 'dashdot'] as const;

/** `label (unit)`, or the label alone. */
function labelWithUnit(label: string, unit: string | undefined): string {
  return unit ? `${label} (${unit})` : label;
}

/** Moments in milliseconds; `undefined` unless each position has a readable one. */
function moments(time: readonly Time[] | undefined, length: number): number[] | undefined {
  if (!time || time.length < length) return undefined;
  const numbers = time.slice(0, length).map(toMilliseconds);
  return numbers.every(Number.isFinite) ? numbers : undefined;
}

function nameOf(milliseconds: number | undefined, index: number, step: string): string {
  return milliseconds === undefined ? `${step} ${index + 1}` : formatClock(milliseconds);
}

/** Widest first, as the charts lie on top of each other. */
function widestFirst(intervals: readonly Interval[] | undefined): Interval[] {
  return [...(intervals ?? [])].sort((a, b) => b.level - a.level);
}

function bandsOf(intervals: readonly Interval[]): Band[] {
  return intervals.map(({ level, lower, upper }) => ({
    label: `${level} % interval`,
    lower,
    upper,
    color: 0,
    opacity: 0.17,
  }));
}

export function futureSection({ future, target, unit, horizon, step = 'step' }: ForecastReportInput): Section {
  const section = {
    id: 'next',
    heading: horizon === 1 ? `The next ${step}` : `The next ${future?.prediction.length ?? ''} ${step}s`,
    short: 'Next',
  };
  if (!future || future.prediction.length === 0) return { ...section, content: [] };
  const steps = future.prediction.length;
  const shown = Math.min(future.history?.values.length ?? 0, Math.max(30, 3 * steps));
  const skipped = (future.history?.values.length ?? 0) - shown;
  const past = Array.from(future.history?.values ?? []).slice(skipped);
  const ahead = moments(future.time, steps);
  const behind = moments(future.history?.time, skipped + shown)?.slice(skipped);
  const timed = ahead !== undefined && (behind !== undefined || shown === 0);
  const x = timed ? [...(behind ?? []), ...ahead] : Array.from({ length: shown + steps }, (_, i) => i - shown + 1);
  // The forecast starts at the last measured value, so that the line and the fan open without a gap.
  const last = past.at(-1) ?? Number.NaN;
  const lead = (values: ArrayLike<number>) => [
    ...new Array(Math.max(0, shown - 1)).fill(Number.NaN),
    ...(shown > 0 ? [last] : []),
    ...Array.from(values),
  ];
  const intervals = widestFirst(future.intervals);
  const bands = bandsOf(
    intervals.map(({ level, lower, upper }) => ({ level, lower: lead(lower), upper: lead(upper) })),
  );
  const series: LineSeries[] = [{ label: 'Forecast', y: lead(future.prediction), color: 0, points: true }];
  if (shown > 0) series.unshift({ label: 'Measured', y: past, color: 'ink' });
  const decimals = decimalsFor([...Array.from(future.prediction), ...past], 3);
  const chart = figure({
    caption: `${target}: what comes after the last row`,
    draw: ({ width, height }) =>
      lineChart({
        title: `Forecast of ${target} for the next ${steps} ${step}s with intervals`,
        ...{ width, height, x, time: timed, series, bands, yLabel: labelWithUnit(target, unit) },
        ...(timed ? {} : { xLabel: `${step}s after the last row`, integers: true }),
      }),
    height: 320,
  });
  const narrowFirst = [...intervals].reverse();
  const columns: TableColumn[] = [
    { header: ahead ? 'When' : 'Step' },
    { header: labelWithUnit('Forecast', unit), align: 'right' },
  ];
  for (const { level } of narrowFirst) columns.push({ header: `${level} % interval`, align: 'right' });
  const labels = ahead && stepLabels(ahead);
  const rows = Array.from(future.prediction, (value, index) => [
    labels?.[index] ?? `${index + 1}`,
    formatFixed(value, decimals),
    ...narrowFirst.map(
      ({ lower, upper }) => `${formatFixed(lower[index], decimals)} to ${formatFixed(upper[index], decimals)}`,
    ),
  ]);
  const lead80 = intervals.length > 0 ? 'The true value should fall inside an interval as often as its name says.' : '';
  return { ...section, lead: lead80, content: [chart, table({ caption: `Forecast of ${target}`, columns, rows })] };
}

const MEASURES: readonly [key: Exclude<keyof ErrorScores, 'note'>, name: string, hasUnit: boolean][] = [
  ['rmse', 'RMSE', true],
  ['mae', 'MAE', true],
  ['mase', 'MASE', false],
  ['smape', 'sMAPE (%)', false],
  ['pinball', 'Pinball', false],
];

export function baselineSection({ test, baselines = {}, unit }: ForecastReportInput): Section {
  return scoreSection({
    measures: MEASURES.map(([key, name, hasUnit]) => ({ key, name: hasUnit ? labelWithUnit(name, unit) : name })),
    contestants: [
      ...(test ? [{ name: 'Recurve', method: 'the model of this report', scores: figures(test), model: true }] : []),
      ...Object.entries(baselines).map(([key, scores]) => ({
        name: baselineName(key),
        method: [baselineMethod(key), scores.note].filter(Boolean).join('; '),
        scores: figures(scores),
      })),
    ],
    caption: 'Errors one step ahead on the test span',
    heads: ['Forecaster', 'How it forecasts'],
  });
}

function figures({ note: _, ...scores }: ErrorScores): Contestant['scores'] {
  return scores;
}

export function testSection({ nextStep, target, unit, step = 'step' }: ForecastReportInput): Section {
  const section = { id: 'test', heading: 'The test span', short: 'Test span' };
  if (!nextStep || nextStep.prediction.length === 0) return { ...section, content: [] };
  const { truth, prediction } = nextStep;
  const count = prediction.length;
  const time = moments(nextStep.time, count);
  const intervals = widestFirst(nextStep.intervals);
  const chartOf = (from: number, caption: string, note: string | undefined, data?: TableOptions) => {
    const cut = (values: ArrayLike<number>) => Array.from(values).slice(from, count);
    const series: LineSeries[] = [
      { label: 'Measured', y: cut(truth), color: 'ink' },
      { label: 'Forecast', y: cut(prediction), color: 0 },
    ];
    const bands = bandsOf(
      intervals.map(({ level, lower, upper }) => ({ level, lower: cut(lower), upper: cut(upper) })),
    );
    const x = time?.slice(from) ?? Array.from({ length: count - from }, (_, index) => from + index + 1);
    return figure({
      caption,
      ...(note ? { note } : {}),
      ...(data ? { table: data } : {}),
      height: 330,
      draw: ({ width, height, narrow }) =>
        lineChart({
          title: `${caption}: measured and forecast ${target}`,
          ...{ width, height, x, time: time !== undefined, series, bands, yLabel: labelWithUnit(target, unit) },
          ...(time ? {} : { xLabel: `${step} of the test span`, integers: true }),
          // A finger cannot hover, and two sets of tooltips would double the file.
          hover: !narrow && x.length <= 400,
        }),
    });
  };
  const decimals = decimalsFor(Array.from(truth), 3);
  const first = Math.max(0, count - MOST_ROWS);
  const data: TableOptions = {
    caption:
      first > 0
        ? `The last ${MOST_ROWS} of ${formatNumber(count)} positions`
        : `All ${count} positions of the test span`,
    columns: [
      { header: time ? 'When' : 'Position' },
      { header: 'Measured', align: 'right' },
      { header: 'Forecast', align: 'right' },
      ...[...intervals].reverse().map(({ level }): TableColumn => ({ header: `${level} %`, align: 'right' })),
    ],
    rows: Array.from({ length: count - first }, (_, i) => [
      nameOf(time?.[first + i], first + i, step),
      formatFixed(truth[first + i], decimals),
      formatFixed(prediction[first + i], decimals),
      ...[...intervals]
        .reverse()
        .map(
          ({ lower, upper }) =>
            `${formatFixed(lower[first + i], decimals)} to ${formatFixed(upper[first + i], decimals)}`,
        ),
    ]),
  };
  const long = count > CLOSE_UP * 1.25;
  const spanOf = time ? `${formatClock(time[0]!)} to ${formatClock(time.at(-1)!)}` : `${formatNumber(count)} positions`;
  const content = [chartOf(0, 'The whole span', `${spanOf}.`, data)];
  if (long) content.push(chartOf(count - CLOSE_UP, `The last ${CLOSE_UP} ${step}s`, 'The same, closer.'));
  content.push(
    figure({
      caption: 'Forecast against truth',
      note: 'On the dashed line a forecast is exact.',
      half: true,
      height: 380,
      draw: ({ width, height }) =>
        scatterChart({
          title: `Forecast against measured ${target}, a point per ${step}`,
          ...{ width, height, x: truth, y: prediction, diagonal: true },
          xLabel: labelWithUnit('measured', unit),
          yLabel: labelWithUnit('forecast', unit),
        }),
    }),
    residualFigures({ truth, prediction, time, unit, step }).histogram,
  );
  return {
    ...section,
    lead: `Every ${step} is forecast from what was known one ${step} before; none of it was used in training.`,
    content,
  };
}

export function residualSection({ nextStep, unit, step = 'step' }: ForecastReportInput): Section {
  const section = { id: 'residuals', heading: 'What is left over', short: 'Residuals' };
  if (!nextStep || nextStep.prediction.length === 0) return { ...section, content: [] };
  const { truth, prediction } = nextStep;
  const time = moments(nextStep.time, prediction.length);
  const figures = residualFigures({ truth, prediction, time, unit, step });
  const content = [figures.overTime, figures.autocorrelation];
  const lead =
    'Residuals are measured minus forecast. Drift, waves or changing spread in them would be something the model has not learned.';
  return { ...section, lead, content };
}

export function perStepSection({ perStep, unit, step = 'step' }: ForecastReportInput): Section {
  const section = { id: 'horizon', heading: 'Error along the horizon', short: 'Horizon' };
  if (!perStep || perStep.model.length === 0) return { ...section, content: [] };
  const { metric = 'RMSE' } = perStep;
  const rivals = Object.entries(perStep.baselines ?? {});
  const series: LineSeries[] = [
    { label: 'Recurve', y: perStep.model, color: 0, points: perStep.model.length <= 48 },
    ...rivals.map(([key, y], index): LineSeries => {
      return { label: baselineName(key), y, color: (index % 5) + 1, dash: DASHES[index % DASHES.length]! };
    }),
  ];
  const all = series.flatMap((one) => Array.from(one.y));
  const decimals = decimalsFor(all);
  const x = Array.from(perStep.model, (_, index) => index + 1);
  const rows = x.map((position, index) => [`${position}`, ...series.map((one) => formatFixed(one.y[index], decimals))]);
  const bold = rows.map((_, index): [number, number] => {
    const values = series.map((one) => (Number.isFinite(one.y[index]) ? one.y[index]! : Number.POSITIVE_INFINITY));
    return [index, values.indexOf(Math.min(...values)) + 1];
  });
  const columns: TableColumn[] = [
    { header: `${step.charAt(0).toUpperCase()}${step.slice(1)}s ahead` },
    ...series.map((one): TableColumn => ({ header: one.label, align: 'right' })),
  ];
  const data = { caption: `${labelWithUnit(metric, unit)} by steps ahead; the best in bold`, columns, rows, bold };
  const short = perStep.model.length <= 14;
  const chart = figure({
    caption: `${metric} by how far the forecast looks ahead`,
    height: 320,
    ...(short ? {} : { table: data }),
    draw: ({ width, height }) =>
      lineChart({
        title: `${metric} per step of the horizon`,
        width,
        height,
        x,
        integers: true,
        series,
        xLabel: `${step}s ahead`,
        yLabel: labelWithUnit(metric, unit),
      }),
  });
  return { ...section, content: short ? [chart, table(data)] : [chart] };
}

export function coverageSection({ coverage = [], unit, nextStep }: ForecastReportInput): Section {
  const section = { id: 'coverage', heading: 'Do the intervals hold?', short: 'Intervals' };
  if (coverage.length === 0) return { ...section, content: [] };
  const widths = coverage.some((one) => one.width !== undefined);
  const columns: TableColumn[] = [
    { header: 'Interval' },
    { header: 'Nominal', align: 'right' },
    { header: 'Measured', align: 'right' },
    { header: 'Difference', align: 'right' },
  ];
  if (widths) columns.push({ header: labelWithUnit('Mean width', unit), align: 'right' });
  const rows = coverage.map(({ level, measured, width }) => {
    const difference = measured - level;
    const sign = difference > 0 ? '+' : difference < 0 ? '−' : '';
    const cells = [
      `${level} %`,
      `${formatFixed(level, 1)} %`,
      `${formatFixed(measured, 1)} %`,
      `${sign}${formatFixed(Math.abs(difference), 1)} points`,
    ];
    return widths ? [...cells, formatNumber(width)] : cells;
  });
  const count = nextStep ? ` (${formatNumber(nextStep.prediction.length)} forecasts)` : '';
  const lead =
    'Too few values inside an interval mean a forecast that is too sure of itself; too many, one that is too vague.';
  return {
    ...section,
    lead,
    content: [table({ caption: `Share of the test span inside each interval${count}`, columns, rows })],
  };
}
