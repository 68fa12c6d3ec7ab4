import { expect, test } from 'vitest';
import { type ForecastReportInput, forecastReport } from './forecast.ts';

const DAYS = 200;
const time = Array.from({ length: DAYS }, (_, day) => Date.UTC(2015, 0, 1) + day * 86_400_000);
const truth = time.map((_, day) => 15 + 8 * Math.sin(day / 20) + ((day * 7) % 5) / 2);
const prediction = Float32Array.from(truth, (value, day) => value + ((day * 3) % 7) / 3 - 1);
const around = (values: ArrayLike<number>, by: number) => Array.from(values, (value) => value + by);

const input: ForecastReportInput = {
  target: 'temp_max',
  unit: '°C',
  source: 'seattle-weather.csv',
  model: 'GRU, 64 units',
  step: 'day',
  horizon: 7,
  test: { mae: 2, rmse: 2.58, mase: 0.86 },
  baselines: {
    persistence: { mae: 2.24, rmse: 2.907, note: 'no gaps allowed' },
    ridge: { mae: 1.9, rmse: 2.683, pinball: 0.75 },
  },
  nextStep: {
    time,
    truth,
    prediction,
    intervals: [{ level: 80, lower: around(prediction, -2), upper: around(prediction, 2) }],
  },
  future: {
    time: ['2016-01-01', '2016-01-02'],
    prediction: [8.1, 7.4],
    intervals: [
      { level: 80, lower: [6, 5], upper: [10, 9.5] },
      { level: 95, lower: [4, 3], upper: [12, 11.5] },
    ],
    history: { time: ['2015-12-30', '2015-12-31'], values: [6, 7] },
  },
  perStep: { model: [2.58, 3.1], baselines: { persistence: [2.9, 3.7], ridge: [2.6, 3.0] } },
  coverage: [
    { level: 80, measured: 81.4 },
    { level: 95, measured: 88 },
  ],
  training: {
    epochs: [
      { epoch: 1, loss: 0.5, validation: 0.4 },
      { epoch: 2, loss: 0.3, validation: 0.2 },
      { epoch: 3, loss: 0.2, validation: 0.3 },
    ],
    loss: 'pinball loss',
  },
  data: ['1,461 rows', { text: 'column weather is text', warning: true }],
  settings: { hidden: 64, cell: 'gru', resume: null },
  versions: { recurve: '0.1.0', seed: 7 },
  seconds: { training: 38.4 },
  files: { model: 'runs/weather/model.safetensors' },
};

/** Text of the table whose caption begins with `caption`, a line per row, cells apart by `|`. */
function tableText(html: string, caption: string): string[] {
  const found = html.split('<table>').find((part) => part.startsWith(`<caption><span>${caption}`))!;
  const rows = found.slice(0, found.indexOf('</table>')).match(/<tr.*?<\/tr>/g)!;
  return rows.map((row) => row.replace(/<\/t[hd]><t[hd][^>]*>/g, '|').replace(/<(?!\/?b>)[^>]*>/g, ''));
}

test('a full report has every section and the same input gives the same bytes', () => {
  const html = forecastReport(input);
  const ids = [...html.matchAll(/<section id="([a-z]+)"/g)].map((match) => match[1]);
  expect(ids).toEqual(['next', 'baselines', 'test', 'horizon', 'coverage', 'residuals', 'training', 'data', 'run']);
  expect(forecastReport(input)).toBe(html);
  expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/);
  expect(html.length).toBeLessThan(400_000);
});

test('a report of nothing but a target is a page without sections', () => {
  const html = forecastReport({ target: 'x' });
  expect(html).toContain('<h1>Forecast of x</h1>');
  expect(html).not.toContain('<section');
  expect(html).not.toMatch(/NaN|undefined/);
});

test('the lead says by how much the model beats its best baseline', () => {
  expect(forecastReport(input)).toContain(
    'One day ahead on the test span, the forecast of temp_max has an RMSE of 2.580\u00a0°C, 3.8\u00a0% below the best baseline, Ridge regression (2.683\u00a0°C).',
  );
});

test('a card says by how much the RMSE is below that of persistence', () => {
  expect(forecastReport(input)).toMatch(/class="card good"><p class="label">Skill<\/p>.*?11\.2/s);
  expect(forecastReport({ ...input, baselines: {} })).not.toContain('>Skill<');
});

test('a model that loses is shown as losing', () => {
  const html = forecastReport({ ...input, test: { rmse: 3 } });
  expect(html).toContain('11.8\u00a0% above the best baseline: Ridge regression does better with 2.683\u00a0°C.');
  expect(html).toMatch(/class="card bad"><p class="label">Test RMSE/);
  expect(
    tableText(html, 'Errors one step ahead')
      .slice(1)
      .map((row) => row.split('|')[0]),
  ).toEqual(['Ridge regression', 'Persistence', 'Recurve']);
});

test('the baseline table is ranked by RMSE, with the best of each column in bold and a dash where a figure is absent', () => {
  expect(tableText(forecastReport(input), 'Errors one step ahead')).toEqual([
    'Forecaster|RMSE (°C)|MAE (°C)|MASE|Pinball|How it forecasts',
    'Recurve|<b>2.580</b>|2.000|<b>0.860</b>|–|the model of this report',
    'Ridge regression|2.683|<b>1.900</b>|–|<b>0.750</b>|linear regression on the same inputs',
    'Persistence|2.907|2.240|–|–|repeats the last value; no gaps allowed',
  ]);
});

test('the next steps are listed with their dates and intervals, the narrow one first', () => {
  expect(tableText(forecastReport(input), 'Forecast of temp_max')).toEqual([
    'When|Forecast (°C)|80 % interval|95 % interval',
    'Fri 1 Jan 2016|8.10|6.00 to 10.00|4.00 to 12.00',
    'Sat 2 Jan 2016|7.40|5.00 to 9.50|3.00 to 11.50',
  ]);
});

test('the best of each step of the horizon is bold, also when it is a baseline', () => {
  expect(tableText(forecastReport(input), 'RMSE (°C) by steps ahead').slice(1)).toEqual([
    '1|<b>2.580</b>|2.900|2.600',
    '2|3.100|3.700|<b>3.000</b>',
  ]);
});

test('coverage is set beside its nominal value and marked when off by more than 4 points', () => {
  const html = forecastReport(input);
  expect(tableText(html, 'Share of the test span').slice(1)).toEqual([
    '80 %|80.0 %|81.4 %|+1.4 points',
    '95 %|95.0 %|88.0 %|−7.0 points',
  ]);
  expect(html).toMatch(/class="card good"><p class="label">80 % interval/);
  expect(html).toMatch(/class="card bad"><p class="label">95 % interval/);
});

test('the epoch of the lowest validation loss is marked unless another is given', () => {
  expect(forecastReport(input)).toContain('best: epoch 2');
  expect(forecastReport({ ...input, training: { ...input.training!, best: 3 } })).toContain('best: epoch 3');
});

test('a test span longer than 150 positions also has a close-up of its last 120', () => {
  expect(forecastReport(input)).toContain('The last 120 days');
  const short = { truth: truth.slice(0, 20), prediction: prediction.slice(0, 20) };
  expect(forecastReport({ ...input, nextStep: short })).not.toContain('The last 120');
});

test('a test span of 20,000 hours stays below 1 MB and lists its last 366 rows', () => {
  const long = Float32Array.from({ length: 20_000 }, (_, hour) => Math.sin(hour / 24) + ((hour * 7919) % 13) / 20);
  const html = forecastReport({
    target: 'load',
    step: 'hour',
    nextStep: { truth: long, prediction: long, time: Array.from(long, (_, hour) => hour * 3_600_000) },
  });
  expect(html.length).toBeLessThan(1_000_000);
  expect(tableText(html, 'The last 366 of 20,000 positions')).toHaveLength(367);
});

test('hostile names of columns, files, baselines and settings stay text', () => {
  const evil = '<script>alert(1)</script>';
  const html = forecastReport({
    ...input,
    target: evil,
    unit: evil,
    source: evil,
    model: evil,
    step: evil,
    baselines: { [evil]: { rmse: 1 }, __proto__: { rmse: 2 } },
    perStep: { model: [1], baselines: { [evil]: [2] }, metric: evil },
    data: [evil],
    settings: { [evil]: evil },
    versions: { [evil]: evil },
    files: { [evil]: evil },
  });
  expect(html).not.toContain('<script');
});

test('missing values and a series without times are gaps, not failures', () => {
  const html = forecastReport({
    target: 'x',
    test: { rmse: Number.NaN },
    baselines: { persistence: { rmse: Number.NaN } },
    nextStep: { truth: [1, Number.NaN, 3], prediction: [Number.NaN, 2, 3] },
    future: { prediction: [Number.NaN, 1], time: ['not a date', '2015-01-01'] },
    training: { epochs: [{ epoch: 1, loss: Number.NaN }] },
    perStep: { model: [Number.NaN] },
  });
  expect(html).not.toMatch(/NaN|Infinity|undefined/);
  expect(html).toContain('n/a');
});
