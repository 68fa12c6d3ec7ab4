export { ADDING_GUESS, type AddingOptions, addingProblem } from './adding.ts';
export { type CopyOptions, type CopyProblem, copyMemoryless, copyProblem } from './copy.ts';
export { embeddedReber, REBER_SYMBOLS, type ReberStrings } from './reber.ts';
export type { NumberProblem, SymbolProblem } from './sequences.ts';
export {
  TEMPORAL_ORDER_SYMBOLS,
  type TemporalOrder,
  type TemporalOrderOptions,
  temporalOrder,
} from './temporal-order.ts';
