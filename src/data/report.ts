import { formatClock } from './civil.ts';
import { formatStep, type Step } from './step.ts';

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
    | 'constant'
    | 'ignored-column'
    | 'short-series';
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
  time: { column: string; format: string; zone: string; step: Step | null; from: number; to: number } | null;
  findings: Finding[];
}

const TITLES: Record<Finding['kind'], (count: string) => string> = {
  missing: (count) => `${count} missing`,
  'leading-gap': (count) => `${count} steps before the first value`,
  'trailing-gap': (count) => `${count} steps after the last target`,
  unsorted: (count) => `${count} rows out of order`,
  'duplicate-times': (count) => `${count} repeated time stamps`,
  'missing-times': (count) => `${count} time steps without a row`,
  'irregular-times': (count) => `${count} time stamps off the grid`,
  'clock-gap': (count) => `${count} clock times skipped by daylight saving`,
  'clock-overlap': (count) => `${count} clock times repeated by daylight saving`,
  constant: () => 'always the same value',
  'ignored-column': () => 'not used',
  'short-series': (count) => `${count} steps only`,
};

/** Writes a report as lines for people: one of what there is, one of the columns, one per finding. */
export function describe(report: DataReport): string[] {
  const { series, time } = report;
  const number = (value: number): string => value.toLocaleString('en');
  const steps = series.reduce((sum, { length }) => sum + length, 0);
  const count =
    series.length === 1 ? `${number(steps)} steps` : `${number(series.length)} series, ${number(steps)} steps`;
  const span = time
    ? `, ${time.step ? `${formatStep(time.step)} apart, ` : ''}${formatClock(time.from)} to ${formatClock(time.to)} (column "${time.column}", ${time.zone})`
    : ', no time column';
  const list = (title: string, names: string[]): string[] => (names.length > 0 ? [`${title} ${names.join(', ')}`] : []);
  const columns = [
    ...list('target', report.targets),
    ...list('covariates', report.covariates),
    ...list('known in advance', report.known),
  ];
  return [
    `${report.source}: ${number(report.rows)} rows, ${count}${span}`,
    columns.join('; '),
    ...report.findings.map((finding) => {
      const about = [
        finding.series && `series ${finding.series}`,
        finding.column && `column "${finding.column}"`,
      ].filter(Boolean);
      const row = finding.first?.row === undefined ? '' : ` in row ${finding.first.row}`;
      const text = finding.first?.text ? ` "${finding.first.text}"` : '';
      const first = finding.first ? ` (first${text}${row})` : '';
      const head = about.length > 0 ? `${about.join(', ')}: ` : '';
      return `${head}${TITLES[finding.kind](number(finding.count))}${first}; ${finding.rule}`;
    }),
  ];
}
