export { Arena } from './arena.ts';
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
export { ReferenceEngine } from './reference.ts';
export type { Numerics, Tier, TierChoice, TierWish } from './tiers.ts';
export { chooseTier, hasRelaxedSimd, hasSimd, TIERS } from './tiers.ts';
export type { EngineOptions } from './wasm.ts';
export { createEngine } from './wasm.ts';
