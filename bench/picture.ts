import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readTable, toSeries } from 'recurve/data';
import { lineChart } from 'recurve/report';
import { forecastReportInput, trainForecast } from 'recurve/tasks';

/** The days drawn: from the first up to, not including, the second. */
const FROM = Date.UTC(2015, 5, 1);
const TO = Date.UTC(2015, 8, 1);

/** Draws docs/pictures/seattle.svg: each day of summer 2015 forecast the day before, by the model of the first seed. */
export async function run([seed]: readonly number[]): Promise<void> {
  const csv = readFileSync(new URL('../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url));
  const table = await readTable(csv, { name: 'seattle-weather.csv' });
  const data = toSeries(table, { target: 'temp_max' });
  const trained = await trainForecast(data, { seed, unit: '°C', test: { from: '2015-01-01' } });
  const { nextStep } = forecastReportInput(trained, data);
  if (!nextStep?.time || !nextStep.intervals) throw new Error('no test span');
  const time = Array.from(nextStep.time, Number);
  const chosen = time.flatMap((t, i) => (t >= FROM && t < TO ? [i] : []));
  const pick = (values: ArrayLike<number>): number[] => chosen.map((i) => values[i]);
  const [narrow, wide] = nextStep.intervals;
  const svg = lineChart({
    title: "Seattle 2015: each day's highest temperature, forecast the day before",
    width: 880,
    height: 340,
    yLabel: '°C',
    x: pick(time),
    time: true,
    hover: false,
    standalone: true,
    series: [
      { label: 'measured', y: pick(nextStep.truth), color: 'ink', points: true },
      { label: 'forecast', y: pick(nextStep.prediction), color: 0 },
    ],
    bands: [
      { label: '95 % interval', lower: pick(wide.lower), upper: pick(wide.upper), color: 0 },
      { label: '80 % interval', lower: pick(narrow.lower), upper: pick(narrow.upper), color: 0 },
    ],
  });
  const folder = new URL('../docs/pictures/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('seattle.svg', folder), svg);
  console.log(`docs/pictures/seattle.svg: ${chosen.length} days, seed ${seed}`);
}
