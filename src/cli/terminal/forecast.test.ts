import { expect, test } from 'vitest';
import { forecastPicture } from './forecast.ts';
import { lineWidth } from './width.ts';

const forecast = {
  time: ['2016-01-01', '2016-01-02'],
  prediction: [5, 10],
  intervals: [
    { level: 95, lower: [0, 0], upper: [10, 20] },
    { level: 80, lower: [2, 5], upper: [8, 15] },
  ],
};
const options = { target: 'temp_max', unit: '°C', step: 'day', width: 56 };

/** Column of the last `mark` in the drawing of row `index`, below the title and the headings. */
function columnOf(picture: string, index: number, mark: string): number {
  return picture.split('\n')[index + 2]!.lastIndexOf(mark);
}

test('what lies twice as far from the left end is drawn twice as far, to within one column', () => {
  const picture = forecastPicture(forecast, options);
  const start = columnOf(picture, 1, '╶');
  const [end, middle] = [columnOf(picture, 1, '╴') - start, columnOf(picture, 1, '●') - start];
  expect(Math.abs(end - 2 * middle)).toBeLessThanOrEqual(1);
  expect(columnOf(picture, 0, '╴') - start).toBe(middle);
  expect(picture.split('\n')[2]).toMatch(/╶─+━+●━+─+╴$/);
});

test('the figures stand in rows with both intervals, under their levels', () => {
  const rows = forecastPicture(forecast, { ...options, width: 80 }).split('\n');
  expect(rows[0]).toBe('Next 2 days of temp_max (°C)   ━━ 80 %   ── 95 %');
  expect(rows[1]).toMatch(/^ +80 % +95 %$/);
  expect(rows[2]).toMatch(/^Fri 1 Jan {3}5\.0 {3}2\.0 … 8\.0 {2}0\.0 … 10\.0 {2}/);
  expect(rows[3]).toMatch(/^Sat 2 Jan {2}10\.0 {2}5\.0 … 15\.0 {2}0\.0 … 20\.0 {2}/);
  expect(rows[4]).toMatch(/^ +0 +5 +10 +15 +20$/);
});

test('a narrow terminal loses the drawing first, then the interval, and no line wraps down to 1 column', () => {
  expect(forecastPicture(forecast, { ...options, width: 36 })).not.toContain('●');
  expect(forecastPicture(forecast, { ...options, width: 36 })).toContain('2.0 … 8.0');
  expect(forecastPicture(forecast, { ...options, width: 20 })).not.toContain('…  8.0');
  for (let width = 1; width <= 120; width++) {
    for (const line of forecastPicture(forecast, { ...options, width, color: true }).split('\n'))
      expect(lineWidth(line)).toBeLessThanOrEqual(width);
  }
});

test('without times, intervals or unicode it still draws, and steps past the limit are counted', () => {
  const picture = forecastPicture({ prediction: [1, 2, 3, 4] }, { target: 'load', most: 3, unicode: false });
  expect(picture).toMatch(/^Next 4 steps of load\nstep 1 +1\.00 +o\n/);
  expect(picture.endsWith('and 1 more\n')).toBe(true);
  expect(picture).not.toMatch(/[^ -~\n]/);
});

test('values that are not finite leave their row without a drawing', () => {
  const picture = forecastPicture(
    { prediction: [Number.NaN, 2], intervals: [{ level: 80, lower: [Number.NaN, 1], upper: [1, 3] }] },
    { target: 'x' },
  );
  expect(picture.split('\n')[2]).toMatch(/n\/a/);
  expect(picture.split('\n')[2]).not.toContain('●');
  expect(picture.split('\n')[3]).toContain('●');
  expect(forecastPicture({ prediction: [] }, { target: 'x' })).toBe('Next 0 steps of x\n');
});

test('a hostile column name cannot move the cursor', () => {
  expect(forecastPicture(forecast, { ...options, target: 'a\u001b[2J' })).not.toContain('\u001b');
});
