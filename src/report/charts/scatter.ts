import { expectList } from '../../options.ts';
import { element, px } from '../svg.ts';
import { toMilliseconds } from '../time.ts';
import { extent, isPlottable, numberAxis, timeAxis } from './axis.ts';
import {
  type ChartColor,
  type ChartOptions,
  colorClass,
  expectChart,
  frame,
  type LegendItem,
  type Plot,
} from './frame.ts';

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

/** Rasters, in pixels: points that fall on one place of it are drawn once. */
const RASTERS = [0.1, 0.5, 1, 2];
/** Dots above which the next coarser raster is taken: a page of 250,000 forecasts would be 10 MB of dots that hide each other. */
const MANY_DOTS = 20_000;

/** A scatter plot; points that fall on the same tenth of a pixel are drawn once, of very many those on the same one or two pixels. */
export function scatterChart(options: ScatterOptions): string {
  expectChart('scatterChart', options, {
    x: true,
    y: true,
    time: 'boolean',
    color: true,
    diagonal: 'boolean',
    label: true,
  });
  expectList('scatterChart', 'x', options.x, 'give numbers or dates');
  expectList('scatterChart', 'y', options.y, 'give numbers');
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
    const dots = distinctDots(pairs.map(([a, b]) => [plot.x(a), plot.y(b)]));
    const small = pairs.length > 60 ? ' rc-small' : '';
    return element('path', { class: `rc-points${small} ${colorClass(color)}`, d: dots.join('') });
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

function distinctDots(places: readonly (readonly [number, number])[]): string[] {
  let dots = new Set<string>();
  for (const raster of RASTERS) {
    const snapped = (value: number): string => px(raster === RASTERS[0] ? value : Math.round(value / raster) * raster);
    dots = new Set(places.map(([x, y]) => `M${snapped(x)} ${snapped(y)}h0`));
    if (dots.size <= MANY_DOTS) break;
  }
  return [...dots];
}
