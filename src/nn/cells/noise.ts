import { add, affine, dropout, multiply, type Tape, type Tensor } from '../../autograd/index.ts';
import type { DropoutKey } from '../../engine/engine.ts';
import { expectShare } from '../../options.ts';
import type { Pass } from '../layer.ts';
import type { Parameter } from '../parameter.ts';
import { type Cell, keyAt, type Noise } from './cell.ts';

/** Regularisers on the recurrent side of every cell; all are off by default and act in training only, except zoneout. */
export interface Regularisers {
  /**
   * Probability that a unit keeps its state for a step, 0 ≤ p < 1, drawn anew each step; outside training the expected value
   * `p h' + (1−p) h` is taken. Krueger et al. 2017, who use 0.05 for h.
   */
  zoneout?: number;
  /**
   * Probabilities of dropping an input feature, and a unit of the state as the gates read it, 0 ≤ p < 1: one mask per sequence,
   * the same in every step and for every gate. Gal & Ghahramani 2016; use 0.1 to 0.5.
   */
  variational?: { input?: number; recurrent?: number };
  /**
   * Probability of dropping a recurrent weight (of `weight_hh`), 0 ≤ p < 1, drawn once per sequence and the same for all rows: DropConnect.
   * Costs next to nothing, since the sequence stays fused. Merity, Keskar & Socher 2018 use 0.5.
   */
  weightDrop?: number;
}

/** Of cells with a candidate. */
export interface CandidateDropout {
  /**
   * Probability of dropping a unit's candidate (g of the LSTM, n of the GRU), 0 ≤ p < 1, drawn anew each step: news are lost, the memory
   * never. Semeniuta, Severyn & Barth 2016; use 0.25 to 0.5.
   */
  recurrentDropout?: number;
}

/** One thing to draw: a mask of `width` for the whole sequence, a weight with some left out, or a key for masks by step (neither). */
export interface Draw {
  name: string;
  p: number;
  width?: number;
  weight?(): Parameter;
}

/** `begin` of a cell that draws what `draws` lists with p > 0, in that order; undefined when nothing is left. */
export function beginOf(draws: readonly Draw[]): Cell['begin'] {
  const wanted = draws.filter(({ p }) => p > 0);
  if (wanted.length === 0) return undefined;
  return (tape: Tape, B: number, pass: Pass): Noise => {
    const masks: Record<string, Tensor> = {};
    const weights: Record<string, Tensor> = {};
    const keys: Record<string, DropoutKey> = {};
    for (const { name, p, width, weight } of wanted) {
      const key = pass.dropoutKey();
      if (weight) weights[name] = dropout(weight().tensor, p, key);
      else if (width === undefined) keys[name] = key;
      else masks[name] = dropout(filled(tape, [B, width], 1), p, key);
    }
    return { masks, weights, keys };
  };
}

/** `x` under a mask of the sequence, or as it is. */
export function masked(x: Tensor, noise: Noise | undefined, name: string): Tensor {
  const mask = noise?.masks[name];
  return mask ? multiply(x, mask) : x;
}

/** Candidate state `x` with a mask drawn for step t, kept units scaled by 1/(1−p), or as it is. */
export function droppedAt(x: Tensor, p: number, noise: Noise | undefined, t: number): Tensor {
  const key = noise?.keys.candidate;
  return key ? dropout(x, p, keyAt(key, t)) : x;
}

/** Zoneout: units of `before` that stay, the rest from `next`; without noise the expected value. */
export function zoned(
  next: Tensor,
  before: Tensor,
  p: number,
  noise: Noise | undefined,
  name: string,
  t: number,
): Tensor {
  if (p === 0) return next;
  const key = noise?.keys[name];
  if (!key) return add(affine(before, p), affine(next, 1 - p));
  // Dropping scales by 1/(1−p): the mask is exactly 0 or 1.
  const renewed = dropout(filled(next.tape, next.shape, 1 - p), p, keyAt(key, t));
  return add(multiply(affine(renewed, -1, 1), before), multiply(renewed, next));
}

function filled(tape: Tape, shape: readonly number[], value: number): Tensor {
  const tensor = tape.zeros(shape);
  tape.engine.fill(tensor.address, tensor.size, value);
  return tensor;
}

/** Checks a probability, 0 when it is absent. */
export function rateOf(who: string, what: string, p: number | undefined): number {
  if (p !== undefined) expectShare(who, what, p);
  return p ?? 0;
}
