import { type BinaryOp, type UnaryOp, VANISHED } from './engine.ts';

/** A gradient that arrives, 0 below {@link VANISHED}. */
export function stillThere(gradient: number): number {
  return Math.abs(gradient) < VANISHED ? 0 : gradient;
}

/** A mean of squares, 0 where f32 would be subnormal. */
export function normalSquare(square: number): number {
  return square < 2 ** -126 ? 0 : square;
}

/** Value and slope of each function of one variable; `slope(x, y)` may use `y = value(x)`. */
export const unaryRules: Record<UnaryOp, { value(x: number): number; slope(x: number, y: number): number }> = {
  exp: { value: Math.exp, slope: (_, y) => y },
  log: { value: Math.log, slope: (x) => 1 / x },
  log1p: { value: Math.log1p, slope: (x) => 1 / (1 + x) },
  tanh: { value: Math.tanh, slope: (_, y) => 1 - y * y },
  sigmoid: { value: sigmoid, slope: (_, y) => y * (1 - y) },
  softplus: { value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), slope: sigmoid },
  relu: { value: (x) => (x < 0 ? 0 : x), slope: (x) => (x > 0 ? 1 : 0) },
  abs: { value: Math.abs, slope: (x) => Math.sign(x) },
  square: { value: (x) => x * x, slope: (x) => 2 * x },
  sqrt: { value: Math.sqrt, slope: (_, y) => 0.5 / y },
};

/** Value and both slopes of each function of two variables. */
export const binaryRules: Record<
  BinaryOp,
  { value(a: number, b: number): number; slopeA(a: number, b: number): number; slopeB(a: number, b: number): number }
> = {
  add: { value: (a, b) => a + b, slopeA: () => 1, slopeB: () => 1 },
  subtract: { value: (a, b) => a - b, slopeA: () => 1, slopeB: () => -1 },
  multiply: { value: (a, b) => a * b, slopeA: (_, b) => b, slopeB: (a) => a },
  divide: { value: (a, b) => a / b, slopeA: (_, b) => 1 / b, slopeB: (a, b) => -a / (b * b) },
  minimum: { value: Math.min, slopeA: (a, b) => (a <= b ? 1 : 0), slopeB: (a, b) => (a <= b ? 0 : 1) },
  maximum: { value: Math.max, slopeA: (a, b) => (a >= b ? 1 : 0), slopeB: (a, b) => (a >= b ? 0 : 1) },
};

export function sigmoid(x: number): number {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}
