import { add, linear, type RecurrentWeights, type SkipConnection, type Tensor } from '../../autograd/index.ts';
import { expectOptions, expectWhole, type OptionNames } from '../../options.ts';
import { Parameter } from '../parameter.ts';
import type { Noise, State } from './cell.ts';
import type { Delays } from './delay.ts';
import { type GatedKind, gateCount, gateIndex } from './gates.ts';
import type { Regularisers } from './noise.ts';
import { biasStart, type CellStart, matrixStart } from './start.ts';

/** Sizes every recurrent cell needs. */
export interface CellSize {
  /** Input features D, at least 1. */
  input: number;
  /** Hidden units H, at least 1. */
  hidden: number;
}

/** Options of every cell of the library. */
export interface CellOptions extends CellSize, Delays, Regularisers {
  /** First values; by default PyTorch's. */
  init?: CellStart;
}

export const CELL_OPTIONS: OptionNames<CellOptions> = {
  input: 'number',
  hidden: 'number',
  skip: 'number',
  dilation: 'number',
  zoneout: 'number',
  variational: true,
  weightDrop: 'number',
  init: true,
};

/** The parameters of a gated cell, by default U(−1/√H, 1/√H) as in PyTorch's `nn.RNNBase`. */
export interface CellParameters {
  /** [G, D] */
  weight_ih: Parameter;
  /** [G, width of h] */
  weight_hh: Parameter;
  /** [G] */
  bias_ih: Parameter;
  /** [G] */
  bias_hh: Parameter;
  /** [G, width of h], with a skip connection. */
  weight_sk?: Parameter;
}

/** What differs between kinds of cells. */
interface CellForm {
  /** Width of h; default H. */
  output?: number;
  /** Whether there is a skip connection. */
  skip?: boolean;
  /** For chrono: +1 for the gate that keeps the past when open, −1 for one that admits news. */
  memory?: Readonly<Record<string, 1 | -1>>;
}

/** 1/√H: PyTorch's bound of first values of a recurrent layer. */
export function startBound(hidden: number): number {
  return 1 / Math.sqrt(hidden);
}

export function cellParameters(
  kind: GatedKind,
  { input, hidden, init = {} }: CellSize & { init?: CellStart | undefined },
  { output = hidden, skip = false, memory }: CellForm = {},
): CellParameters {
  expectWhole(kind, 'input', input);
  expectWhole(kind, 'hidden', hidden);
  expectOptions(`${kind}: init`, init, { input: true, recurrent: true, bias: true });
  const bound = startBound(hidden);
  const gates = gateCount(kind);
  const G = gates * hidden;
  const recurrent = matrixStart(init.recurrent, gates, bound);
  const bias = biasStart(init.bias, memory && signsOf(kind, memory), bound);
  return {
    weight_ih: new Parameter([G, input], matrixStart(init.input, gates, bound)),
    weight_hh: new Parameter([G, output], recurrent),
    bias_ih: new Parameter([G], bias.ih, { decays: false }),
    bias_hh: new Parameter([G], bias.hh, { decays: false }),
    ...(skip && { weight_sk: new Parameter([G, output], recurrent) }),
  };
}

/** One number per gate in stored order. */
function signsOf(kind: GatedKind, memory: Readonly<Record<string, 1 | -1>>): number[] {
  const signs = Array<number>(gateCount(kind)).fill(0);
  for (const [gate, sign] of Object.entries(memory)) signs[gateIndex(kind, gate)] = sign;
  return signs;
}

/** The weights of a pass: recurrent ones of which some are dropped, where `noise` has them. */
export function bound({ weight_ih, weight_hh, bias_ih, bias_hh }: CellParameters, noise?: Noise): RecurrentWeights {
  const wHh = noise?.weights?.weight_hh ?? weight_hh.tensor;
  return { wIh: weight_ih.tensor, wHh, bIh: bias_ih.tensor, bHh: bias_hh.tensor };
}

/** The skip of a fused sequence, where the cell has one. */
export function skipFrom({ weight_sk }: CellParameters, { past }: State): SkipConnection | undefined {
  return weight_sk && { weight: weight_sk.tensor, past };
}

/** `W_ih x + b_ih` and `W_hh h + b_hh`, [B, G] each; `delayed` adds `W_sk h_{t−d}` to the second. */
export function affineParts(
  parameters: CellParameters,
  x: Tensor,
  h: Tensor,
  delayed: Tensor | undefined,
  noise: Noise | undefined,
): { fromInput: Tensor; fromHidden: Tensor } {
  const { wIh, wHh, bIh, bHh } = bound(parameters, noise);
  const fromInput = linear(x, wIh, bIh);
  const fromHidden = linear(h, wHh, bHh);
  if (!delayed || !parameters.weight_sk) return { fromInput, fromHidden };
  return { fromInput, fromHidden: add(fromHidden, linear(delayed, parameters.weight_sk.tensor)) };
}

/** The options that were given, for the model file. */
export function givenOptions<O extends object>(options: O, names: readonly (keyof O)[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]] as const),
  );
}

/** Options every cell writes down. */
export const COMMON_OPTIONS = ['skip', 'zoneout', 'variational', 'weightDrop', 'init'] as const;
