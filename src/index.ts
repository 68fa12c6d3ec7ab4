export { describe, readMusic, readTable, toSeries, writeMidi } from './data/index.ts';
export { createEngine } from './engine/index.ts';
export { type ErrorCode, RecurveError } from './errors.ts';
export { createNetwork } from './nn/index.ts';
export { Random } from './random.ts';
export { forecastReport } from './report/index.ts';
export {
  type ComposeModel,
  type ComposeOptions,
  type ComposeRequest,
  type Forecast,
  type ForecastModel,
  type ForecastOptions,
  type ForecastScores,
  type ForecastStream,
  type GenerateModel,
  type GenerateOptions,
  loadCompose,
  loadForecast,
  loadGenerate,
  reportInput,
  type TrainedForecast,
  type TrainedGenerate,
  trainCompose,
  trainForecast,
  trainGenerate,
} from './tasks/index.ts';
export { fit } from './train/index.ts';
export { VERSION } from './version.ts';
