import {
  type DataReport,
  type NumberColumn,
  rowNumber,
  type Series,
  type SeriesOptions,
  type Step,
  stepAfter,
  type Table,
  type TaggedText,
  toSeries,
  zoneOf,
} from '../../../data/index.ts';
import type { Finding } from '../../../data/report.ts';
import { expectTable, shorten } from '../../../data/table.ts';
import { RecurveError } from '../../../errors.ts';
import { formatCount } from '../../../format.ts';
import { kindOf } from '../../../options.ts';
import { classesOf, classOf, labelsRead, parseTarget, type TagTarget } from './target.ts';

/** How to make tagged series of a table: as {@link SeriesOptions}, but `target` is a column of labels or a comparison. */
export interface TagTableOptions extends Omit<SeriesOptions, 'target' | 'known' | 'constantTarget' | 'keepConstant'> {
  /** `weather`, or `precipitation > 0`: the label of a row. */
  target: string;
  /** Of two classes the one that probabilities and thresholds are about; default the second by name, `yes` of a comparison. */
  positive?: string;
}

/** Series with a class per step. */
export interface TagTable {
  readonly kind: 'table';
  readonly source: string;
  readonly target: TagTarget;
  /** Names of the K classes; of two the second is the positive one. */
  readonly classes: readonly string[];
  readonly series: readonly TagSeries[];
  readonly report: DataReport;
  /** As given, for the next table. */
  readonly reading: TagTableOptions;
}

/** One series of a table to tag, [T] steps. */
export interface TagSeries {
  readonly series: Series;
  /** The columns that are read, in their own unit. */
  readonly columns: readonly Float64Array[];
  readonly names: readonly string[];
  /** The class of each step, −1 where it is unknown. */
  readonly labels: Int32Array;
  /** The class of each step, the last known one where it is unknown: an input. */
  readonly filled: Float64Array;
}

/** What a trained model knows of its table. */
export interface KnownTable {
  target: TagTarget;
  classes: readonly string[];
  /** Columns it reads. */
  columns: readonly string[];
  ahead: number;
  /** How far apart rows are; null without time stamps. Default: as far as the table's own. */
  step?: Step | null;
}

/** Refuses what is neither a table for tagging nor tagged text. */
export function expectTagData(who: string, data: TagTable | TaggedText): void {
  const whole = typeof data === 'object' && data !== null && ('kind' in data ? data.series : data.sentences);
  if (Array.isArray(whole)) return;
  throw new RecurveError(
    'usage',
    `${who}: expected a table or tagged text, got ${kindOf(data)}; give what toTagTable or readTagged returned`,
  );
}

/** Makes tagged series of a table. Step t tells the label of step t + `ahead`. */
export function toTagTable(table: Table, options: TagTableOptions, ahead = 1): TagTable {
  expectTable(table);
  if (typeof options?.target !== 'string') {
    throw new RecurveError(
      'usage',
      `tag: expected a target, got ${kindOf(options?.target)}; give { target: 'rain > 0' } or the name of a column`,
    );
  }
  const { target, classes } = parseTarget(options.target, table);
  expectClasses(classes, options.target, missingOf(table, target));
  const { positive } = options;
  if (positive !== undefined && classes.length !== 2) {
    throw new RecurveError(
      'usage',
      `tag: expected positive with two classes, got ${classes.length} in ${options.target}; leave it out`,
    );
  }
  if (positive !== undefined && !classes.includes(positive)) {
    throw new RecurveError(
      'usage',
      `tag: expected a positive class out of ${classes.join(', ')}, got ${positive}; name one of them`,
    );
  }
  // The positive class is the last one.
  const ordered = positive === undefined ? classes : [...classes.filter((name) => name !== positive), positive];
  const result = read(table, options, { target, classes: ordered, ahead });
  expectClasses(
    ordered.filter((_, k) => result.series.some(({ labels }) => labels.includes(k))),
    options.target,
  );
  return result;
}

/** Reads a table the way that of a trained model was. */
export function knownTagTable(table: Table, options: TagTableOptions, known: KnownTable): TagTable {
  return read(table, options, known);
}

function expectClasses(classes: readonly string[], target: string, missing = 0): void {
  if (classes.length >= 2) return;
  const got = classes.length === 0 ? 'none' : `only "${shorten(classes[0])}"`;
  const next =
    missing === 0
      ? 'there is nothing to learn, name another target'
      : `${formatCount(missing)} cells count as missing, as "none" and "NA" do: where they are labels, list what is missing; else name another target`;
  throw new RecurveError('data', `tag: expected at least 2 classes in ${target}, got ${got}; ${next}`);
}

/** Cells of the target's column that count as missing; all where there is none. */
function missingOf({ columns, rows }: Table, target: TagTarget): number {
  const column = columns.find(({ name }) => name === target.column);
  if (column?.kind === 'text') return column.codes.reduce((count, code) => count + Number(code < 0), 0);
  if (column?.kind === 'number') return column.missing;
  return column ? 0 : rows;
}

function read(
  table: Table,
  options: TagTableOptions,
  { target, classes, ahead, columns, step }: Omit<KnownTable, 'columns' | 'step'> & Partial<KnownTable>,
): TagTable {
  const { positive: _, target: text, ...reading } = options;
  // A model that does not read labels can answer a table without them.
  const optional = columns !== undefined && !labelsRead(target, ahead);
  const unlabelled = optional && missingOf(table, target) === table.rows;
  const values = unlabelled ? new Float64Array(table.rows) : targetValues(target, classes, table);
  const classAt = (value: number): number => (target.kind === 'comparison' ? classOf(target, value) : value);
  // What the label is computed from would give its own step's label away, and a column of texts cannot be read.
  const hidden = (name: string): boolean =>
    name === target.column && (target.kind !== 'comparison' || ahead === 0) && !options.covariates?.includes(name);
  const shown = table.columns.filter(({ name }) => !hidden(name));
  const labelName = shown.some(({ name }) => name === text) ? `label of ${text}` : text;
  const label: NumberColumn = {
    kind: 'number',
    name: labelName,
    values,
    missing: values.reduce((count, value) => count + Number(Number.isNaN(value)), 0),
  };
  const { series, report } = toSeries(
    { ...table, columns: [...shown, label] },
    {
      ...reading,
      ...(columns ? { covariates: [...columns], keepConstant: true } : {}),
      target: labelName,
      constantTarget: true,
    },
    {
      classes: target.kind !== 'comparison',
      // A model is asked about rows that nobody has labelled yet.
      tail: columns ? 'keep' : 'cut',
      optional,
      ...(step && { step }),
    },
  );
  return {
    kind: 'table',
    source: table.source,
    target,
    classes: [...classes],
    report: {
      ...report,
      targets: [text],
      findings: report.findings.map((one) => labelFinding(one, labelName, table, target)),
    },
    reading: {
      ...options,
      time: report.time?.column ?? null,
      ...(report.time && { timeFormat: report.time.format, zone: report.time.zone }),
    },
    series: series.map((one) => ({
      series: one,
      names: one.names.slice(1),
      columns: one.values.slice(1),
      filled: one.values[0].map(classAt),
      labels: Int32Array.from(one.values[0], (value, t) =>
        one.observed[0][t] === 1 && !unlabelled ? classAt(value) : -1,
      ),
    })),
  };
}

/** Of missing labels tells the first that says something, such as `none`: it may be meant as a class. */
function labelFinding(finding: Finding, label: string, table: Table, target: TagTarget): Finding {
  const column = table.columns.find(({ name }) => name === target.column);
  if (finding.kind !== 'missing' || finding.column !== label || column?.kind !== 'text' || !column.spelt)
    return finding;
  const { row, text } = column.spelt;
  return {
    ...finding,
    first: { row: rowNumber(table, row), text },
    rule: `${finding.rule}; where such cells are labels, list what is missing instead`,
  };
}

/** What stands for the label of a row: its class, or the number that is compared, since numbers can be averaged and classes cannot. */
function targetValues(target: TagTarget, classes: readonly string[], table: Table): Float64Array {
  const labels = classesOf(target, classes, table);
  const column = table.columns.find(({ name }) => name === target.column);
  return target.kind === 'comparison' && column?.kind === 'number' ? column.values : labels;
}

/** When the step told by each step is, in ms since 1970-01-01 UTC; null without time stamps. */
export function targetTimes({ time, step, zone }: Series, ahead: number): Float64Array | null {
  if (!time || !step) return null;
  if (ahead === 0) return time;
  const clock = zoneOf(zone);
  return time.map((from) => stepAfter(from, ahead, step, clock));
}
