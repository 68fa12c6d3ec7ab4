import {
  add,
  affine,
  type Lengths,
  layerNorm,
  linear,
  lstmLast,
  lstmSequence,
  maximum,
  minimum,
  multiply,
  type SequenceOptions,
  sigmoid,
  type Tensor,
  tanh,
} from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { expectOptions, expectPositive, expectWhole, type OptionNames } from '../../options.ts';
import { constant, type Initialiser, uniform, zeros } from '../init.ts';
import { Parameter } from '../parameter.ts';
import type { Cell, Noise, State } from './cell.ts';
import { dilate } from './delay.ts';
import { gateIndex, gateOf, PEEPHOLE_ORDER, peepholeOf } from './gates.ts';
import { type CandidateDropout, droppedAt, masked, rateOf, zoned } from './noise.ts';
import { recurrenceOf } from './recurrence.ts';
import {
  affineParts,
  bound,
  CELL_OPTIONS,
  type CellOptions,
  type CellParameters,
  COMMON_OPTIONS,
  cellParameters,
  givenOptions,
  skipFrom,
  startBound,
} from './weights.ts';

/** Options of an LSTM beside those of every cell. */
export interface LstmOptions extends Omit<CellOptions, 'zoneout'>, CandidateDropout {
  /**
   * Gates also read the cell, unit by unit: i and f the one before the step, o the new one, through `weight_peephole` [3H] (i f o; with
   * `coupled` [2H], f o). For precise timing. Gers & Schmidhuber 2000. Default false.
   */
  peephole?: boolean;
  /**
   * One gate for both: i = 1 − f, so rows are f g o and G = 3H: a quarter fewer weights. Greff et al. 2017 (CIFG). Default false.
   */
  coupled?: boolean;
  /**
   * Layer normalisation of Ba, Kiros & Hinton 2016: `W_ih x` and `W_hh h'` (with the skip's part) are each normed over all G rows, and
   * the cell over H before its tanh; gains `gain_ih`, `gain_hh` [G], `gain_c` [H] start at 1; the shifts are `bias_ih`, `bias_hh` [G] and
   * `bias_c` [H], from 0 unless `init.bias` says otherwise. Default false.
   */
  layerNorm?: boolean;
  /**
   * Width P ≥ 1 of the output: `h = W_hr (o⊙tanh(c))`, `weight_hr` [P, H]; P < H saves recurrent weights. Sak et al. 2014; PyTorch's
   * `proj_size`. Default: no projection.
   */
  projection?: number;
  /** The cell is kept within [−cellClip, cellClip], > 0; no gradient flows where it was clipped. Sak et al. 2014 use 50. */
  cellClip?: number;
  /**
   * Added to the first values of the f rows of `bias_ih`; 1 starts with a memory that lasts (Jozefowicz et al. 2015; Keras). Default 0 as
   * in PyTorch. Not together with `init: { bias: { chrono } }`, which sets the same rows.
   */
  forgetBias?: number;
  /** As for every cell; an object gives the cell state a probability of its own (Krueger et al. 2017: 0.5 for c, 0.05 for h). */
  zoneout?: number | { h?: number; c?: number };
}

export const LSTM_OPTIONS: OptionNames<LstmOptions> = {
  ...CELL_OPTIONS,
  zoneout: true,
  recurrentDropout: 'number',
  peephole: 'boolean',
  coupled: 'boolean',
  layerNorm: 'boolean',
  projection: 'number',
  cellClip: 'number',
  forgetBias: 'number',
};

const OWN_OPTIONS = ['peephole', 'coupled', 'layerNorm', 'projection', 'cellClip', 'forgetBias'] as const;

/** Chrono: an open f keeps the past, an open i admits news. */
const MEMORY = { lstm: { i: -1, f: 1 }, lstmCoupled: { f: 1 } } as const;

/**
 * Long short-term memory with forget gate: `i,f,o = σ(…)`, `g = tanh(…)`, `c = f⊙c' + i⊙g`, `h = o⊙tanh(c)`.
 * Hochreiter & Schmidhuber 1997, Gers et al. 2000; names, gate order and start as PyTorch's `nn.LSTMCell`. All options combine: the cell is
 * clipped, then read by the peephole of o, normed, squashed, projected; zoneout comes last.
 */
export function lstmCell(options: LstmOptions): Cell {
  expectOptions('lstm', options, LSTM_OPTIONS);
  const { input, hidden, dilation = 1, peephole, coupled, layerNorm: normed, projection, cellClip } = options;
  checkOptions(options);
  const kind = coupled ? 'lstmCoupled' : 'lstm';
  const zoneout = typeof options.zoneout === 'object' ? options.zoneout : { h: options.zoneout, c: options.zoneout };
  expectOptions('lstm: zoneout', zoneout, { h: 'number', c: 'number' });
  const zoneHidden = rateOf('lstm', 'zoneout of h', zoneout.h);
  const zoneCell = rateOf('lstm', 'zoneout of c', zoneout.c);
  const candidate = rateOf('lstm', 'recurrentDropout', options.recurrentDropout);
  const output = projection ?? hidden;
  const { skip, plain, steady, begin, ...recurrence } = recurrenceOf(
    'lstm',
    { ...options, zoneout: zoneHidden },
    {
      states: ['h', 'c'],
      output,
      recurrent: () => parameters.weight_hh,
      maskable: true,
      draws: [
        { name: 'zoneoutCell', p: zoneCell },
        { name: 'candidate', p: candidate },
      ],
    },
  );
  const init = normed ? { bias: 'zeros' as const, ...options.init } : options.init;
  const parameters = withForgetBias(
    cellParameters(kind, { input, hidden, init }, { output, skip: skip > 0, memory: MEMORY[kind] }),
    options,
  );
  const start = uniform(startBound(hidden));
  const weightPeephole = peephole && new Parameter([PEEPHOLE_ORDER[kind].recurve.length * hidden], start);
  const weightHr = projection !== undefined && new Parameter([projection, hidden], start);
  const norm = normed && {
    gain_ih: gain(parameters.bias_ih.shape),
    gain_hh: gain(parameters.bias_hh.shape),
    gain_c: gain([hidden]),
    bias_c: new Parameter([hidden], zeros, { decays: false }),
  };
  const cell: Cell = {
    kind: 'lstm',
    input,
    hidden,
    options: givenOptions(options, [...OWN_OPTIONS, 'recurrentDropout', ...COMMON_OPTIONS]),
    parameters: {
      ...parameters,
      ...(weightPeephole && { weight_peephole: weightPeephole }),
      ...norm,
      ...(weightHr && { weight_hr: weightHr }),
    },
    uniform: true,
    stateNames: recurrence.stateNames,
    stateSizes: recurrence.stateSizes,
    ...(begin && { begin }),
    step(x, state, noise, t = 0) {
      const read = recurrence.reads(x, state, noise);
      const gates = preactivations(read, noise);
      const gate = (name: string, cell: Tensor): Tensor => sigmoid(peeped(gateOf(kind, name, gates), name, cell));
      const f = gate('f', state.c);
      const i = coupled ? affine(f, -1, 1) : gate('i', state.c);
      const g = droppedAt(tanh(gateOf(kind, 'g', gates)), candidate, noise, t);
      const c = clipped(add(multiply(f, state.c), multiply(i, g)));
      const o = gate('o', c);
      const open = multiply(o, tanh(norm ? layerNorm(c, norm.gain_c.tensor, norm.bias_c.tensor) : c));
      const h = weightHr ? linear(open, weightHr.tensor) : open;
      return recurrence.after({ h, c: zoned(c, state.c, zoneCell, noise, 'zoneoutCell', t) }, state, noise, t);
    },
    ...(steady &&
      !peephole &&
      !coupled &&
      !normed &&
      projection === undefined &&
      cellClip === undefined && {
        sequence(x, state, lengths, noise, options) {
          const all = { ...options, skip: skipFrom(parameters, state), mask: noise?.masks.h };
          const { outputs, last, lastCell, past } = lstmSequence(
            masked(x, noise, 'x'),
            state.h,
            state.c,
            bound(parameters, noise),
            lengths,
            all,
          );
          return { outputs, last: { h: last, c: lastCell, ...(past && { past }) } };
        },
        ...(plain && {
          last(
            x: Tensor,
            state: State,
            lengths: Lengths,
            noise: Noise | undefined,
            options: SequenceOptions | undefined,
          ) {
            const all = { ...options, mask: noise?.masks.h };
            const read = masked(x, noise, 'x');
            const { last, lastCell } = lstmLast(read, state.h, state.c, bound(parameters, noise), lengths, all);
            return { h: last, c: lastCell };
          },
        }),
      }),
  };
  return dilate(cell, dilation);

  /** All gates before their activation, [B, G]. */
  function preactivations(
    { x, h, delayed }: { x: Tensor; h: Tensor; delayed?: Tensor },
    noise: Noise | undefined,
  ): Tensor {
    if (!norm) {
      const { fromInput, fromHidden } = affineParts(parameters, x, h, delayed, noise);
      return add(fromInput, fromHidden);
    }
    const { wIh, wHh, bIh, bHh } = bound(parameters, noise);
    const product = linear(h, wHh);
    const recurrent =
      delayed && parameters.weight_sk ? add(product, linear(delayed, parameters.weight_sk.tensor)) : product;
    return add(layerNorm(linear(x, wIh), norm.gain_ih.tensor, bIh), layerNorm(recurrent, norm.gain_hh.tensor, bHh));
  }

  function peeped(gate: Tensor, name: string, c: Tensor): Tensor {
    return weightPeephole ? add(gate, multiply(c, peepholeOf(kind, name, weightPeephole.tensor))) : gate;
  }

  function clipped(c: Tensor): Tensor {
    if (cellClip === undefined) return c;
    const bounds = (value: number): Tensor => c.tape.constant([value], [1]);
    return maximum(minimum(c, bounds(cellClip)), bounds(-cellClip));
  }
}

function gain(shape: readonly number[]): Parameter {
  return new Parameter(shape, constant(1), { decays: false });
}

function checkOptions({ projection, cellClip, forgetBias, init }: LstmOptions): void {
  if (projection !== undefined) expectWhole('lstm', 'projection', projection);
  if (cellClip !== undefined) expectPositive('lstm', 'cellClip', cellClip, 'leave it out to clip nothing');
  if (forgetBias !== undefined && !Number.isFinite(forgetBias)) {
    throw new RecurveError('usage', `lstm: expected forgetBias to be a number, got ${forgetBias}; 1 is usual`);
  }
  if (forgetBias !== undefined && typeof init?.bias === 'object') {
    throw new RecurveError(
      'usage',
      'lstm: expected forgetBias or a chrono start, got both; chrono sets the same biases, so leave forgetBias out',
    );
  }
}

/** The same parameters, `forgetBias` on top of the first values of f. */
function withForgetBias(parameters: CellParameters, { hidden, coupled, forgetBias = 0 }: LstmOptions): CellParameters {
  if (forgetBias === 0) return parameters;
  const { shape, initialise } = parameters.bias_ih;
  const from = gateIndex(coupled ? 'lstmCoupled' : 'lstm', 'f') * hidden;
  const raised: Initialiser = (values, _shape, random) => {
    initialise(values, shape, random);
    for (let j = from; j < from + hidden; j++) values[j] += forgetBias;
  };
  return { ...parameters, bias_ih: new Parameter(shape, raised, { decays: false }) };
}
