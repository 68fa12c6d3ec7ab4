import { decimalsFor, formatFixed } from '../../format.ts';
import { expectList, expectText } from '../../options.ts';
import { element, px, text } from '../svg.ts';
import { categoryAxis, extent, isPlottable, minus, numberAxis } from './axis.ts';
import {
  type ChartColor,
  type ChartOptions,
  colorClass,
  expectChart,
  fitText,
  frame,
  type Plot,
  textWidth,
} from './frame.ts';

/** What a bar chart shows. */
export interface BarChartOptions extends ChartOptions {
  /** One bar each; a value that is not finite leaves its place empty. */
  bars: readonly { label: string; value: number; color?: ChartColor }[];
  /** Bars run to the right and their labels stand in front of them. Good for names. Default false. */
  horizontal?: boolean;
  /** Write each value at the end of its bar. Default true when horizontal. */
  values?: boolean;
  /** Dashed lines across the bars, such as bounds of chance. */
  limits?: readonly number[];
}

/** A bar chart; bars start at zero. */
export function barChart(options: BarChartOptions): string {
  expectChart('barChart', options, { bars: true, horizontal: 'boolean', values: 'boolean', limits: true });
  expectList('barChart', 'bars', options.bars, 'give { label, value } each');
  const { bars, limits = [], horizontal = false } = options;
  for (const bar of bars) expectText('barChart', 'the label of a bar', bar?.label, 'give { label, value } each');
  const values = bars.map((bar) => bar.value);
  const range = extent(values, limits);
  const decimals = decimalsFor(values);
  const written = options.values ?? horizontal;
  const names = horizontal ? bars.map((bar) => bar.label).reverse() : bars.map((bar) => bar.label);
  const longest = Math.max(0, ...values.filter(isPlottable).map((value) => textWidth(formatFixed(value, decimals))));
  const width = options.width ?? 640;
  const length = horizontal
    ? width - Math.min(Math.max(0, ...names.map(textWidth)), width * 0.42) - 24
    : (options.height ?? 280) - 60;
  const span = written ? roomFor(range ?? [0, 1], horizontal ? longest + 8 : 18, length) : (range ?? [0, 1]);
  const quantity = numberAxis(span, { zero: true, spacing: horizontal ? 60 : 38, nice: !horizontal });
  const categories = categoryAxis(names);

  const place = (plot: Plot, index: number) => {
    const value = values[index]!;
    if (!isPlottable(value)) return undefined;
    const across = (horizontal ? plot.height : plot.width) / Math.max(bars.length, 1);
    const thickness = Math.max(1, Math.min(across * 0.66, 30));
    const [zero, end] = horizontal ? [plot.x(0), plot.x(value)] : [plot.y(0), plot.y(value)];
    const middle = horizontal ? plot.y(bars.length - 1 - index) : plot.x(index);
    return { value, thickness, start: Math.min(zero, end), length: Math.abs(end - zero), middle };
  };
  const bar = (plot: Plot, index: number): string => {
    const at = place(plot, index);
    if (!at) return '';
    const shape = horizontal
      ? { x: at.start, y: at.middle - at.thickness / 2, width: at.length, height: at.thickness, rx: 2 }
      : {
          x: at.middle - at.thickness / 2,
          y: at.start,
          width: at.thickness,
          height: at.length,
          rx: Math.min(2, at.thickness / 4),
        };
    const tip = element('title', {}, text(`${bars[index]!.label}: ${formatFixed(at.value, decimals)}`));
    return element('rect', { class: `rc-fill ${colorClass(bars[index]!.color ?? 0)}`, ...shape }, tip);
  };
  const valueText = (plot: Plot, index: number): string => {
    const at = place(plot, index);
    if (!at) return '';
    const content = text(fitText(minus(formatFixed(at.value, decimals)), horizontal ? plot.width : 60));
    if (horizontal)
      return element('text', { x: at.start + at.length + 6, y: at.middle + 4, class: 'rc-label' }, content);
    const y = at.value < 0 ? at.start + at.length + 14 : at.start - 5;
    return element('text', { x: at.middle, y, class: 'rc-middle rc-label' }, content);
  };
  const limit = (plot: Plot, value: number): string => {
    const d = horizontal ? `M${px(plot.x(value))} 0V${px(plot.height)}` : `M0 ${px(plot.y(value))}H${px(plot.width)}`;
    return element('path', { class: 'rc-mark', d });
  };
  const every = (plot: Plot, mark: (plot: Plot, index: number) => string) =>
    bars.map((_, index) => mark(plot, index)).join('');
  return frame({
    ...options,
    x: horizontal ? quantity : categories,
    y: horizontal ? categories : quantity,
    empty: extent(values) ? undefined : 'No data to show',
    draw: (plot) => every(plot, bar) + limits.map((value) => limit(plot, value)).join(''),
    overlay: (plot) => (written ? every(plot, valueText) : ''),
  });
}

/** Widens the span so that a text of `wanted` pixels fits behind the longest bar in a plot of `length` pixels. */
function roomFor([low, high]: readonly [number, number], wanted: number, length: number): [number, number] {
  const room = ((Math.max(high, 0) - Math.min(low, 0)) * wanted) / Math.max(length - wanted, wanted);
  return [low < 0 ? low - room : low, high > 0 ? high + room : high];
}
