import {
  concat,
  gather,
  type Indices,
  reshape,
  stack,
  type Tape,
  type Tensor,
  tanh,
  toBatchFirst,
} from '../autograd/index.ts';
import { RecurveError } from '../errors.ts';
import { expectOptions } from '../options.ts';
import { dropoutMask } from '../random.ts';
import type { Attention, AttentionMemory } from './attention.ts';
import { bridge } from './bridge.ts';
import type { State } from './cells/cell.ts';
import { expectTensor } from './check.ts';
import { checkEncoderDecoder } from './encoder-decoder-check.ts';
import type { Layer, Pass } from './layer.ts';
import type { EmbeddingLayer } from './layers/embedding.ts';
import { linear } from './layers/linear.ts';
import type { RecurrentLayer } from './layers/recurrent.ts';
import { noDropout } from './network.ts';

/** The parts of an {@link encoderDecoder}. */
export interface EncoderDecoderOptions {
  /** Turns the source, [B, S] symbols or [B, S, …], into vectors [B, S, D]. Left out, the source already is [B, S, D]. */
  source?: Layer;
  /** Reads the source; any layers and directions. */
  encoder: RecurrentLayer;
  /** Vectors of the target's symbols: its vocabulary K is also that of the logits. */
  target: EmbeddingLayer;
  /** Writes the target, forwards: its input is `target`'s output, with `attend: 'before'` followed by the context. */
  decoder: RecurrentLayer;
  /** Looks at the whole encoded source at each step; without it, only the handed-over state knows of the source. */
  attention?: Attention;
  /**
   * `after` the decoder's step, its output asks (Luong et al. 2015; default, and trained as whole sequences); `before` it, the state
   * asks and the step reads the context (Bahdanau et al. 2015; trained step by step). Needs `attention`.
   */
  attend?: 'after' | 'before';
  /** Symbol the decoder reads first, 0 ≤ start < K. */
  start: number;
}

/** Where a decoder stands: its states, [B, H] each, and what it attends to. Lives as long as the tape's scope. */
export interface DecoderState {
  states: readonly State[];
  memory: AttentionMemory | undefined;
}

/** Options of one call of {@link EncoderDecoder.teach}. */
export interface TeachOptions {
  /**
   * Probability with which a step reads the model's own most probable symbol of the step before instead of the target's, drawn per
   * row and step from a key of the pass; 0 ≤ p ≤ 1, default 0 (teacher forcing). Only in training; decoded step by step.
   * Bengio et al. 2015, who raise it in the course of training.
   */
  sampling?: number;
}

/** An encoder, a decoder and what joins them. As a layer, `forward` gives the encoder's outputs. */
export interface EncoderDecoder extends Layer {
  /** Symbols of the target K. */
  readonly vocabulary: number;
  readonly start: number;
  /** Reads the source, [B, S] or [B, S, D], `pass.lengths` its lengths, and hands the state over. */
  encode(source: Tensor, pass: Pass): DecoderState;
  /**
   * Logits [B, T, K] of every target symbol, given those before it: step t reads `targets[:, t − 1]`, the first one `start`.
   * targets are [B, T] with their end symbol, `pass.lengths` their lengths; past a row's length targets are not read and logits say
   * nothing. Weights [B, T, S] are what each step attended to.
   */
  teach(
    state: DecoderState,
    targets: Indices,
    pass: Pass,
    options?: TeachOptions,
  ): { logits: Tensor; weights: Tensor | undefined };
  /** One step outside training: reads one symbol per row, gives logits [B, K], the next state, and weights [B, S]. */
  decodeStep(
    state: DecoderState,
    symbols: ArrayLike<number>,
  ): { logits: Tensor; state: DecoderState; weights: Tensor | undefined };
}

/**
 * Sequence to sequence: the encoder reads the source, its last state becomes the decoder's first, the decoder writes the target
 * symbol by symbol. Sutskever et al. 2014, Cho et al. 2014; the states' path is described at `bridge`.
 * With attention, output and context become one vector as wide as the output, `tanh(W [h; c])`, before the logits.
 */
export function encoderDecoder(options: EncoderDecoderOptions): EncoderDecoder {
  checkEncoderDecoder(options);
  const { source, encoder, target, decoder, attention, attend = 'after', start } = options;
  const { vocabulary } = target;
  const handing = bridge(encoder, decoder);
  const combine = attention && linear({ input: decoder.width + attention.keys, output: decoder.width });
  const output = linear({ input: decoder.width, output: vocabulary });

  const model: EncoderDecoder = {
    config: {
      kind: 'encoderDecoder',
      ...(source && { source: source.config }),
      encoder: encoder.config,
      target: target.config,
      decoder: decoder.config,
      ...(attention && { attention: attention.config, attend }),
      start,
    },
    parameters: Object.fromEntries(
      Object.entries(attention?.parameters ?? {}).map(([name, parameter]) => [`attention.${name}`, parameter]),
    ),
    children: {
      ...(source && { source }),
      encoder,
      ...handing.layers,
      target,
      decoder,
      ...(combine && { combine }),
      output,
    },
    vocabulary,
    start,
    forward: (x, pass) => read(x, pass).outputs,
    encode(x, pass) {
      const { outputs, states } = read(x, pass);
      return { states: handing.hand(states, pass), memory: attention?.prepare(outputs, pass.lengths) };
    },
    teach(state, targets, pass, options = {}) {
      expectOptions('encoderDecoder: teach', options, { sampling: 'number' });
      const { sampling = 0 } = options;
      const given = teacherSymbols(targets, pass.lengths, start);
      if (!(sampling >= 0 && sampling <= 1) || (sampling > 0 && !pass.training)) {
        throw new RecurveError(
          'usage',
          `encoderDecoder: expected sampling from 0 to 1 in training and 0 otherwise, got ${sampling}; use decodeStep to write freely`,
        );
      }
      if (sampling === 0 && (!attention || attend === 'after')) return write(state, target.look(given), pass);
      return oneByOne(state, given, pass, sampling);
    },
    decodeStep(state, symbols) {
      const B = symbols.length;
      const pass: Pass = { training: false, dropoutKey: noDropout };
      const step = write(state, target.look({ values: symbols, shape: [B, 1] }), pass);
      const flat = (y: Tensor): Tensor => reshape(y, [B, y.shape[2]]);
      return { logits: flat(step.logits), state: step.state, weights: step.weights && flat(step.weights) };
    },
  };
  return model;

  function read(x: Tensor, pass: Pass): { outputs: Tensor; states: State[] } {
    return encoder.run(source ? source.forward(symbolsWithin(x, pass), pass) : x, pass);
  }

  /** Steps x[B, M, D] of the decoder, all at once; M is 1 where the context is read. */
  function write(
    { states, memory }: DecoderState,
    x: Tensor,
    pass: Pass,
  ): { logits: Tensor; state: DecoderState; weights: Tensor | undefined } {
    const look = (queries: Tensor): { context: Tensor; weights: Tensor } | undefined =>
      attention && memory && attention.attend(queries, memory);
    const top = states[states.length - 1].h;
    const before = attend === 'before' ? look(reshape(top, [top.shape[0], 1, decoder.width])) : undefined;
    const { outputs, states: next } = decoder.run(before ? concat([x, before.context]) : x, pass, states);
    const seen = before ?? look(outputs);
    const spoken = combine && seen ? tanh(combine.forward(concat([outputs, seen.context]), pass)) : outputs;
    return { logits: output.forward(spoken, pass), state: { states: next, memory }, weights: seen?.weights };
  }

  /** The same step by step, some of the symbols read being the model's own. */
  function oneByOne(
    first: DecoderState,
    given: Indices,
    pass: Pass,
    sampling: number,
  ): { logits: Tensor; weights: Tensor | undefined } {
    const [B, T] = given.shape;
    if (pass.training && decoder.cells.some(({ begin }) => begin)) {
      throw new RecurveError(
        'usage',
        'encoderDecoder: expected a decoder without noise in its cells where it is trained step by step, got one; use dropout between its layers',
      );
    }
    const taught = teaching(T * B, sampling, pass);
    let state = first;
    let own: ArrayLike<number> = [];
    const [logits, weights]: [Tensor[], Tensor[]] = [[], []];
    for (let t = 0; t < T; t++) {
      const symbols = Array.from({ length: B }, (_, b) =>
        t === 0 || taught[t * B + b] ? given.values[b * T + t] : own[b],
      );
      const { lengths } = pass;
      const running = lengths && { lengths: Array.from({ length: B }, (_, b) => (t < lengths[b] ? 1 : 0)) };
      const step = write(state, target.look({ values: symbols, shape: [B, 1] }), { ...pass, ...running });
      state = step.state;
      logits.push(reshape(step.logits, [B, vocabulary]));
      if (step.weights) weights.push(reshape(step.weights, [B, step.weights.shape[2]]));
      if (sampling > 0) own = mostProbable(step.logits);
    }
    return {
      logits: toBatchFirst(stack(logits)),
      weights: weights.length > 0 ? toBatchFirst(stack(weights)) : undefined,
    };
  }
}

/** The state of chosen rows in a chosen order, repetitions allowed: how a beam goes on. */
export function selectRows(state: DecoderState, rows: ArrayLike<number>): DecoderState {
  const pick = (x: Tensor): Tensor => {
    const [B, ...rest] = x.shape;
    const chosen = gather(reshape(x, [B, x.size / B]), { values: rows, shape: [rows.length] });
    return reshape(chosen, [rows.length, ...rest]);
  };
  const { memory } = state;
  return {
    states: state.states.map(
      (one) => Object.fromEntries(Object.entries(one).map(([name, tensor]) => [name, pick(tensor)])) as State,
    ),
    memory: memory && {
      values: pick(memory.values),
      keys: pick(memory.keys),
      mask: memory.mask && { penalty: pick(memory.mask.penalty), valid: pick(memory.mask.valid) },
    },
  };
}

/** Class of the largest logit of each row of [..., K], the first of equals. */
export function mostProbable(logits: Tensor): number[] {
  expectTensor('mostProbable', 'logits', logits);
  const K = logits.shape.at(-1) ?? 1;
  const values = logits.values();
  return Array.from({ length: logits.size / K }, (_, row) => {
    let best = 0;
    for (let k = 1; k < K; k++) if (values[row * K + k] > values[row * K + best]) best = k;
    return best;
  });
}

/** Symbols of a source with 0 past each row's length, so that any padding will do. */
function symbolsWithin(x: Tensor, { lengths }: Pass): Tensor {
  if (!lengths || x.shape.length !== 2) return x;
  const tape: Tape = x.tape;
  const S = x.shape[1];
  const values = x.values().map((v, i) => (i % S < lengths[Math.floor(i / S)] ? v : 0));
  return tape.constant(values, x.shape);
}

/** What the decoder reads under teacher forcing: the targets one step later, `start` first and past each row's length. */
function teacherSymbols({ values, shape }: Indices, lengths: Pass['lengths'], start: number): Indices {
  if (shape.length !== 2 || values.length !== shape[0] * shape[1]) {
    throw new RecurveError(
      'shape',
      `encoderDecoder: expected targets of shape [B, T], got ${values.length} for [${shape.join(', ')}]; give one row of symbols per row of the source`,
    );
  }
  const T = shape[1];
  return {
    shape,
    values: Array.from(values, (_, i) => {
      const t = i % T;
      return t === 0 || t >= (lengths?.[Math.floor(i / T)] ?? T) ? start : values[i - 1];
    }),
  };
}

/** 1 where a step of a row is taught, time-major: a longer batch draws the same. */
function teaching(n: number, sampling: number, pass: Pass): Uint8Array {
  const taught = new Uint8Array(n).fill(1);
  if (sampling === 0) return taught;
  const { key0, key1, counter } = pass.dropoutKey();
  return sampling === 1 ? taught.fill(0) : dropoutMask([key0, key1], counter, sampling, taught);
}
