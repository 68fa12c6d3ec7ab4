export { describe, readMusic, readTable, toSeries, writeMidi } from './data/index.ts';
export { createEngine } from './engine/index.ts';
export { type ErrorCode, RecurveError } from './errors.ts';
export { createNetwork } from './nn/index.ts';
export { Random } from './random.ts';
export { forecastReport, taskReport } from './report/index.ts';
export {
  type ClassifyModel,
  type ClassifyOptions,
  type ComposeModel,
  type ComposeOptions,
  type ComposeRequest,
  classifyReportInput,
  composeReportInput,
  type Forecast,
  type ForecastModel,
  type ForecastOptions,
  type ForecastScores,
  type ForecastStream,
  forecastReportInput,
  type GenerateModel,
  type GenerateOptions,
  generateReportInput,
  loadClassify,
  loadCompose,
  loadForecast,
  loadGenerate,
  loadTag,
  sequenceExamples,
  type TagModel,
  type TagOptions,
  type TrainedClassify,
  type TrainedCompose,
  type TrainedForecast,
  type TrainedGenerate,
  type TrainedTag,
  tagReportInput,
  textExamples,
  toTagTable,
  trainClassify,
  trainCompose,
  trainForecast,
  trainGenerate,
  trainTag,
} from './tasks/index.ts';
export { fit } from './train/index.ts';
export { VERSION } from './version.ts';
