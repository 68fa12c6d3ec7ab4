import { type Column, columnOf, type IdxArray, rowNumber, type Table } from '../../data/index.ts';
import { describeFinding, type Finding } from '../../data/report.ts';
import { unnamedCovariates } from '../../data/roles.ts';
import { expectTable, shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import { firstNotFinite } from '../../finite.ts';
import { formatCount } from '../../format.ts';
import { expectList, expectOptions, kindOf } from '../../options.ts';
import { holdsLists, listedSequences } from './lists.ts';

/** Texts to classify, with their labels where they are known. */
export interface TextExamples {
  readonly kind: 'words';
  /** Where they came from, for messages. */
  readonly source: string;
  readonly texts: readonly string[];
  /** Name of each text, such as its file. */
  readonly ids?: readonly string[];
  readonly labels?: readonly string[];
}

/** Sequences of numbers to classify: sensor windows, rows of an image. */
export interface NumberExamples {
  readonly kind: 'numbers';
  readonly source: string;
  /** What the numbers of a step are, D names. */
  readonly features: readonly string[];
  /** One per example, steps after each other: [T·D], every number finite. */
  readonly sequences: readonly Float32Array[];
  readonly labels?: readonly string[];
  /** What tells the examples apart, where something does. */
  readonly ids?: readonly string[];
  /** Columns of the table of which each row is a sequence, in the order of its numbers; absent for other data. */
  readonly columns?: readonly string[];
  /** What is not read and why, a sentence each. */
  readonly notes?: readonly string[];
}

/** What a classifier learns from: texts, or sequences of numbers. */
export type Examples = TextExamples | NumberExamples;

/** How many examples there are. */
export function countOf(examples: Examples): number {
  return examples.kind === 'words' ? examples.texts.length : examples.sequences.length;
}

/**
 * Checks what plain JavaScript may give: numbers as labels, a text for a list of texts, lists of unlike lengths.
 *
 * @throws RecurveError `data`, with the first example that is wrong
 */
export function checkExamples(examples: Examples): void {
  if (typeof examples !== 'object' || examples === null) {
    throw new RecurveError(
      'usage',
      `classify: expected examples, got ${kindOf(examples)}; give what textExamples or sequenceExamples returned`,
    );
  }
  const { kind, source = 'classify', labels } = examples;
  const wrong = (expected: string, got: string, next: string): RecurveError =>
    new RecurveError('data', `${source}: expected ${expected}, got ${got}; ${next}`);
  const about = (value: unknown): string =>
    typeof value === 'string'
      ? 'one text'
      : value === null || value === undefined
        ? String(value)
        : `a ${typeof value}`;
  if (kind !== 'words' && kind !== 'numbers')
    throw wrong('examples of kind words or numbers', String(kind), 'say which');
  const all: unknown = kind === 'words' ? examples.texts : examples.sequences;
  if (!Array.isArray(all)) {
    throw wrong(`a list of ${kind === 'words' ? 'texts' : 'sequences'}`, about(all), 'put it into a list');
  }
  const foreign = kind === 'words' ? all.findIndex((text) => typeof text !== 'string') : -1;
  if (foreign >= 0) throw wrong('texts', `${about(all[foreign])} as example ${foreign + 1}`, 'make it a text');
  if (labels === undefined) return;
  if (!Array.isArray(labels) || labels.length !== all.length) {
    const got = Array.isArray(labels) ? formatCount(labels.length) : about(labels);
    throw wrong(`a label for each of ${formatCount(all.length)} examples`, got, 'align them');
  }
  const unnamed = labels.findIndex((label: unknown) => typeof label !== 'string' || label === '');
  if (unnamed < 0) return;
  const got = labels[unnamed] === '' ? 'an empty one' : about(labels[unnamed]);
  throw wrong('texts as labels', `${got} for example ${unnamed + 1}`, 'write each as a text, such as String(label)');
}

/** Some of the examples, by number. */
export function pick<E extends Examples>(examples: E, which: ArrayLike<number>): E {
  const of = <T>(all: readonly T[]): T[] => Array.from(which, (i) => all[i]);
  const { labels } = examples;
  return {
    ...examples,
    ...(examples.kind === 'words' ? { texts: of(examples.texts) } : { sequences: of(examples.sequences) }),
    ...(labels && { labels: of(labels) }),
    ...(examples.ids && { ids: of(examples.ids) }),
  };
}

/**
 * A text per row of a table; read it with `text: [text, label]`, so that labels such as 007 stay what they are. A missing text is an
 * empty one.
 *
 * @throws RecurveError `usage` for a column that is not there, `data` for a row without a label
 * @example
 * const table = await readTable(csv, { text: ['review', 'stars'], missing: [''] });
 * textExamples(table, { text: 'review', label: 'stars' });
 */
export function textExamples(table: Table, columns: { text: string; label?: string }): TextExamples {
  expectOptions('textExamples', columns, { text: true, label: true });
  const { text, label } = columns;
  if (text === label) {
    throw new RecurveError(
      'usage',
      `classify: expected two columns, text and label, got "${text}" for both; name both`,
    );
  }
  const texts = textsOf(columnOf(table, text)).map((one) => one ?? '');
  return { kind: 'words', source: table.source, texts, ...(label !== undefined && { labels: labelsOf(table, label) }) };
}

/**
 * A sequence per value of the column `id`: its rows in their order are the steps, `columns` (default: all others of numbers) what is
 * measured. The label must be the same in all rows of a sequence. Where the column holds lists of steps, as `[[1, 2], [3, 4]]` of a JSON
 * line, each row is a sequence of its own.
 *
 * @throws RecurveError `usage` for a column that is not there or holds no numbers, `data` for a missing number, an infinity, a missing id
 *   or label
 */
export function sequenceExamples(
  table: Table,
  roles: { id: string; label?: string; columns?: readonly string[] },
): NumberExamples {
  expectTable(table);
  expectOptions('sequenceExamples', roles, { id: true, label: true, columns: true });
  const { id, label, columns } = roles;
  if (columns !== undefined) expectList('sequenceExamples', 'columns', columns, 'name them');
  if (id === label) {
    throw new RecurveError(
      'usage',
      `classify: expected two columns, sequence and label, got "${id}" for both; name both`,
    );
  }
  const listed = columns === undefined || columns.join() === featuresOf(columns.length).join();
  const others = table.columns.some(({ name, kind }) => kind === 'number' && name !== id && name !== label);
  if (listed && holdsLists(columnOf(table, id), others)) {
    const { D, sequences } = listedSequences(table, id);
    return {
      ...{ kind: 'numbers', source: table.source, features: featuresOf(D), sequences },
      ...(label !== undefined && { labels: labelsOf(table, label) }),
    };
  }
  const ids = labelsOf(table, id);
  const labels = label === undefined ? undefined : labelsOf(table, label);
  const findings: Finding[] = [];
  const taken = new Set(label === undefined ? [id] : [id, label]);
  const features = columns ?? unnamedCovariates(table, taken, findings).map(({ name }) => name);
  if (features.length === 0) {
    throw new RecurveError(
      'data',
      `${table.source}: expected columns of numbers beside ${label === undefined ? `"${id}"` : `"${id}" and "${label}"`}, got none; name them or check the file`,
    );
  }
  const measured = features.map((name) => wholeNumbersOf(table, name));
  const rows = new Map<string, number[]>();
  ids.forEach((one, row) => {
    const known = rows.get(one);
    if (known) known.push(row);
    else rows.set(one, [row]);
  });
  const sequences = Array.from(rows.values(), (steps) => {
    const sequence = new Float32Array(steps.length * features.length);
    steps.forEach((row, t) => {
      measured.forEach((values, d) => {
        sequence[t * features.length + d] = values[row];
      });
    });
    return sequence;
  });
  const one = labels && Array.from(rows, ([name, steps]) => labelOfAll(table, name, steps, labels));
  return {
    kind: 'numbers',
    source: table.source,
    features,
    sequences,
    ids: [...rows.keys()],
    ...(one && { labels: one }),
    ...(findings.length > 0 && { notes: findings.map(describeFinding) }),
  };
}

/**
 * Arrays of a file as MNIST's: each example's rows are the steps, its columns what is measured; pixels as they are.
 *
 * @param source of the images and `labelSource` of the labels, for messages
 * @throws RecurveError `data` where shapes do not fit, or a number or label is none
 */
export function imageExamples(
  images: IdxArray,
  labels: IdxArray | undefined,
  source: string,
  labelSource = source,
): NumberExamples {
  for (const [what, given] of Object.entries({ images, ...(labels !== undefined && { labels }) })) {
    if (Array.isArray(given?.shape) && ArrayBuffer.isView(given.values)) continue;
    throw new RecurveError(
      'usage',
      `imageExamples: expected ${what} as { shape, values }, got ${kindOf(given)}; await readIdx(bytes) and give what it returns`,
    );
  }
  const [N, T, D, ...more] = images.shape;
  if (D === undefined || more.length > 0 || N * T * D === 0) {
    throw new RecurveError(
      'data',
      `${source}: expected an array [examples, steps, numbers], got [${images.shape.join(', ')}]; name a file of images or sequences`,
    );
  }
  if (labels && (labels.shape.length !== 1 || labels.shape[0] !== N)) {
    throw new RecurveError(
      'data',
      `${labelSource}: expected ${N} labels, as many as ${source} has examples, got an array [${labels.shape.join(', ')}]; name the labels of these examples`,
    );
  }
  // Steps are read as f32.
  const infinite = images.values.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (infinite >= 0) {
    throw new RecurveError(
      'data',
      `${source}: expected finite numbers below 3.4e38, got ${images.values[infinite]} in example ${1 + Math.floor(infinite / (T * D))}; repair the file`,
    );
  }
  const unnamed = labels ? labels.values.findIndex((value) => Number.isNaN(value)) : -1;
  if (unnamed >= 0) {
    throw new RecurveError(
      'data',
      `${labelSource}: expected a label for every example, got NaN for example ${unnamed + 1}; repair the file`,
    );
  }
  return {
    kind: 'numbers',
    source,
    features: featuresOf(D),
    sequences: Array.from({ length: N }, (_, i) =>
      Float32Array.from(images.values.subarray(i * T * D, (i + 1) * T * D)),
    ),
    ...(labels && { labels: Array.from(labels.values, String) }),
  };
}

/** Names of what is measured where the data have none. */
export function featuresOf(D: number): string[] {
  return Array.from({ length: D }, (_, d) => `column_${d + 1}`);
}

function textsOf(column: Column): (string | null)[] {
  if (column.kind === 'text') {
    if (column.truncated) {
      throw new RecurveError(
        'data',
        `classify: expected at most a million distinct texts in "${column.name}", got more; give fewer rows`,
      );
    }
    return Array.from(column.codes, (code) => (code < 0 ? null : column.dictionary[code]));
  }
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value)));
}

/** The label of every row, or what names it. */
export function labelsOf(table: Table, name: string): string[] {
  return textsOf(columnOf(table, name)).map((label, row) => {
    if (label !== null && label.trim() !== '') return label;
    throw new RecurveError(
      'data',
      `${table.source}: expected a value of "${name}" in every row, got none in row ${rowNumber(table, row)}; fill it in or leave the row out`,
    );
  });
}

/** A column of numbers that an f32 can hold; `NaN` where one is missing. */
export function numbersOf(table: Table, name: string): Float64Array {
  const column = columnOf(table, name);
  if (column.kind !== 'number') {
    throw new RecurveError(
      'usage',
      `${table.source}: expected numbers in "${name}", got ${column.kind === 'text' ? 'texts' : 'times'}; leave the column out`,
    );
  }
  const large = column.values.findIndex((value) => Number.isFinite(value) && !Number.isFinite(Math.fround(value)));
  if (large >= 0) {
    throw new RecurveError(
      'data',
      `${table.source}: expected numbers below 3.4e38 in "${name}", got ${column.values[large]} in row ${rowNumber(table, large)}; repair it or leave the row out`,
    );
  }
  return column.values;
}

function wholeNumbersOf(table: Table, name: string): Float64Array {
  const values = numbersOf(table, name);
  const missing = firstNotFinite(values);
  if (missing < 0) return values;
  throw new RecurveError(
    'data',
    `${table.source}: expected a number in every row of "${name}", got none in row ${rowNumber(table, missing)}; fill it in or leave the row out`,
  );
}

function labelOfAll(table: Table, id: string, rows: readonly number[], labels: readonly string[]): string {
  const label = labels[rows[0]];
  const other = rows.find((row) => labels[row] !== label);
  if (other === undefined) return label;
  throw new RecurveError(
    'data',
    `${table.source}: expected one label for all rows of "${shorten(id)}", got "${shorten(label)}" and, in row ${rowNumber(table, other)}, "${shorten(labels[other])}"; cut the sequence where the label changes`,
  );
}
