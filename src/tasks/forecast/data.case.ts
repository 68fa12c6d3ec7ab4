import { readTable, type SeriesOptions, type SeriesResult, toSeries } from '../../data/index.ts';
import { createEngine } from '../../engine/index.ts';
import { Random } from '../../random.ts';
import type { ForecastOptions } from './options.ts';
import { type ForecastHooks, type TrainedForecast, trainForecast } from './train.ts';

/** Small enough for a training in well under a second. */
export const SMALL = {
  context: 10,
  horizon: 3,
  hidden: 8,
  epochs: 6,
  rate: 5e-3,
  batchSize: 32,
  dropout: 0.1,
  test: { count: 60 },
  seed: 4,
} satisfies ForecastOptions;

const HOUR = 3_600_000;

/** Rows of CSV, first the header; `cells` gives a row's texts. */
export function csv(header: string[], rows: number, cells: (t: number) => (string | number)[]): string {
  return [header.join(), ...Array.from({ length: rows }, (_, t) => cells(t).join())].join('\n');
}

export async function seriesOf(text: string, options: SeriesOptions): Promise<SeriesResult> {
  return toSeries(await readTable(text, { name: 'made.csv' }), options);
}

export function day(t: number): string {
  return new Date(Date.UTC(2020, 0, 1) + t * 24 * HOUR).toISOString().slice(0, 10);
}

export function hour(t: number): string {
  return new Date(Date.UTC(2021, 1, 20) + t * HOUR).toISOString();
}

/** A wave, a trend and noise: persistence is bad at it, a short window tells all. */
export function wave(t: number, noise: Random, period = 8): number {
  return 10 + 0.01 * t + 4 * Math.sin((2 * Math.PI * t) / period) + 0.4 * noise.normal();
}

interface Made {
  name: string;
  reading: SeriesOptions;
  text(rows: number): string;
}

/** One table of each kind. Every text is a function of the number of rows alone. */
export const TABLES: readonly Made[] = [
  {
    name: 'days with a covariate',
    reading: { target: 'y' },
    text(rows) {
      const random = new Random(1);
      return csv(['date', 'y', 'x'], rows, (t) => [day(t), wave(t, random), random.normal()]);
    },
  },
  {
    name: 'no time stamps',
    reading: { target: 'y', time: null },
    text(rows) {
      const random = new Random(2);
      return csv(['y', 'x'], rows, (t) => [wave(t, random), random.normal()]);
    },
  },
  {
    name: 'two series of unlike level and length',
    reading: { target: 'y', series: 'shop' },
    text(rows) {
      const random = new Random(3);
      return csv(['date', 'shop', 'y'], Math.floor(1.9 * rows), (t) =>
        t < rows ? [day(t), 'north', wave(t, random)] : [day(t - rows), 'south', 500 + 30 * wave(t, random)],
      );
    },
  },
  {
    name: 'hours in Berlin over the change of the clock',
    reading: { target: 'y', zone: 'Europe/Berlin' },
    text(rows) {
      const random = new Random(4);
      return csv(['time', 'y'], rows, (t) => [hour(t), wave(t, random, 24) + wave(t, random, 9)]);
    },
  },
  {
    name: 'a column known in advance',
    reading: { target: 'y', known: ['promotion'] },
    text(rows) {
      const random = new Random(5);
      const promotion = Array.from({ length: rows + 3 }, () => (random.uniform() < 0.3 ? 1 : 0));
      return csv(['date', 'y', 'promotion'], rows + 3, (t) => [
        day(t),
        t < rows ? 3 + 6 * promotion[t] + random.normal() : '',
        promotion[t],
      ]);
    },
  },
  {
    name: 'missing values',
    reading: { target: 'y' },
    text(rows) {
      const random = new Random(6);
      return csv(['date', 'y', 'x'], rows, (t) => {
        const y = wave(t, random);
        return [day(t), t > 0 && t < rows - 1 && random.uniform() < 0.1 ? '' : y, t % 11 === 3 ? '' : random.normal()];
      });
    },
  },
];

export function tableNamed(part: string): Made {
  return TABLES.find(({ name }) => name.includes(part)) as Made;
}

/** Trains on a table with the small settings and a fresh engine. */
export async function trainOn(
  { text, reading }: Made,
  changes: ForecastOptions = {},
  hooks: ForecastHooks = {},
  rows = 300,
): Promise<TrainedForecast & { data: SeriesResult }> {
  const data = await seriesOf(text(rows), reading);
  const engine = hooks.engine ?? (await createEngine());
  return { ...(await trainForecast(data, { ...SMALL, ...changes }, { reading, ...hooks, engine })), data };
}
