import {
  add,
  linear as applyLinear,
  expectShape,
  multiply,
  reshape,
  softmax,
  sum,
  type Tensor,
  tanh,
  toBatchFirst,
  toTimeMajor,
} from '../../autograd/index.ts';
import { expectOptions, expectWhole } from '../../options.ts';
import { expectForward } from '../check.ts';
import { uniform, zeros } from '../init.ts';
import type { Layer, Pass } from '../layer.ts';
import { Parameter } from '../parameter.ts';

/** Sizes of an {@link attentionPool}. */
export interface AttentionPoolOptions {
  /** Input features D, at least 1. */
  input: number;
  /** Units A of the comparison, at least 1; default `input`. */
  hidden?: number;
}

/** An {@link attentionPool}, whose weights can be looked at. */
export interface AttentionPoolLayer extends Layer {
  /** Share of each step in the result, [B, T]: 0 past a row's length, else above 0 and 1 in all. */
  weights(x: Tensor, pass: Pick<Pass, 'lengths'>): Tensor;
}

/** Far below any score, and far from overflow. */
const OUT = -1e30;

/**
 * All steps of a row as one vector, [B, T, D] to [B, D]: their mean weighted by `softmax(vᵀ tanh(W x + b))` over the row's steps, the
 * word attention of Yang et al. 2016. A row of length 0 gives zeros. W and v start U(−1/√n, 1/√n), n their inputs, b at zero.
 */
export function attentionPool(options: AttentionPoolOptions): AttentionPoolLayer {
  expectOptions('attentionPool', options, { input: 'number', hidden: 'number' });
  const { input, hidden = input } = options;
  expectWhole('attentionPool', 'input', input);
  expectWhole('attentionPool', 'hidden', hidden);
  const parameters = {
    weight: new Parameter([hidden, input], uniform(1 / Math.sqrt(input))),
    bias: new Parameter([hidden], zeros, { decays: false }),
    weight_score: new Parameter([1, hidden], uniform(1 / Math.sqrt(hidden))),
  };
  const within = (x: Tensor, { lengths }: Pick<Pass, 'lengths'>): Tensor =>
    lengths ? toBatchFirst(toTimeMajor(x, lengths), lengths) : x;
  const shares = (x: Tensor, { lengths }: Pick<Pass, 'lengths'>): Tensor => {
    const [B, T] = x.shape;
    const compared = tanh(applyLinear(x, parameters.weight.tensor, parameters.bias.tensor));
    const scores = reshape(applyLinear(compared, parameters.weight_score.tensor), [B, T]);
    if (!lengths) return softmax(scores);
    const inside = Float64Array.from({ length: B * T }, (_, i) => (i % T < lengths[Math.floor(i / T)] ? 1 : 0));
    const penalty = x.tape.constant(
      inside.map((one) => (one ? 0 : OUT)),
      [B, T],
    );
    // A row of length 0 has nothing but penalties: only the product makes its weights zero.
    return multiply(softmax(add(scores, penalty)), x.tape.constant(inside, [B, T]));
  };
  return {
    config: { kind: 'attentionPool', input, hidden },
    parameters,
    // What lies past a row's end may be anything, NaN too.
    weights: (x, pass) => shares(within(x, pass), pass),
    forward(x, pass) {
      expectForward('attentionPool', x, pass);
      expectShape('attentionPool', 'x', x.shape, ['B', 'T', input], 'it takes a whole sequence');
      const [B, T] = x.shape;
      const clean = within(x, pass);
      return sum(multiply(clean, reshape(shares(clean, pass), [B, T, 1])), 1);
    },
  };
}
