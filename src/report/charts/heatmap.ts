import { formatNumber } from '../../format.ts';
import { expectList } from '../../options.ts';
import { element, text } from '../svg.ts';
import { categoryAxis, extent, isPlottable, numberAxis, tickLabel } from './axis.ts';
import { type ChartOptions, expectChart, frame, type Plot } from './frame.ts';

/** What a heat map shows. */
export interface HeatmapOptions extends ChartOptions {
  /** `values[row][column]`, the first row on top; values that are not finite stay empty. */
  values: readonly ArrayLike<number>[];
  /** A label per row. Default: row numbers on an axis. */
  rows?: readonly string[];
  /** A label per column. Default: column numbers on an axis. */
  columns?: readonly string[];
  /** Value range of the colours. Default: that of the data, around zero when it has both signs. */
  domain?: readonly [number, number];
}

/**
 * Colour maps of eleven steps. Values of one sign take viridis (van der Walt and Smith, 2015, CC0), readable with
 * every colour vision and in grey; both signs go from blue over grey to orange.
 */
const SEQUENTIAL = [
  '#440154',
  '#482475',
  '#414487',
  '#355f8d',
  '#2a788e',
  '#21918c',
  '#22a884',
  '#44bf70',
  '#7ad151',
  '#bddf26',
  '#fde725',
];
const DIVERGING = [
  '#0a3f8a',
  '#1f66b3',
  '#4a90d2',
  '#86b8e3',
  '#c0d8ec',
  '#ececec',
  '#f3d2b3',
  '#ecac76',
  '#dc823f',
  '#bb5a14',
  '#873a00',
];

/** At most this many cells along one direction; more are averaged, since nobody sees half a pixel. */
const MOST_CELLS = 240;

/** A grid of colours with a colour bar: hidden states over time, attention, errors by month. */
export function heatmapChart(options: HeatmapOptions): string {
  expectChart('heatmapChart', options, { values: true, rows: true, columns: true, domain: true });
  expectList('heatmapChart', 'values', options.values, 'give rows of numbers');
  for (const row of options.values) expectList('heatmapChart', 'a row of values', row, 'give numbers');
  if (options.rows !== undefined) expectList('heatmapChart', 'rows', options.rows, 'label each');
  if (options.columns !== undefined) expectList('heatmapChart', 'columns', options.columns, 'label each');
  const longest = Math.max(0, ...options.values.map((row) => row.length));
  const cells = averaged(options.values, longest);
  const range = options.domain ?? extent(...cells);
  const bothSigns = range !== undefined && range[0] < 0 && range[1] > 0;
  const reach = range ? Math.max(Math.abs(range[0]), Math.abs(range[1])) : 1;
  const [low, high] = bothSigns && !options.domain ? [-reach, reach] : (range ?? [0, 1]);
  const colors = bothSigns ? DIVERGING : SEQUENTIAL;
  const colorOf = (value: number): string | undefined => {
    if (!isPlottable(value)) return undefined;
    const share = high === low ? 0.5 : (value - low) / (high - low);
    return colors[Math.min(10, Math.max(0, Math.floor(share * 11)))]!;
  };
  const rowCount = options.values.length;
  const rowAxis = options.rows
    ? categoryAxis([...options.rows].reverse())
    : numberAxis([0, Math.max(1, rowCount)], { nice: false, integers: true });
  const columnAxis = options.columns
    ? categoryAxis(options.columns)
    : numberAxis([0, Math.max(1, longest)], { nice: false, integers: true, spacing: 70 });
  return frame({
    ...options,
    // Row numbers count from the top, where the first row is.
    y: options.rows ? rowAxis : { ...rowAxis, categorical: true, domain: [rowAxis.domain[1], rowAxis.domain[0]] },
    x: columnAxis,
    headroom: 22,
    empty: range ? undefined : 'No data to show',
    draw: (plot) =>
      cellMarks(cells, colorOf, plot, options.hover !== false && rowCount * longest <= 400 ? options : undefined),
    overlay: (plot) => colorBar(colors, low, high, plot),
  });
}

function cellMarks(
  cells: readonly ArrayLike<number>[],
  colorOf: (value: number) => string | undefined,
  plot: Plot,
  names?: HeatmapOptions,
): string {
  const height = plot.height / Math.max(1, cells.length);
  let marks = '';
  cells.forEach((row, r) => {
    const width = plot.width / Math.max(1, row.length);
    for (let c = 0; c < row.length; ) {
      const fill = colorOf(row[c]!);
      let end = c + 1;
      if (!names) while (end < row.length && colorOf(row[end]!) === fill) end++;
      // Half a pixel of overlap hides the seams between neighbours.
      const shape = { x: c * width, y: r * height, width: (end - c) * width + 0.5, height: height + 0.5, fill };
      const tip = names
        ? [element('title', {}, text(`${names.rows?.[r] ?? r}, ${names.columns?.[c] ?? c}: ${formatNumber(row[c])}`))]
        : [];
      if (fill) marks += element('rect', shape, ...tip);
      c = end;
    }
  });
  return marks;
}

/** Averages neighbouring cells until at most `MOST_CELLS` remain in each direction. */
function averaged(values: readonly ArrayLike<number>[], longest: number): number[][] {
  const down = Math.ceil(values.length / MOST_CELLS) || 1;
  const across = Math.ceil(longest / MOST_CELLS) || 1;
  return Array.from({ length: Math.ceil(values.length / down) }, (_, r) =>
    Array.from({ length: Math.ceil(longest / across) }, (_, c) => {
      let sum = 0;
      let count = 0;
      for (let i = r * down; i < Math.min(values.length, (r + 1) * down); i++) {
        for (let j = c * across; j < Math.min(longest, (c + 1) * across); j++) {
          const value = values[i]![j] ?? Number.NaN;
          if (!isPlottable(value)) continue;
          sum += value;
          count++;
        }
      }
      return count === 0 ? Number.NaN : sum / count;
    }),
  );
}

/** The scale of the colours, to the right above the grid. */
function colorBar(colors: readonly string[], low: number, high: number, plot: Plot): string {
  const step = Math.min(11, plot.width / 32);
  const left = plot.width - step * 11 - 46;
  const label = (value: number) =>
    text(tickLabel(value, Math.max(high - low, Number.MIN_VALUE) / 100, Math.max(Math.abs(low), Math.abs(high))));
  const swatches = colors.map((fill, index) =>
    element('rect', { x: left + index * step, y: -18, width: step + 0.5, height: 10, fill }),
  );
  const from = element('text', { x: left - 6, y: -9, class: 'rc-end' }, label(low));
  const to = element('text', { x: left + step * 11 + 6, y: -9 }, label(high));
  return [...swatches, from, to].join('');
}
