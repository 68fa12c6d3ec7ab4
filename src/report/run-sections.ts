import { formatDuration, formatNumber } from '../format.ts';
import { type LineSeries, lineChart } from './charts/line.ts';
import { figure, list, type Section, type TableColumn, table } from './page.ts';
import type { RunReportInput } from './run-input.ts';

/** Most epochs listed in the table behind the loss curves. */
const MOST_ROWS = 366;

export function trainingSection({ training, seconds }: RunReportInput): Section {
  const section = { id: 'training', heading: 'Training', short: 'Training' };
  if (!training || training.epochs.length === 0) return { ...section, content: [] };
  const { epochs } = training;
  const name = training.loss ?? 'loss';
  const validated = epochs.filter((one) => Number.isFinite(one.validation));
  const lowest =
    validated.length > 0 ? validated.reduce((a, b) => (b.validation! < a.validation! ? b : a)).epoch : undefined;
  const best = training.best ?? lowest;
  const series: LineSeries[] = [
    { label: 'Training', y: epochs.map((one) => one.loss), color: 0, points: epochs.length <= 30 },
  ];
  const validation = epochs.map((one) => one.validation ?? Number.NaN);
  if (validated.length > 0)
    series.push({ label: 'Validation', y: validation, color: 1, dash: 'dashed', points: epochs.length <= 30 });
  const columns: TableColumn[] = [{ header: 'Epoch' }, { header: 'Training', align: 'right' }];
  if (validated.length > 0) columns.push({ header: 'Validation', align: 'right' });
  const rates = epochs.some((one) => one.learningRate !== undefined);
  if (rates) columns.push({ header: 'Learning rate', align: 'right' });
  const rows = epochs
    .slice(-MOST_ROWS)
    .map((one) => [
      `${one.epoch}`,
      formatNumber(one.loss),
      ...(validated.length > 0 ? [formatNumber(one.validation)] : []),
      ...(rates ? [formatNumber(one.learningRate, 3)] : []),
    ]);
  const notes = [
    best !== undefined ? `The weights of epoch ${best} were kept.` : '',
    training.stopped ? `Training ended: ${training.stopped}.` : '',
    seconds?.training !== undefined ? `It took ${formatDuration(seconds.training)}.` : '',
  ];
  const chart = figure({
    caption: `${name.charAt(0).toUpperCase()}${name.slice(1)} per epoch`,
    note: notes.filter(Boolean).join(' '),
    table: { caption: `${name} per epoch`, columns, rows },
    draw: ({ width, height }) =>
      lineChart({
        title: `Training and validation ${name} per epoch`,
        ...{ width, height, series, integers: true, xLabel: 'epoch', yLabel: name },
        x: epochs.map((one) => one.epoch),
        marks: best === undefined ? [] : [{ x: best, label: `best: epoch ${best}` }],
      }),
  });
  return { ...section, content: [chart] };
}

export function dataSection({ data = [] }: RunReportInput): Section {
  const lines = data.map((line) =>
    typeof line === 'string'
      ? { text: line }
      : { text: line.text, tone: line.warning ? ('warning' as const) : ('plain' as const) },
  );
  return {
    id: 'data',
    heading: 'The data',
    short: 'Data',
    lead: 'What was found in them and what was done about it.',
    content: [list(lines)],
  };
}

export function runSection({ settings = {}, versions = {}, seconds = {}, files = {} }: RunReportInput): Section {
  const pairs = (caption: string, entries: [string, string][], header: string) =>
    entries.length === 0 ? '' : table({ caption, columns: [{ header }, { header: 'Value' }], rows: entries });
  const shown = (record: Readonly<Record<string, unknown>>) =>
    Object.entries(record).flatMap(([key, value]): [string, string][] =>
      value === undefined ? [] : [[key, value === null ? 'none' : String(value)]],
    );
  const content = [
    pairs('Settings', shown(settings), 'Setting'),
    pairs('Versions', shown(versions), 'What'),
    pairs(
      'Time',
      Object.entries(seconds).map(([key, value]) => [key, formatDuration(value)]),
      'Phase',
    ),
    pairs('Files', Object.entries(files), 'What'),
  ];
  return {
    id: 'run',
    columns: true,
    heading: 'The run',
    short: 'Run',
    lead: 'The same data, settings and seed give the same weights to the bit.',
    content,
  };
}
