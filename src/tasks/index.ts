export * from './baselines.ts';
export type { Pooling } from './classify/architecture.ts';
export type { ClassifyBaselines } from './classify/baselines.ts';
export {
  type Examples,
  imageExamples,
  type NumberExamples,
  sequenceExamples,
  type TextExamples,
  textExamples,
} from './classify/examples.ts';
export type { StepContribution, WordContribution } from './classify/explain.ts';
export {
  type Classification,
  type ClassifyEvaluation,
  type ClassifyModel,
  type ClassifyReading,
  type Explanation,
  loadClassify,
} from './classify/model.ts';
export { type ClassifyOptions, type ClassifySettings, classifySettings } from './classify/options.ts';
export { classifyReportInput } from './classify/report.ts';
export type { ClassifyFigures, ClassifyScores } from './classify/scores.ts';
export { type ClassifyHooks, type TrainedClassify, trainClassify } from './classify/train.ts';
export { type WideOptions, wideExamples } from './classify/wide.ts';
export type { Likely } from './compose/kind.ts';
export type { ComposeBeginning, ComposeStep } from './compose/listener.ts';
export { type ComposeModel, loadCompose } from './compose/model.ts';
export { type ComposeKind, type ComposeOptions, type ComposeSettings, composeSettings } from './compose/options.ts';
export { composeReportInput, pianoRollOf } from './compose/report.ts';
export type { ComposeRequest } from './compose/request.ts';
export type { ComposeScores } from './compose/scores.ts';
export type { ComposeStream, HeardPiece, HeardStep } from './compose/stream.ts';
export { type TrainedCompose, trainCompose } from './compose/train.ts';
export type { Accompaniment, AccompanyOptions } from './compose/voices/accompany.ts';
export {
  type Calibration,
  type ConformalOptions,
  calibrated,
  calibrateIntervals,
  calibratePoints,
  type IntervalForecast,
  pointIntervals,
} from './conformal.ts';
export { type BacktestFold, type BacktestOptions, type BacktestResult, backtest } from './forecast/backtest.ts';
export { type Forecast, type ForecastModel, loadForecast } from './forecast/model.ts';
export { type ForecastOptions, type ForecastSettings, forecastSettings } from './forecast/options.ts';
export { forecastReportInput } from './forecast/report.ts';
export type { ErrorFigures, ForecastScores, Scored } from './forecast/scores.ts';
export type { ForecastStream, StreamRow } from './forecast/stream.ts';
export { type ForecastHooks, type TrainedForecast, trainForecast } from './forecast/train.ts';
export { type GenerateModel, loadGenerate, type SurprisingPiece } from './generate/model.ts';
export { type GenerateOptions, type GenerateSettings, generateSettings } from './generate/options.ts';
export { generateReportInput, surpriseReportInput } from './generate/report.ts';
export type { TextScores } from './generate/scores.ts';
export type { GenerateStream, StreamReading } from './generate/stream.ts';
export { type TrainedGenerate, trainGenerate } from './generate/train.ts';
export {
  createRhymes,
  type Pronunciations,
  type Rhymes,
  type RhymingShare,
  rhymingShare,
  schemePairs,
} from './generate/verse/rhyme.ts';
export { type Verse, type VerseOptions, writeVerse } from './generate/verse/write.ts';
export type { BeamWriteOptions, NextToken, WriteOptions } from './generate/write.ts';
export { evaluateTag } from './tag/evaluate.ts';
export { loadTag, type Tagged, type TagModel } from './tag/model.ts';
export { type TagOptions, type TagSettings, tagSettings } from './tag/options.ts';
export { aheadWords, TAG_MEASURES, tagBaselineName, tagReportInput } from './tag/report.ts';
export type { ReliabilityBin, TagFigures, TagScored, TagScores } from './tag/scores.ts';
export { streamColumns, type TagAnswer, type TagRow, type TagStream } from './tag/stream.ts';
export {
  knownTagTable,
  type TagSeries,
  type TagTable,
  type TagTableOptions,
  toTagTable,
} from './tag/table/tag-table.ts';
export type { TagTarget } from './tag/table/target.ts';
export { type TagHooks, type TrainedTag, trainTag } from './tag/train.ts';
export type { ClassWeights, EpochLog, StageName, TaskProgress, TrainHooks } from './training/index.ts';
