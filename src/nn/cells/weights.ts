import { linear, type RecurrentWeights, type Tensor } from '../../autograd/index.ts';
import { expectSize } from '../check.ts';
import { uniform } from '../init.ts';
import { Parameter } from '../parameter.ts';
import { type GatedKind, gateCount } from './gates.ts';

/** Sizes every recurrent cell needs. */
export interface CellSize {
  /** Input features D, at least 1. */
  input: number;
  /** Hidden units H, at least 1. */
  hidden: number;
}

/** The four parameters of a gated cell, U(−1/√H, 1/√H) as in PyTorch's `nn.RNNBase`. */
export interface CellParameters {
  weight_ih: Parameter;
  weight_hh: Parameter;
  bias_ih: Parameter;
  bias_hh: Parameter;
}

export function cellParameters(kind: GatedKind, { input, hidden }: CellSize): CellParameters {
  expectSize(kind, 'input', input);
  expectSize(kind, 'hidden', hidden);
  const start = uniform(1 / Math.sqrt(hidden));
  const G = gateCount(kind) * hidden;
  return {
    weight_ih: new Parameter([G, input], start),
    weight_hh: new Parameter([G, hidden], start),
    bias_ih: new Parameter([G], start, { decays: false }),
    bias_hh: new Parameter([G], start, { decays: false }),
  };
}

export function bound({ weight_ih, weight_hh, bias_ih, bias_hh }: CellParameters): RecurrentWeights {
  return { wIh: weight_ih.tensor, wHh: weight_hh.tensor, bIh: bias_ih.tensor, bHh: bias_hh.tensor };
}

/** `W_ih x + b_ih` and `W_hh h + b_hh`, [B, G] each. */
export function affineParts(
  parameters: CellParameters,
  x: Tensor,
  h: Tensor,
): { fromInput: Tensor; fromHidden: Tensor } {
  const { wIh, wHh, bIh, bHh } = bound(parameters);
  return { fromInput: linear(x, wIh, bIh), fromHidden: linear(h, wHh, bHh) };
}
