import { describe, expect, test } from 'vitest';
import { loose, sentence } from '../misuse.case.ts';
import {
  barChart,
  figure,
  forecastReport,
  heatmapChart,
  histogramBins,
  lineChart,
  list,
  markedText,
  page,
  pianoRollChart,
  scatterChart,
  shownSettings,
  table,
  taskReport,
} from './index.ts';

const title = 'A chart';
const CALLS: [string, () => unknown][] = [
  ['barChart: expected its options as an object, got undefined', () => loose(barChart)()],
  ['barChart: expected the label of a bar as a string, got undefined', () => loose(barChart)({ title, bars: [null] })],
  ['barChart: expected bars as a list, got 3', () => loose(barChart)({ title, bars: 3 })],
  [
    'lineChart: expected known options, got ylabel; did you mean yLabel?',
    () => loose(lineChart)({ title, ylabel: 'm' }),
  ],
  ['lineChart: expected title as a string, got undefined', () => loose(lineChart)({ series: [] })],
  ['lineChart: expected series as a list, got undefined', () => loose(lineChart)({ title })],
  ['lineChart: expected width to be a number, got "300"', () => loose(lineChart)({ title, series: [], width: '300' })],
  ...[Number.NaN, Number.POSITIVE_INFINITY, 1e7].flatMap((size): typeof CALLS => [
    [
      `barChart: expected width in pixels, up to 100,000, got ${size}; set it or leave it out`,
      () => barChart({ title, width: size, bars: [] }),
    ],
    [
      `lineChart: expected height in pixels, up to 100,000, got ${size}; set it or leave it out`,
      () => lineChart({ title, height: size, series: [] }),
    ],
  ]),
  ['lineChart: expected y of a series as a list, got undefined', () => loose(lineChart)({ title, series: [{}] })],
  ['lineChart: expected y of a series as a list, got undefined', () => loose(lineChart)({ title, series: [null] })],
  ['lineChart: expected bands as a list, got 3', () => loose(lineChart)({ title, series: [], bands: 3 })],
  [
    'lineChart: expected upper of a band as a list, got undefined',
    () => loose(lineChart)({ title, series: [], bands: [{ lower: [1] }] }),
  ],
  ['heatmapChart: expected a row of values as a list, got 1', () => loose(heatmapChart)({ title, values: [1] })],
  ['scatterChart: expected y as a list, got undefined', () => loose(scatterChart)({ title, x: [1] })],
  ['heatmapChart: expected rows as a list, got "a"', () => loose(heatmapChart)({ title, values: [], rows: 'a' })],
  ['histogramBins: expected values as a list, got null', () => loose(histogramBins)(null)],
  ['pianoRollChart: expected nameOf as a function', () => loose(pianoRollChart)({ title, notes: [] })],
  ['page: expected sections as a list, got undefined', () => loose(page)({ title })],
  ['page: expected the content of a section as a list', () => loose(page)({ title, sections: ['a'] })],
  ['figure: expected draw as a function, got undefined', () => loose(figure)({ caption: 'a' })],
  ['table: expected a row as a list, got "a"', () => loose(table)({ caption: 'a', columns: [], rows: ['a'] })],
  ['list: expected items as a list, got "a"', () => loose(list)('a')],
  ['markedText: expected parts as a list, got undefined', () => loose(markedText)('a')],
  ['shownSettings: expected its options as an object, got null', () => loose(shownSettings)(null)],
  ['taskReport: expected its options as an object, got a promise', () => loose(taskReport)(Promise.resolve())],
  ['forecastReport: expected known options, got task', () => loose(forecastReport)({ task: 'tag', title })],
];

describe('what types would refuse is refused in a sentence, in plain JavaScript too', () => {
  test.each(CALLS)('%s', (beginning, call) => {
    expect(call).toThrow(sentence(beginning));
  });
});
