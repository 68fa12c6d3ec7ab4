export { type BarChartOptions, barChart } from './charts/bar.ts';
export type { ChartColor, ChartOptions } from './charts/frame.ts';
export { type HeatmapOptions, heatmapChart } from './charts/heatmap.ts';
export { type Bin, type HistogramOptions, histogramBins, histogramChart } from './charts/histogram.ts';
export { type Band, type LineChartOptions, type LineSeries, lineChart, type Mark } from './charts/line.ts';
export { type PianoRollOptions, pianoRollChart, type RolledNote } from './charts/piano-roll.ts';
export { type ScatterOptions, scatterChart } from './charts/scatter.ts';
export { chartStyle } from './charts/style.ts';
export { forecastReport } from './forecast.ts';
export type {
  ErrorScores,
  ForecastReportInput,
  ForecastSeries,
  History,
  Interval,
} from './forecast-input.ts';
export { type MarkedPart, markedText } from './marked-text.ts';
export {
  type Card,
  type FigureOptions,
  figure,
  list,
  type PageOptions,
  page,
  type Section,
  type TableOptions,
  table,
} from './page.ts';
export { type EpochRecord, type RunReportInput, STOPPED, shownSettings } from './run-input.ts';
export type { Contestant, Measure, ScoreInput } from './score-section.ts';
export { type TaskReportInput, taskReport } from './task-report.ts';
export type { Time } from './time.ts';
