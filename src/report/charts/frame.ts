import { RecurveError } from '../../errors.ts';
import { formatCount } from '../../format.ts';
import { expectOptions, expectText, type OptionNames } from '../../options.ts';
import { displayUnits } from '../display.ts';
import { element, px, text } from '../svg.ts';
import type { Axis, Tick } from './axis.ts';
import { chartStyle, FONT_SIZE } from './style.ts';

/** What every chart takes. */
export interface ChartOptions {
  /** What the chart shows, in words: its accessible name, and drawn above it when `standalone`. */
  title: string;
  /** Width of the drawing in pixels; text keeps its size, so draw a narrow chart for a narrow place. Default 640, at least 160. */
  width?: number;
  /** Height of the drawing in pixels. Default 280, at least 120. */
  height?: number;
  /** What runs along the bottom, with its unit. */
  xLabel?: string;
  /** What runs upwards, with its unit; stands above the axis. */
  yLabel?: string;
  /** Values under the pointer, as tooltips without scripts. Default true up to 400 positions. */
  hover?: boolean;
  /** A file of its own: brings its style sheet, background and title along. Default false: the page has `chartStyle()`. */
  standalone?: boolean;
}

const CHART: OptionNames<ChartOptions> = {
  title: true,
  width: 'number',
  height: 'number',
  xLabel: true,
  yLabel: true,
  hover: 'boolean',
  standalone: 'boolean',
};

/** Pixels of a chart's side at most. */
const MOST_PIXELS = 100_000;

/** Refuses options that no chart has, or not this one: `own` are those beside the common ones. */
export function expectChart<O extends ChartOptions>(
  who: string,
  options: O,
  own: OptionNames<Omit<O, keyof ChartOptions>>,
): void {
  expectOptions<ChartOptions>(who, options, { ...CHART, ...own });
  expectText(who, 'title', options.title, 'say what it shows');
  for (const side of ['width', 'height'] as const) {
    const pixels = options[side];
    if (pixels === undefined || Math.abs(pixels) <= MOST_PIXELS) continue;
    throw new RecurveError(
      'usage',
      `${who}: expected ${side} in pixels, up to ${formatCount(MOST_PIXELS)}, got ${pixels}; set it or leave it out`,
    );
  }
}

/** A colour: an index into the palette, or the ink of the text, its grey, or a fainter grey. */
export type ChartColor = number | 'ink' | 'muted' | 'faint';

export interface LegendItem {
  label: string;
  color: ChartColor;
  /** How the swatch looks; `band` items of one colour get fainter, as the bands themselves do. */
  kind: 'line' | 'dashed' | 'dotted' | 'dashdot' | 'points' | 'band' | 'bar';
  /** Opacity of a band. */
  opacity?: number;
}

/** The drawing area and the maps from data to pixels, handed to the function that draws the marks. */
export interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
  x(value: number): number;
  y(value: number): number;
}

export interface FrameSpec extends ChartOptions {
  x: Axis;
  y: Axis;
  legend?: readonly LegendItem[];
  /** Pixels kept free above the drawing area, for marks of the overlay. Default 4; a `yLabel` takes 20 anyway. */
  headroom?: number;
  /** Said in the middle instead of marks, when there is nothing to draw. */
  empty?: string | undefined;
  /** Marks, in pixels from the top left of the drawing area; nothing clips them, so the axes must span the data. */
  draw(plot: Plot): string;
  /** Marks above those of `draw`. */
  overlay?(plot: Plot): string;
}

const LEGEND_ROW = 20;
/** Pixels that a name beside a row needs. */
const LABEL_ROW = 11;
const SWATCH = 22;

/** Class of a palette colour. */
export function colorClass(color: ChartColor): string {
  return typeof color === 'number' ? `rc-c${color % 6}` : `rc-${color}`;
}

/** Estimated width of `label` in pixels at the charts' text size; generous, since fonts differ. */
export function textWidth(label: string): number {
  const minuses = label.split('\u2212').length - 1; // as wide as a plus sign
  return (displayUnits(label) + minuses * 0.4) * FONT_SIZE * 0.6;
}

/** `label` cut with an ellipsis to about `width` pixels. */
export function fitText(label: string, width: number): string {
  if (textWidth(label) <= width) return label;
  const characters = [...label];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Draws axes, gridlines, legend and labels around the marks of a chart and returns the whole `<svg>`. */
export function frame(spec: FrameSpec): string {
  const outer = Math.max(160, spec.width ?? 640);
  const inset = spec.standalone ? 12 : 0;
  const width = outer - 2 * inset;
  const height = Math.max(120, spec.height ?? 280);
  const parts: string[] = [element('title', {}, text(spec.title))];
  let top = 8;
  if (spec.standalone) {
    parts.push(element('style', {}, chartStyle()));
    parts.push(element('rect', { x: -inset, width: outer, height, fill: 'var(--rc-background)' }));
    parts.push(label(2, 24, fitText(spec.title, width / 1.35), 'rc-title'));
    top = 38;
  }
  const legend = legendRows(spec.legend ?? [], width - 8);
  for (const row of legend) {
    parts.push(legendRow(row, top));
    top += LEGEND_ROW;
  }
  if (legend.length > 0) top += 7;
  if (spec.yLabel) {
    parts.push(label(2, top + 8, fitText(spec.yLabel, width - 4)));
  }
  top += Math.max(spec.yLabel ? 20 : 4, spec.headroom ?? 0);

  const bottom = 9 + 16 + (spec.x.context ? 15 : 0) + (spec.xLabel ? 19 : 0);
  const plotHeight = Math.max(20, height - top - bottom);
  const yTicks = spec.y.ticks(plotHeight);
  const widest = Math.max(0, ...yTicks.map((tick) => textWidth(tick.label)));
  const left = Math.min(widest, width * 0.42) + 10;
  const plotWidth = width - left - 14;
  const plot: Plot = {
    left,
    top,
    width: plotWidth,
    height: plotHeight,
    x: (value) => ((value - spec.x.domain[0]) / (spec.x.domain[1] - spec.x.domain[0])) * plotWidth,
    y: (value) => (1 - (value - spec.y.domain[0]) / (spec.y.domain[1] - spec.y.domain[0])) * plotHeight,
  };

  parts.push(yAxis(plot, yTicks, spec.y));
  parts.push(xAxis(plot, spec.x));
  if (spec.xLabel) parts.push(label(left + plotWidth, height - 7, fitText(spec.xLabel, plotWidth), 'rc-end'));
  if (spec.empty === undefined) {
    const marks = spec.draw(plot) + (spec.overlay?.(plot) ?? '');
    parts.push(element('g', { transform: `translate(${px(left)} ${px(top)})` }, marks));
  } else {
    parts.push(label(left + plotWidth / 2, top + plotHeight / 2 + 4, fitText(spec.empty, plotWidth), 'rc-middle'));
  }
  const size = spec.standalone ? { width: outer, height } : {};
  const head = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'rc',
    viewBox: `${-inset} 0 ${px(outer)} ${px(height)}`,
    ...size,
  };
  return element('svg', { ...head, role: 'img', 'aria-label': spec.title }, ...parts);
}

function label(x: number, y: number, content: string, className?: string): string {
  return element('text', { x, y, class: className }, text(content));
}

function yAxis(plot: Plot, ticks: readonly Tick[], axis: Axis): string {
  const right = plot.left + plot.width;
  let marks = '';
  // Of names that would overlap every k-th, from the top one on.
  const every = axis.categorical ? Math.ceil((LABEL_ROW * ticks.length) / plot.height) : 1;
  for (const [index, tick] of ticks.entries()) {
    if ((ticks.length - 1 - index) % every !== 0) continue;
    const y = plot.top + plot.y(tick.value);
    if (!axis.categorical) {
      const className = tick.value === 0 ? 'rc-axis' : 'rc-grid';
      marks += element('line', { class: className, x1: plot.left, x2: right, y1: y, y2: y });
    }
    const className = axis.categorical ? 'rc-end rc-label' : 'rc-end';
    marks += label(plot.left - 8, y + 4, fitText(tick.label, plot.left - 8), className);
  }
  return marks;
}

function xAxis(plot: Plot, axis: Axis): string {
  const base = plot.top + plot.height;
  let marks = element('line', { class: 'rc-axis', x1: plot.left, x2: plot.left + plot.width, y1: base, y2: base });
  const ticks = axis.ticks(plot.width);
  const shown = thinned(ticks, plot, axis.categorical ? 4 : 8);
  for (const tick of ticks) {
    const x = plot.left + plot.x(tick.value);
    if (!axis.categorical) marks += element('line', { class: 'rc-grid', x1: x, x2: x, y1: plot.top, y2: base });
  }
  for (const tick of shown) marks += label(plot.left + plot.x(tick.value), base + 18, tick.label, 'rc-middle');
  return marks + contexts(shown, plot, base + 33);
}

/** Every k-th tick, with the smallest k that keeps labels `gap` pixels apart, without those that leave the drawing. */
function thinned(ticks: readonly Tick[], plot: Plot, gap: number): Tick[] {
  const half = (tick: Tick) => textWidth(tick.label) / 2;
  const fits = (tick: Tick, index: number, all: readonly Tick[]) => {
    const previous = all[index - 1];
    return !previous || plot.x(tick.value) - half(tick) >= plot.x(previous.value) + half(previous) + gap;
  };
  let kept = [...ticks];
  for (let every = 2; every <= ticks.length && !kept.every(fits); every++) {
    kept = ticks.filter((_, index) => index % every === 0);
  }
  return kept.filter((tick) => {
    const x = plot.x(tick.value);
    return x - half(tick) >= -plot.left && x + half(tick) <= plot.width + 14;
  });
}

/** The second lines of the ticks, where they change; one that the next would overlap makes way for it. */
function contexts(ticks: readonly Tick[], plot: Plot, y: number): string {
  const changes = ticks.filter((tick, index) => tick.context && tick.context !== ticks[index - 1]?.context);
  const places = changes.map(({ value, context = '' }) => {
    const half = textWidth(context) * 0.56; // bold is wider
    return { context, half, x: Math.min(plot.width + 14 - half, Math.max(half - plot.left, plot.x(value))) };
  });
  return places
    .filter(({ x, half }, index) => {
      const next = places[index + 1];
      return !next || x + half + 8 <= next.x - next.half;
    })
    .map(({ x, context }) => label(plot.left + x, y, context, 'rc-middle rc-strong'))
    .join('');
}

function legendRows(items: readonly LegendItem[], width: number): LegendItem[][] {
  const rows: LegendItem[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const needed = itemWidth(item);
    if (used + needed > width) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)!.push({ ...item, label: fitText(item.label, width - SWATCH - 8) });
    used += needed;
  }
  return rows;
}

function itemWidth(item: LegendItem): number {
  return SWATCH + 8 + textWidth(item.label) + 18;
}

function legendRow(items: readonly LegendItem[], top: number): string {
  let x = 2;
  let marks = '';
  for (const item of items) {
    marks += element('g', { class: colorClass(item.color) }, swatch(item, x, top + 8));
    marks += label(x + SWATCH + 8, top + 12, item.label, 'rc-label');
    x += itemWidth(item);
  }
  return marks;
}

function swatch(item: LegendItem, x: number, y: number): string {
  if (item.kind === 'band')
    return element('rect', {
      class: 'rc-fill',
      x,
      y: y - 6,
      width: SWATCH,
      height: 12,
      opacity: `${item.opacity ?? 0.3}`,
    });
  if (item.kind === 'bar')
    return element('rect', { class: 'rc-fill', x: x + 5, y: y - 6, width: 12, height: 12, rx: 2 });
  if (item.kind === 'points') return element('path', { class: 'rc-points', d: `M${px(x + SWATCH / 2)} ${px(y)}h0` });
  const dash = item.kind === 'line' ? '' : ` rc-${item.kind}`;
  return element('path', { class: `rc-line${dash}`, d: `M${px(x)} ${px(y)}h${SWATCH}` });
}
