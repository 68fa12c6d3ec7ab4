import { formatClock } from '../../civil.ts';
import { decimalsFor, formatFixed } from '../../format.ts';
import { expectList } from '../../options.ts';
import { element, linePath, px, text } from '../svg.ts';
import { type Time, toMilliseconds } from '../time.ts';
import { type Axis, extent, isPlottable, numberAxis, timeAxis } from './axis.ts';
import {
  type ChartColor,
  type ChartOptions,
  colorClass,
  expectChart,
  frame,
  type LegendItem,
  type Plot,
} from './frame.ts';

/** A line of a chart. */
export interface LineSeries {
  label: string;
  /** One value per position; values that are not finite leave a gap. */
  y: ArrayLike<number>;
  /** Default: the next colour of the palette. */
  color?: ChartColor;
  dash?: 'solid' | 'dashed' | 'dotted' | 'dashdot';
  /** Also draw each value as a dot. Default false. */
  points?: boolean;
}

/** A region between two curves, such as a prediction interval. Give the widest first: it lies at the bottom. */
export interface Band {
  label: string;
  lower: ArrayLike<number>;
  upper: ArrayLike<number>;
  color?: ChartColor;
  /** Default 0.15. */
  opacity?: number;
}

/** A vertical line with a word at it: the best epoch, the start of the forecast. */
export interface Mark {
  x: number | Time;
  label: string;
}

/** What a line chart shows. */
export interface LineChartOptions extends ChartOptions {
  /** Positions shared by all series: numbers, or ISO strings (a time axis). Default 0, 1, 2 … */
  x?: ArrayLike<number> | readonly string[];
  /** Read numbers in `x` as milliseconds since 1970. Default: only strings are times. */
  time?: boolean;
  /** Positions are whole: epochs, steps. Default false. */
  integers?: boolean;
  series: readonly LineSeries[];
  bands?: readonly Band[];
  marks?: readonly Mark[];
  /** Make zero part of the vertical axis. Default false. */
  zero?: boolean;
}

/** A line chart with bands and vertical marks; the positions need not be even, gaps stay gaps. */
export function lineChart(options: LineChartOptions): string {
  expectChart('lineChart', options, {
    x: true,
    time: 'boolean',
    integers: 'boolean',
    series: true,
    bands: true,
    marks: true,
    zero: 'boolean',
  });
  expectList('lineChart', 'series', options.series, 'give { label, y } each');
  if (options.x !== undefined) expectList('lineChart', 'x', options.x, 'give numbers or dates');
  const { series, bands = [], marks = [] } = options;
  for (const one of series) expectList('lineChart', 'y of a series', one?.y, 'give { label, y } each');
  expectList('lineChart', 'bands', bands, 'give { label, lower, upper } each');
  for (const band of bands) {
    expectList('lineChart', 'lower of a band', band?.lower, 'give { label, lower, upper } each');
    expectList('lineChart', 'upper of a band', band.upper, 'give { label, lower, upper } each');
  }
  const { x, time } = positions(options);
  const markX = marks.map((mark) => (typeof mark.x === 'string' ? toMilliseconds(mark.x) : mark.x));
  const xRange = extent(x, markX);
  const yRange = extent(...series.map((one) => one.y), ...bands.flatMap((band) => [band.lower, band.upper]));
  const drawn = series.map((one, index) => ({ ...one, color: one.color ?? index }));
  return frame({
    ...options,
    x: xAxis(xRange, time, options),
    y: numberAxis(yRange ?? [0, 1], { zero: options.zero ?? false }),
    legend: legendOf(drawn, bands),
    empty: xRange && yRange ? undefined : 'No data to show',
    draw: (plot) =>
      bands.map((band) => bandMarks(band, x, plot)).join('') +
      marks.map((mark, index) => markLine(mark, markX[index]!, plot)).join('') +
      drawn.map((one) => seriesMarks(one, x, plot)).join(''),
    overlay: (plot) => ((options.hover ?? x.length <= 400) ? hoverLayer(options, drawn, x, time, plot) : ''),
  });
}

function positions({ x, series, bands = [], time = false }: LineChartOptions): { x: number[]; time: boolean } {
  const length = Math.max(0, ...series.map((one) => one.y.length), ...bands.map((band) => band.lower.length));
  if (x === undefined) return { x: Array.from({ length }, (_, index) => index), time: false };
  const isTime = time || typeof x[0] === 'string';
  const numbers = Array.from(x as ArrayLike<number | string>, (value) =>
    isTime ? toMilliseconds(value) : Number(value),
  );
  return { x: numbers, time: isTime };
}

function xAxis(range: [number, number] | undefined, time: boolean, options: LineChartOptions): Axis {
  if (time && range) return timeAxis(range);
  return numberAxis(range ?? [0, 1], {
    nice: false,
    spacing: 70,
    integers: options.integers ?? options.x === undefined,
  });
}

function legendOf(series: readonly (LineSeries & { color: ChartColor })[], bands: readonly Band[]): LegendItem[] {
  const lines = series.map(({ label, color, dash = 'solid' }): LegendItem => {
    return { label, color, kind: dash === 'solid' ? 'line' : dash };
  });
  // Narrow bands lie on wider ones, so their swatches add up the opacity in the same way.
  let opacity = 0;
  const areas = bands.map((band): LegendItem => {
    opacity = 1 - (1 - opacity) * (1 - (band.opacity ?? 0.15));
    return { label: band.label, color: band.color ?? 0, kind: 'band', opacity: Math.round(opacity * 100) / 100 };
  });
  return lines.length + areas.length > 1 ? [...lines, ...areas.reverse()] : [];
}

function seriesMarks(one: LineSeries & { color: ChartColor }, x: readonly number[], plot: Plot): string {
  const points = x.map((position, index): [number, number] | null => {
    const value = one.y[index] ?? Number.NaN;
    return isPlottable(value) && isPlottable(position) ? [plot.x(position), plot.y(value)] : null;
  });
  const dash = one.dash && one.dash !== 'solid' ? ` rc-${one.dash}` : '';
  const thin = x.length > plot.width / 2 ? ' rc-thin' : '';
  const line = element('path', { class: `rc-line${dash}${thin}`, d: linePath(thinnedPoints(points, plot.width)) });
  const dots = points.map((point) => (point ? `M${px(point[0])} ${px(point[1])}h0` : '')).join('');
  return element(
    'g',
    { class: colorClass(one.color) },
    line,
    one.points ? element('path', { class: 'rc-points', d: dots }) : '',
  );
}

/**
 * Keeps the first, lowest, highest and last point of each half pixel, so a long series costs bytes by the width of the
 * chart and no peak is lost. After "M4: a visualization-oriented time series data aggregation" (Jugel et al., 2014).
 */
function thinnedPoints(
  points: readonly ([number, number] | null)[],
  width: number,
): readonly ([number, number] | null)[] {
  if (points.length <= width * 4) return points;
  const kept = new Set<number>();
  let column = Number.NaN;
  let group: number[] = [];
  const flush = () => {
    if (group.length === 0) return;
    const byHeight = group.toSorted((a, b) => points[a]![1] - points[b]![1]);
    for (const index of [group[0]!, group.at(-1)!, byHeight[0]!, byHeight.at(-1)!]) kept.add(index);
    group = [];
  };
  points.forEach((point, index) => {
    const here = point ? Math.floor(point[0] * 2) : Number.NaN;
    if (here !== column) flush();
    column = here;
    if (point) group.push(index);
    else kept.add(index);
  });
  flush();
  return [...kept].sort((a, b) => a - b).map((index) => points[index]!);
}

function bandMarks(band: Band, x: readonly number[], plot: Plot): string {
  let path = '';
  let top: string[] = [];
  let bottom: string[] = [];
  const close = () => {
    if (top.length > 0) path += `M${[...top, ...bottom.reverse()].join('L')}Z`;
    top = [];
    bottom = [];
  };
  // Long spans: one edge per half pixel, the widest interval in it.
  const step = Math.max(1, Math.floor(x.length / (plot.width * 2)));
  for (let start = 0; start < x.length; start += step) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let index = start; index < Math.min(start + step, x.length); index++) {
      const [a, b] = [band.lower[index] ?? Number.NaN, band.upper[index] ?? Number.NaN];
      if (!isPlottable(a) || !isPlottable(b)) continue;
      low = Math.min(low, a);
      high = Math.max(high, b);
    }
    if (low === Number.POSITIVE_INFINITY || !isPlottable(x[start]!)) {
      close();
      continue;
    }
    top.push(`${px(plot.x(x[start]!))} ${px(plot.y(high))}`);
    bottom.push(`${px(plot.x(x[start]!))} ${px(plot.y(low))}`);
  }
  close();
  const attributes = { class: `rc-fill ${colorClass(band.color ?? 0)}`, opacity: `${band.opacity ?? 0.15}`, d: path };
  return element('path', attributes);
}

function markLine(mark: Mark, position: number, plot: Plot): string {
  if (!isPlottable(position)) return '';
  const x = plot.x(position);
  const flip = x > plot.width * 0.7;
  const attributes = { x: flip ? x - 6 : x + 6, y: 12, class: flip ? 'rc-end rc-strong' : 'rc-strong' };
  return (
    element('line', { class: 'rc-mark', x1: x, x2: x, y1: 0, y2: plot.height }) +
    element('text', attributes, text(mark.label))
  );
}

/** An invisible strip per position that shows its values as a tooltip. */
function hoverLayer(
  options: LineChartOptions,
  series: readonly LineSeries[],
  x: readonly number[],
  time: boolean,
  plot: Plot,
): string {
  const decimals = decimalsFor(series.flatMap((one) => Array.from(one.y)));
  const order = x.map((_, index) => index).filter((index) => isPlottable(x[index]!));
  order.sort((a, b) => x[a]! - x[b]!);
  const strips = order.map((index, rank) => {
    const here = plot.x(x[index]!);
    const from = rank === 0 ? here - 8 : (plot.x(x[order[rank - 1]!]!) + here) / 2;
    const to = rank === order.length - 1 ? here + 8 : (here + plot.x(x[order[rank + 1]!]!)) / 2;
    const lines = [time ? formatClock(x[index]!) : `${options.xLabel ?? 'position'} ${x[index]}`];
    for (const { label, y } of series)
      if (isPlottable(y[index] ?? Number.NaN)) lines.push(`${label} ${formatFixed(y[index], decimals)}`);
    for (const { label, lower, upper } of options.bands ?? []) {
      if (!isPlottable(lower[index] ?? Number.NaN)) continue;
      lines.push(`${label} ${formatFixed(lower[index], decimals)} to ${formatFixed(upper[index], decimals)}`);
    }
    const strip = element('path', { d: `M${px(from)} 0H${px(to)}V${px(plot.height)}H${px(from)}Z` });
    const guide = element('line', { x1: here, x2: here, y1: 0, y2: plot.height });
    return element('g', { class: 'rc-hover' }, element('title', {}, text(lines.join('\n'))), strip, guide);
  });
  return strips.join('');
}
