import { expectList } from '../../options.ts';
import { element, text } from '../svg.ts';
import { extent, isOneValue, isPlottable, niceStep, numberAxis, tickLabel } from './axis.ts';
import { type ChartColor, type ChartOptions, colorClass, expectChart, frame, type Plot } from './frame.ts';

/** Values `from` (inclusive) to `to` (exclusive, except in the last bin). */
export interface Bin {
  from: number;
  to: number;
  count: number;
}

/**
 * Counts `values` in bins of equal, round width; values that are not finite are left out.
 *
 * The width follows Freedman and Diaconis (1981), `2 · IQR / n^(1/3)`, rounded to 1, 2 or 5 times a power of ten,
 * and falls back to ten bins over the range where the quartiles coincide; there are never more than about a hundred bins.
 */
export function histogramBins(values: ArrayLike<number>): Bin[] {
  expectList('histogramBins', 'values', values, 'give numbers');
  const range = extent(values);
  if (!range) return [];
  const sorted = Array.from(values)
    .filter(isPlottable)
    .sort((a, b) => a - b);
  const [low, high] = range;
  if (isOneValue(low, high)) return [{ from: low - 0.5, to: high + 0.5, count: sorted.length }];
  const quartile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  const wanted = (2 * (quartile(0.75) - quartile(0.25))) / Math.cbrt(sorted.length) || (high - low) / 10;
  const width = niceStep(Math.max(wanted, (high - low) / 80));
  const first = Math.floor(low / width);
  const bins = Array.from({ length: Math.floor(high / width) - first + 1 }, (_, index): Bin => {
    return { from: (first + index) * width, to: (first + index + 1) * width, count: 0 };
  });
  for (const value of sorted) bins[Math.min(bins.length - 1, Math.max(0, Math.floor(value / width) - first))]!.count++;
  return bins;
}

/** The limits of a bin in words, with the decimals its width needs. */
export function binLabel({ from, to }: Bin): string {
  const largest = Math.max(Math.abs(from), Math.abs(to));
  return `${tickLabel(from, to - from, largest)} to ${tickLabel(to, to - from, largest)}`;
}

/** What a histogram shows. */
export interface HistogramOptions extends ChartOptions {
  values: ArrayLike<number>;
  color?: ChartColor;
  /** Dashed vertical lines with a word each, such as the mean. */
  marks?: readonly { value: number; label: string }[];
}

/** A histogram of `values` in round bins. */
export function histogramChart(options: HistogramOptions): string {
  expectChart('histogramChart', options, { values: true, color: true, marks: true });
  expectList('histogramChart', 'values', options.values, 'give numbers');
  const { marks = [] } = options;
  const bins = histogramBins(options.values);
  const ends = [...bins.flatMap((bin) => [bin.from, bin.to]), ...marks.map((mark) => mark.value)];
  const range = extent(ends);
  const bar = (plot: Plot, bin: Bin): string => {
    const [left, right, top] = [plot.x(bin.from), plot.x(bin.to), plot.y(bin.count)];
    const gap = right - left > 4 ? 1 : 0;
    const shape = { x: left + gap / 2, y: top, width: Math.max(0.5, right - left - gap), height: plot.height - top };
    return element('rect', shape, element('title', {}, text(`${binLabel(bin)}: ${bin.count}`)));
  };
  const mark = (plot: Plot, { value, label }: { value: number; label: string }): string => {
    if (!isPlottable(value)) return '';
    const x = plot.x(value);
    const flip = x > plot.width * 0.6;
    const attributes = { x: flip ? x - 6 : x + 6, y: 12, class: flip ? 'rc-end rc-strong' : 'rc-strong' };
    return (
      element('line', { class: 'rc-mark', x1: x, x2: x, y1: 0, y2: plot.height }) +
      element('text', attributes, text(label))
    );
  };
  // A sixth of head room keeps the words of the marks clear of the bars.
  const tallest = Math.max(0, ...bins.map((bin) => bin.count)) * (marks.length > 0 ? 1.16 : 1);
  return frame({
    ...options,
    x: numberAxis(range ?? [0, 1], { nice: false, spacing: 64 }),
    y: numberAxis([0, Math.max(1, tallest)], { integers: true }),
    empty: range && bins.length > 0 ? undefined : 'No data to show',
    draw: (plot) =>
      element('g', { class: `rc-fill ${colorClass(options.color ?? 0)}` }, ...bins.map((bin) => bar(plot, bin))) +
      marks.map((one) => mark(plot, one)).join(''),
  });
}
