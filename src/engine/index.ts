export { Arena } from './arena.ts';
export type { TierChoice, TierWish } from './choose.ts';
export { chooseTier } from './choose.ts';
export type { EngineOptions } from './create.ts';
export { createEngine } from './create.ts';
export type {
  AdamStep,
  Address,
  BinaryOp,
  DropoutKey,
  Engine,
  GemmOptions,
  GruBackward,
  GruForward,
  LstmBackward,
  LstmForward,
  RmspropStep,
  RnnBackward,
  RnnForward,
  SgdStep,
  Threads,
  UnaryOp,
} from './engine.ts';
export { BINARY_OPS, NONE, UNARY_OPS } from './engine.ts';
export { measuringEngine } from './measuring.ts';
export { proveTier } from './proof/prove.ts';
export type { Verdict } from './proof/verdicts.ts';
export { ReferenceEngine } from './reference.ts';
export type { Numerics, Tier } from './tiers.ts';
export { findTier, numericsOf, TIERS } from './tiers.ts';
