export { formatClock } from '../civil.ts';
export { type BucketOptions, bucketBatches, paddingShare } from './batches.ts';
export type { RandomAccess, Source } from './bytes.ts';
export { type CalendarFeatures, calendarFeatures, calendarNames } from './calendar.ts';
export { type IdxArray, readIdx } from './idx.ts';
export {
  type Key,
  lengthOf,
  type MelodyEvent,
  type Metre,
  type MetreChange,
  type MusicPiece,
  type Note,
  noteName,
  parseKey,
  parseMetre,
  parsePitch,
  type ReadMusicOptions,
  type Roll,
  readAbc,
  readMidi,
  readMusic,
  rollOf,
  type Score,
  scoreOfRoll,
  TICKS,
  type Voices,
  writeMidi,
} from './music/index.ts';
export {
  ADDING_GUESS,
  type AddingOptions,
  addingProblem,
  type CopyOptions,
  type CopyProblem,
  copyMemoryless,
  copyProblem,
  embeddedReber,
  type NumberProblem,
  REBER_SYMBOLS,
  type ReberStrings,
  type SymbolProblem,
  TEMPORAL_ORDER_SYMBOLS,
  type TemporalOrder,
  type TemporalOrderOptions,
  temporalOrder,
} from './problems/index.ts';
export { type ReadOptions, readTable } from './read-table.ts';
export { type DataReport, describe, type Finding } from './report.ts';
export {
  fitScaler,
  type Scaler,
  type ScalerKind,
  type ScalerOptions,
  scaleFor,
  scaleValues,
  unscaleValues,
} from './scaler.ts';
export { type Role, type Series, type SeriesOptions, type SeriesResult, type TargetRules, toSeries } from './series.ts';
export { type Part, parsePart, type Span, type Split, type SplitOptions, splitSeries } from './split.ts';
export type { TimeFormat } from './stamps.ts';
export { formatStep, nextTimes, parseStep, type Step, stepAfter, stepsBetween } from './step.ts';
export {
  type Column,
  columnOf,
  type NumberColumn,
  rowNumber,
  type Table,
  type TextColumn,
  type TimeColumn,
} from './table.ts';
export { readLike, type TableFormat, tableFormatOf } from './table-format.ts';
export { readTagged, type TaggedSentence, type TaggedText, type TaggedTextOptions } from './tagged-text.ts';
export {
  type BpeDocument,
  type BpeOptions,
  characterCodec,
  createTextCodec,
  decodeText,
  readWordVectors,
  subwordCodec,
  TEXT_UNITS,
  type TextCodec,
  type TextDecoding,
  type TextUnit,
  textCodecFromDocument,
  trainBpe,
  type Word,
  type WordOptions,
  type WordRules,
  type WordTokenizer,
  type WordVectorOptions,
  type WordVectors,
  wordCodec,
  wordTokenizer,
} from './text/index.ts';
export { parseStamp } from './time.ts';
export {
  countTokens,
  createVocabulary,
  type SpecialToken,
  type Vocabulary,
  type VocabularyDocument,
  type VocabularyOptions,
  vocabularyFromCounts,
  vocabularyFromDocument,
} from './vocabulary.ts';
export {
  type GatherOptions,
  gather,
  gatherObserved,
  type WindowOptions,
  type Windows,
  windowCount,
  windows,
} from './windows.ts';
export { UTC, type Zone, zoneOf } from './zone.ts';
