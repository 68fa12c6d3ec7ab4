import pico from 'picocolors';
import { decimalsFor, formatCount, formatFixed } from '../../format.ts';
import { niceStep } from '../../report/charts/axis.ts';
import type { ForecastSeries, Interval } from '../../report/forecast-input.ts';
import { stepLabels, toMilliseconds } from '../../report/time.ts';
import { lineWidth, pad, printable, truncate } from './width.ts';

export interface ForecastPictureOptions {
  /** The forecast column, for the heading. */
  target: string;
  /** Its unit. */
  unit?: string;
  /** Name of one step: `day`. Default `step`. */
  step?: string;
  /** Columns of the terminal; the picture takes at most 100. Default 80. */
  width?: number;
  /** Most steps drawn. Default 14; further ones are counted in the last line. */
  most?: number;
  /** Default false. */
  color?: boolean;
  /** Default true; false draws with ASCII. */
  unicode?: boolean;
}

const GLYPHS = {
  unicode: { value: '●', inner: '━', outer: '─', left: '╶', right: '╴', ellipsis: '…', range: '…' },
  ascii: { value: 'o', inner: '=', outer: '-', left: '-', right: '-', ellipsis: '~', range: '..' },
};

/** Columns the drawing itself needs to say anything. */
const NARROWEST = 16;

/**
 * The next steps as rows of text, ending in a line break: when, value, narrowest and widest interval in figures, and value
 * with both drawn on one common scale. On a narrow terminal the widest one's figures go first, then the drawing, then the rest.
 *
 * Of several intervals the narrowest is drawn thick and the widest thin.
 */
export function forecastPicture(forecast: ForecastSeries, options: ForecastPictureOptions): string {
  const { step = 'step', most = 14, color = false } = options;
  const width = Math.min(options.width ?? 80, 100);
  const glyphs = options.unicode === false ? GLYPHS.ascii : GLYPHS.unicode;
  const colors = pico.createColors(color);
  const count = Math.min(most, forecast.prediction.length);
  const intervals = [...(forecast.intervals ?? [])].sort((a, b) => a.level - b.level);
  const [inner, outer] = [intervals[0], intervals.length > 1 ? intervals.at(-1) : undefined];
  const values = Array.from(forecast.prediction).slice(0, count);
  const all = [values, ...intervals.flatMap(({ lower, upper }) => [lower, upper])].flatMap((one) =>
    Array.from(one).slice(0, count),
  );
  const decimals = Math.min(decimalsFor(values, 3), 4);

  const moments = (forecast.time ?? []).slice(0, count).map(toMilliseconds);
  const labels =
    moments.length === count ? stepLabels(moments, false) : values.map((_, index) => `${step} ${index + 1}`);
  const figures = values.map((value) => formatFixed(value, decimals));
  const [labelWidth, figureWidth] = [labels, figures].map((column) => Math.max(0, ...column.map(lineWidth)));
  let text = labels.map(
    (label, index) => `${pad(label, labelWidth!)}  ${colors.bold(pad(figures[index]!, figureWidth!, 'right'))}`,
  );
  let used = labelWidth! + 2 + figureWidth!;
  let head = ' '.repeat(used);
  for (const interval of [inner, outer]) {
    if (!interval) continue;
    const ranges = values.map(
      (_, index) =>
        `${formatFixed(interval.lower[index], decimals)} ${glyphs.range} ${formatFixed(interval.upper[index], decimals)}`,
    );
    const title = `${interval.level} %`;
    const rangeWidth = Math.max(...[...ranges, title].map(lineWidth));
    // The second interval's figures give way to the drawing, the first one's do not.
    if (used + 2 + rangeWidth + (interval === inner ? 0 : NARROWEST + 2) > width) continue;
    text = text.map((row, index) => `${row}  ${colors.dim(pad(ranges[index]!, rangeWidth, 'right'))}`);
    head += `  ${pad(title, rangeWidth, 'right')}`;
    used += 2 + rangeWidth;
  }
  const scale = scaleOf(all, width - used - 2);
  const unit = options.unit ? ` (${printable(options.unit)})` : '';
  const heading = colors.bold(
    `Next ${forecast.prediction.length} ${printable(step)}s of ${printable(options.target)}${unit}`,
  );
  const key = [
    inner && `${glyphs.inner.repeat(2)} ${inner.level} %`,
    outer && `${glyphs.outer.repeat(2)} ${outer.level} %`,
  ]
    .filter(Boolean)
    .join('   ');
  const lines = [key && scale ? `${heading}   ${colors.dim(key)}` : heading];
  if (head.trim() !== '') lines.push(colors.dim(head));
  values.forEach((value, index) => {
    if (!scale) {
      lines.push(text[index]!);
      return;
    }
    const cells: string[] = new Array(scale.width).fill(' ');
    const fill = (interval: Interval | undefined, mark: string, ends?: readonly [string, string]) => {
      const [from, to] = [
        scale.cell(interval?.lower[index] ?? Number.NaN),
        scale.cell(interval?.upper[index] ?? Number.NaN),
      ];
      if (Number.isNaN(from) || Number.isNaN(to)) return;
      for (let cell = from; cell <= to; cell++) cells[cell] = mark;
      if (ends && to > from) [cells[from], cells[to]] = ends;
    };
    fill(outer, colors.dim(glyphs.outer), [colors.dim(glyphs.left), colors.dim(glyphs.right)]);
    fill(inner, colors.cyan(glyphs.inner));
    const at = scale.cell(value);
    if (!Number.isNaN(at)) cells[at] = colors.bold(colors.cyan(glyphs.value));
    lines.push(`${text[index]}  ${cells.join('')}`.trimEnd());
  });
  if (scale) lines.push(colors.dim(`${' '.repeat(used + 2)}${scale.ticks}`.trimEnd()));
  const left = forecast.prediction.length - count;
  if (left > 0) lines.push(colors.dim(`and ${formatCount(left)} more`));
  return `${lines.map((line) => truncate(line, width, glyphs.ellipsis)).join('\n')}\n`;
}

interface Scale {
  width: number;
  /** Column of a value, NaN when it is not finite. */
  cell(value: number): number;
  /** The line of round numbers below the drawing. */
  ticks: string;
}

function scaleOf(values: readonly number[], width: number): Scale | undefined {
  const finite = values.filter((value) => Math.abs(value) < 1e300);
  if (finite.length === 0 || width < NARROWEST) return undefined;
  const [least, greatest] = [Math.min(...finite), Math.max(...finite)];
  const half = greatest > least ? 0 : Math.abs(least) * 0.1 || 1;
  const [low, high] = [least - half, greatest + half];
  const cell = (value: number) =>
    Number.isFinite(value) ? Math.round(((value - low) / (high - low)) * (width - 1)) : Number.NaN;
  const step = niceStep((high - low) / Math.max(2, Math.floor(width / 12)));
  const decimals = Math.min(8, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  let ticks = '';
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    const label = formatFixed(i * step, decimals);
    const start = cell(i * step) - Math.floor(label.length / 2);
    if (start < (ticks === '' ? 0 : ticks.length + 1) || start + label.length > width) continue;
    ticks = ticks.padEnd(start) + label;
  }
  return { width, cell, ticks };
}
