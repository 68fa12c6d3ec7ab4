import { linear as applyLinear } from '../../autograd/index.ts';
import { expectOptions, expectWhole, type OptionNames } from '../../options.ts';
import { expectTensor } from '../check.ts';
import { type Initialiser, uniform } from '../init.ts';
import type { Layer } from '../layer.ts';
import { Parameter } from '../parameter.ts';

/** Sizes of a {@link linear} layer. */
export interface LinearOptions {
  /** Input features D, at least 1. */
  input: number;
  /** Output features, at least 1. */
  output: number;
  /** Default true. */
  bias?: boolean;
  /** First values of weight and bias; default U(−1/√D, 1/√D). Not part of `config`: loaded weights replace it. */
  start?: Initialiser;
}

const OPTIONS: OptionNames<LinearOptions> = { input: 'number', output: 'number', bias: 'boolean', start: 'function' };

/** A layer `y = W x + b` whose factors can be asked for: {@link linear} and {@link tied}. */
export interface LinearLayer extends Layer {
  /** W[output, D] */
  readonly weight: Parameter;
  /** b[output] */
  readonly bias: Parameter | undefined;
}

/** `y = W x + b` over the last axis: [..., D] to [..., output]. Start U(−1/√D, 1/√D), as PyTorch's `nn.Linear`. */
export function linear(options: LinearOptions): LinearLayer {
  expectOptions('linear', options, OPTIONS);
  const { input, output, bias = true, start = uniform(1 / Math.sqrt(input)) } = options;
  expectWhole('linear', 'input', input);
  expectWhole('linear', 'output', output);
  const weight = new Parameter([output, input], start);
  const offset = bias ? new Parameter([output], start, { decays: false }) : undefined;
  return {
    config: { kind: 'linear', input, output, bias },
    parameters: offset ? { weight, bias: offset } : { weight },
    ...{ weight, bias: offset },
    forward(x) {
      expectTensor('linear', 'x', x);
      return applyLinear(x, weight.tensor, offset?.tensor);
    },
  };
}
