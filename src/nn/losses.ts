import {
  abs,
  add,
  affine,
  crossEntropyRows,
  exp,
  expectShape,
  type Indices,
  type Lengths,
  linearCrossEntropyRows,
  minimum,
  multiply,
  relu,
  type Shape,
  sizeOf,
  softplus,
  square,
  subtract,
  sum,
  type Tensor,
} from '../autograd/index.ts';
import { RecurveError } from '../errors.ts';
import { expectList, expectOptions, kindOf, type OptionNames } from '../options.ts';
import { expectTensor } from './check.ts';
import type { LinearLayer } from './layers/linear.ts';

/** What a loss averages over. Every loss is `Σ weight·element / Σ weight`, 0 when all weights are 0. */
export interface LossOptions {
  /**
   * Weight per element of the prediction, or per leading element (one per row, or per row and step), at least 0; default 1.
   * An element of weight 0 is ignored whatever its target holds, NaN included.
   */
  weights?: ArrayLike<number>;
  /** Length of each row of [B, T, ...]: steps past it have weight 0. */
  lengths?: Lengths;
}

const LOSS: OptionNames<LossOptions> = { weights: true, lengths: true };
const HUBER = { ...LOSS, delta: 'number' } as const;
const CROSS_ENTROPY = { ...LOSS, labelSmoothing: 'number' } as const;

/** Mean squared error. */
export function mse(prediction: Tensor, target: ArrayLike<number>, options?: LossOptions): Tensor {
  return average(prediction, target, options, (y, t) => square(subtract(y, t)));
}

/** Mean absolute error. */
export function mae(prediction: Tensor, target: ArrayLike<number>, options?: LossOptions): Tensor {
  return average(prediction, target, options, (y, t) => abs(subtract(y, t)));
}

/** Huber's loss: `e²/2` up to `|e| = delta`, then `delta·(|e| − delta/2)`. Huber 1964. delta > 0, default 1. */
export function huber(
  prediction: Tensor,
  target: ArrayLike<number>,
  options: LossOptions & { delta?: number } = {},
): Tensor {
  expectOptions('huber', options, HUBER);
  const { delta = 1, ...shared } = options;
  if (!(delta > 0))
    throw new RecurveError(
      'usage',
      `huber: expected delta above 0, got ${delta}; it is the error at which the loss turns linear`,
    );
  return average(prediction, target, shared, (y, t) => {
    const e = abs(subtract(y, t));
    const near = minimum(e, y.tape.constant([delta], [1]));
    return add(affine(square(near), 0.5), affine(subtract(e, near), delta));
  });
}

/**
 * Quantile (pinball) loss over the last axis: prediction[..., Q] holds one column per quantile, target[...] is shared.
 * `max(q·e, (q−1)·e)` with e = target − prediction. Koenker & Bassett 1978.
 */
export function quantile(
  prediction: Tensor,
  target: ArrayLike<number>,
  quantiles: readonly number[],
  options: LossOptions = {},
): Tensor {
  expectTensor('quantile', 'prediction', prediction);
  expectList('quantile', 'quantiles', quantiles, 'give e.g. [0.1, 0.5, 0.9]');
  expectOptions('quantile', options, LOSS);
  const Q = quantiles.length;
  if (Q === 0 || quantiles.some((q) => !(q > 0 && q < 1))) {
    throw new RecurveError(
      'usage',
      `quantile: expected quantiles between 0 and 1, got ${quantiles.join(', ')}; give e.g. 0.1, 0.5, 0.9`,
    );
  }
  if (prediction.shape.at(-1) !== Q || target?.length * Q !== prediction.size) {
    throw new RecurveError(
      'shape',
      `quantile: expected prediction of shape [..., ${Q}] and one target per row, got [${prediction.shape.join(', ')}] and ${target?.length ?? 'no'} targets; the last axis holds the quantiles`,
    );
  }
  const repeated = repeat(target, Q);
  const weights =
    options.weights && options.weights.length === target.length ? repeat(options.weights, Q) : options.weights;
  return average(prediction, repeated, { ...options, ...(weights && { weights }) }, (y, t) => {
    const e = subtract(t, y);
    const up = y.tape.constant(quantiles, [Q]);
    const down = y.tape.constant(
      quantiles.map((q) => 1 - q),
      [Q],
    );
    return add(multiply(relu(e), up), multiply(relu(affine(e, -1)), down));
  });
}

/** Negative log likelihood of a Gaussian given mean and log variance, without the constant: `(s + (t−μ)²·e^{−s})/2`. Nix & Weigend 1994. */
export function gaussianNll(
  mean: Tensor,
  logVariance: Tensor,
  target: ArrayLike<number>,
  options?: LossOptions,
): Tensor {
  expectTensor('gaussianNll', 'mean', mean);
  expectTensor('gaussianNll', 'log variance', logVariance);
  expectShape('gaussianNll', 'log variance', logVariance.shape, mean.shape, 'give one per mean');
  return average(mean, target, options, (y, t) =>
    affine(add(logVariance, multiply(square(subtract(y, t)), exp(affine(logVariance, -1)))), 0.5),
  );
}

/** Binary cross-entropy of logits: `softplus(x) − x·t`, targets in [0, 1]. */
export function binaryCrossEntropy(logits: Tensor, target: ArrayLike<number>, options?: LossOptions): Tensor {
  return average(logits, target, options, (x, t) => subtract(softplus(x), multiply(x, t)));
}

/**
 * Cross-entropy of logits[..., K] and class numbers [...]; a target of −1 is ignored.
 * `labelSmoothing` ε, 0 (default) to 1, moves that share of every target evenly to all K classes, so that the network is not
 * driven to certainty; as in PyTorch. Try 0.1. Szegedy et al. 2016.
 */
export function crossEntropy(
  logits: Tensor,
  targets: Indices,
  options: LossOptions & { labelSmoothing?: number } = {},
): Tensor {
  expectTensor('crossEntropy', 'logits', logits);
  expectOptions('crossEntropy', options, CROSS_ENTROPY);
  const { labelSmoothing = 0, ...shared } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RecurveError(
      'usage',
      `crossEntropy: expected labelSmoothing from 0 to 1, got ${labelSmoothing}; it is the share of a target given to all classes, try 0.1`,
    );
  }
  const { heeded, weights } = heededTargets(targets, shared);
  const rows = crossEntropyRows(logits, { ...targets, values: heeded });
  return weightedMean(labelSmoothing > 0 ? add(rows, smoothing(logits, heeded, labelSmoothing)) : rows, weights);
}

/**
 * `crossEntropy(output.forward(x), targets, options)`, to the bit, without the logits of all rows at once: for large vocabularies, at
 * the price of one more product with the weights of `output` (a third more time, an eighth of the memory). x[..., D], targets [...]. Up to 16
 * million logits it is the same work.
 */
export function linearCrossEntropy(
  x: Tensor,
  output: LinearLayer,
  targets: Indices,
  options: LossOptions = {},
): Tensor {
  expectTensor('linearCrossEntropy', 'x', x);
  if (!output?.weight) {
    throw new RecurveError(
      'usage',
      `linearCrossEntropy: expected the output layer, got ${kindOf(output)}; give the one that linear or tied made`,
    );
  }
  const { weight, bias } = output;
  const { heeded, weights } = heededTargets(targets, options);
  const rows = linearCrossEntropyRows(x, weight.tensor, bias?.tensor, { ...targets, values: heeded });
  return weightedMean(rows, weights);
}

/** Targets with −1 where the weight is 0, and weights with 0 where the target is −1. */
function heededTargets(targets: Indices, options: LossOptions): { heeded: Float64Array; weights: Float64Array } {
  if (!targets?.values || !Array.isArray(targets.shape)) {
    throw new RecurveError(
      'usage',
      `crossEntropy: expected targets as { values, shape }, got ${kindOf(targets)}; values are class numbers, and shape is that of the logits without its last axis`,
    );
  }
  expectOptions('loss', options, LOSS);
  const weights = elementWeights(targets.shape, options);
  const heeded = Float64Array.from(targets.values);
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) heeded[i] = -1;
    else if (heeded[i] === -1) weights[i] = 0;
  }
  return { heeded, weights };
}

/** `log Σ eˣ − (1−ε)·x_target − ε·mean x` exceeds the cross-entropy by `ε·(x_target − mean x)`; 0 for ignored rows. */
function smoothing(logits: Tensor, targets: Float64Array, epsilon: number): Tensor {
  const K = logits.shape.at(-1) ?? 1;
  const share = new Float64Array(logits.size);
  targets.forEach((target, row) => {
    if (target === -1) return;
    share.fill(epsilon * (-1 / K), row * K, (row + 1) * K);
    share[row * K + target] = epsilon * (1 - 1 / K);
  });
  return sum(multiply(logits, logits.tape.constant(share, logits.shape)), logits.shape.length - 1);
}

function average(
  prediction: Tensor,
  target: ArrayLike<number>,
  options: LossOptions = {},
  element: (y: Tensor, t: Tensor) => Tensor,
): Tensor {
  expectTensor('loss', 'prediction', prediction);
  expectOptions('loss', options, LOSS);
  if (target?.length !== prediction.size) {
    throw new RecurveError(
      'shape',
      `loss: expected ${prediction.size} targets for a prediction of shape [${prediction.shape.join(', ')}], got ${target?.length ?? 'none'}; give one target per predicted number`,
    );
  }
  const weights = elementWeights(prediction.shape, options);
  const heeded = Float64Array.from(target);
  for (let i = 0; i < heeded.length; i++) {
    if (weights[i] === 0) heeded[i] = 0;
    else if (!Number.isFinite(heeded[i])) {
      throw new RecurveError(
        'numeric',
        `loss: expected finite targets, got ${heeded[i]} at position ${i}; give missing targets weight 0`,
      );
    }
  }
  return weightedMean(element(prediction, prediction.tape.constant(heeded, prediction.shape)), weights);
}

function weightedMean(elements: Tensor, weights: Float64Array): Tensor {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i];
  const share = weights;
  if (total > 0) for (let i = 0; i < share.length; i++) share[i] /= total;
  return sum(multiply(elements, elements.tape.constant(share, elements.shape)));
}

/** One weight per element of `shape`, from weights of any leading shape and from lengths. */
function elementWeights(shape: Shape, { weights, lengths }: LossOptions): Float64Array {
  const size = sizeOf(shape);
  const given = weights ?? [1];
  const leading = shape.map((_, axis) => sizeOf(shape.slice(0, axis + 1)));
  if (![1, ...leading].includes(given.length)) {
    throw new RecurveError(
      'shape',
      `loss: expected weights for the leading axes of [${shape.join(', ')}], got ${given.length}; give one per element, per row or per row and step`,
    );
  }
  for (let i = 0; i < given.length; i++) {
    if (given[i] >= 0 && Number.isFinite(given[i])) continue;
    throw new RecurveError(
      'usage',
      'loss: expected weights of at least 0, got a negative or non-finite one; weights are shares',
    );
  }
  const result = repeat(given, size / given.length);
  if (lengths) {
    const [B, T] = shape;
    if (shape.length < 2 || lengths.length !== B) {
      throw new RecurveError(
        'shape',
        `loss: expected a prediction [B, T, ...] with ${lengths.length} rows for its lengths, got [${shape.join(', ')}]; give one length per row`,
      );
    }
    for (let row = 0; row < B; row++) {
      if (lengths[row] >= 0 && lengths[row] <= T && lengths[row] % 1 === 0) continue;
      throw new RecurveError(
        'usage',
        `loss: expected lengths from 0 to ${T}, got ${lengths[row]} for row ${row}; count the valid steps of each`,
      );
    }
    const width = size / (B * T);
    for (let row = 0; row < B; row++) result.fill(0, (row * T + lengths[row]) * width, (row + 1) * T * width);
  }
  return result;
}

/** Each value so many times in a row. Plain loops: losses are computed in every step, and a call per value takes ten times as long. */
function repeat(values: ArrayLike<number>, count: number): Float64Array {
  const result = new Float64Array(values.length * count);
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    for (const end = at + count; at < end; at++) result[at] = value;
  }
  return result;
}
