import { counted, formatCount } from '../format.ts';
import { expectList } from '../options.ts';
import type { TimeFormat } from './stamps.ts';
import { formatStep, type Step } from './step.ts';
import { shorten } from './table.ts';
import { formatInstant, zoneOf } from './zone.ts';

/** Something found in the data, how often, where first, and what was done about it. */
export interface Finding {
  kind:
    | 'missing'
    | 'leading-gap'
    | 'trailing-gap'
    | 'unsorted'
    | 'duplicate-times'
    | 'missing-times'
    | 'irregular-times'
    | 'clock-gap'
    | 'clock-overlap'
    | 'outliers'
    | 'constant'
    | 'ignored-column'
    | 'empty-series';
  /** The column or series it is about, where it is about one. */
  column?: string;
  series?: string;
  count: number;
  /** The first example: a row number as people count and what stands there. */
  first?: { row?: number; text: string };
  /** What was done, as half a sentence. */
  rule: string;
}

/** What a table turned out to hold and what was done to make series of it. Plain data; `describe` writes it for people. */
export interface DataReport {
  source: string;
  rows: number;
  targets: string[];
  covariates: string[];
  known: string[];
  /** Per series: id and number of steps. */
  series: { id: string; length: number }[];
  time: { column: string; format: TimeFormat; zone: string; step: Step | null; from: number; to: number } | null;
  findings: Finding[];
}

const TITLES: Record<Finding['kind'], string> = {
  missing: 'missing values',
  'leading-gap': 'steps before the first value of every column',
  'trailing-gap': 'steps after the last target',
  unsorted: 'rows out of order',
  'duplicate-times': 'repeated time stamps',
  'missing-times': 'time steps without a row',
  'irregular-times': 'time stamps off the grid',
  'clock-gap': 'clock times skipped by daylight saving',
  'clock-overlap': 'clock times repeated by daylight saving',
  outliers: 'values far from all others',
  constant: 'always the same value',
  'ignored-column': 'not used',
  'empty-series': 'not used',
};

/** Writes a report as lines for people: one of what there is, one of the columns, one for each of the first 20 findings. */
export function describe(report: DataReport): string[] {
  expectList('describe', 'the series of a report', report?.series, 'give the report that toSeries returned');
  const { series, time } = report;
  const steps = series.reduce((sum, { length }) => sum + length, 0);
  const count =
    series.length === 1 ? counted(steps, 'step') : `${formatCount(series.length)} series, ${counted(steps, 'step')}`;
  const span = time
    ? `, ${time.step ? `${formatStep(time.step)} apart, ` : ''}${formatInstant(time.from, zoneOf(time.zone))} to ${formatInstant(time.to, zoneOf(time.zone))} (column "${time.column}", ${time.zone})`
    : ', no time column';
  const list = (title: string, names: string[]): string[] =>
    names.length > 0 ? [`${title} ${few(names.map(shorten)).join(', ')}`] : [];
  const columns = [
    ...list('target', report.targets),
    ...list('covariates', report.covariates),
    ...list('known in advance', report.known),
  ];
  return [
    `${report.source}: ${counted(report.rows, 'row')}, ${count}${span}`,
    columns.join('; '),
    ...few(report.findings.map(describeFinding)),
  ];
}

/** Keeps the first 20 texts, and says how many more there are. */
function few(texts: string[]): string[] {
  const more = texts.length - 20;
  return more > 0 ? [...texts.slice(0, 20), `and ${formatCount(more)} more`] : texts;
}

/** Writes a finding as a line for people. */
export function describeFinding({ kind, column, series, count, first, rule }: Finding): string {
  const about = [
    ...(series === undefined ? [] : [`series "${shorten(series)}"`]),
    ...(column === undefined ? [] : [`column "${shorten(column)}"`]),
  ];
  const example = [
    ...(first?.text ? [`"${shorten(first.text)}"`] : []),
    ...(first?.row === undefined ? [] : [`in row ${first.row}`]),
  ];
  const head = about.length > 0 ? `${about.join(', ')}: ` : '';
  const times =
    kind === 'constant' || kind === 'ignored-column' || kind === 'empty-series' ? '' : `: ${formatCount(count)}`;
  return `${head}${TITLES[kind]}${times}${example.length > 0 ? ` (first ${example.join(' ')})` : ''}; ${rule}`;
}
