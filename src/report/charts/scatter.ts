import { element, px } from '../svg.ts';
import { toMilliseconds } from '../time.ts';
import { extent, isPlottable, numberAxis, timeAxis } from './axis.ts';
import { type ChartColor, type ChartOptions, colorClass, frame, type LegendItem, type Plot } from './frame.ts';

/** What a scatter plot shows. */
export interface ScatterOptions extends ChartOptions {
  /** Numbers, or ISO strings (a time axis). */
  x: ArrayLike<number> | readonly string[];
  /** As long as `x`; pairs with a value that is not finite are left out. */
  y: ArrayLike<number>;
  /** Read numbers in `x` as milliseconds since 1970. Default: only strings are times. */
  time?: boolean;
  color?: ChartColor;
  /** Draw the line on which both are equal, and give both axes the same span. Default false. */
  diagonal?: boolean;
  /** What the points are, for the legend; without it there is none. */
  label?: string;
}

/** A scatter plot; points that fall on the same tenth of a pixel are drawn once. */
export function scatterChart(options: ScatterOptions): string {
  const { y, color = 0 } = options;
  const time = options.time ?? typeof options.x[0] === 'string';
  const x = Array.from(options.x as ArrayLike<number | string>, (value) =>
    time ? toMilliseconds(value) : Number(value),
  );
  const pairs = x.flatMap((value, index): [number, number][] => {
    const other = y[index] ?? Number.NaN;
    return isPlottable(value) && isPlottable(other) ? [[value, other]] : [];
  });
  let xRange = extent(pairs.map((pair) => pair[0])) ?? [0, 1];
  let yRange = extent(pairs.map((pair) => pair[1])) ?? [0, 1];
  if (options.diagonal) {
    xRange = [Math.min(xRange[0], yRange[0]), Math.max(xRange[1], yRange[1])];
    yRange = xRange;
  }
  const points = (plot: Plot): string => {
    const dots = new Set(pairs.map(([a, b]) => `M${px(plot.x(a))} ${px(plot.y(b))}h0`));
    const small = pairs.length > 60 ? ' rc-small' : '';
    return element('path', { class: `rc-points${small} ${colorClass(color)}`, d: [...dots].join('') });
  };
  const diagonal = (plot: Plot): string => {
    const [low, high] = yRange;
    const ends = { x1: plot.x(low), x2: plot.x(high), y1: plot.y(low), y2: plot.y(high) };
    return element('line', { class: 'rc-mark', ...ends });
  };
  const legend: LegendItem[] = options.label === undefined ? [] : [{ label: options.label, color, kind: 'points' }];
  return frame({
    ...options,
    legend,
    x: time ? timeAxis(xRange) : numberAxis(xRange, { spacing: 64, nice: options.diagonal === true }),
    y: numberAxis(yRange),
    empty: pairs.length > 0 ? undefined : 'No data to show',
    draw: (plot) => (options.diagonal ? diagonal(plot) : '') + points(plot),
  });
}
