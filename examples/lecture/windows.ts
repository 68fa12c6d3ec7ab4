// From a list of temperatures to a data set: every window of three days, and the day after it, one window at a time.
import { readTable, toSeries } from 'recurve';
import { gather, windows } from 'recurve/data';

const temperatures = [35, 32, 45, 48, 41, 39, 36];
const { series } = toSeries(await readTable(['temperature', ...temperatures].join('\n')), { target: 'temperature' });
const index = windows(series, { context: 3, horizon: 1 });
const days = new Float32Array(index.count * 4); // [windows, 3 + 1, 1 column]
gather(
  index,
  Int32Array.from({ length: index.count }, (_, k) => k),
  days,
  { part: 'all' },
);

const cell = (value: number | string): string => String(value).padStart(4);
for (let shown = 0; shown <= index.count; shown++) {
  console.log(shown === 0 ? 'the measurements, day by day' : `\nwindow ${shown}: days ${shown} to ${shown + 3}`);
  temperatures.forEach((temperature, day) => {
    const columns = Array.from({ length: shown }, (_, k) =>
      day < 4 ? cell(k + day + 1) + cell(days[4 * k + day]) : '',
    );
    console.log(`${cell(day + 1)}${cell(temperature)}${columns.map((c) => c && `   ${c}`).join('')}`);
  });
}

console.log('\nas samples: three features and what to predict');
for (let k = 0; k < index.count; k++) {
  const [first, second, third, next] = days.subarray(4 * k);
  console.log(`${cell(first)}${cell(second)}${cell(third)}  → ${next}`);
}
