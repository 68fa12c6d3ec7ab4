import type { KeptGate, SequenceNews, Tensor } from '../autograd/index.ts';
import { NONE } from '../engine/engine.ts';
import { RecurveError } from '../errors.ts';
import { expectNetwork } from '../nn/check.ts';
import type { Network } from '../nn/index.ts';
import { expectOptions, kindOf } from '../options.ts';

/** What flowed back through one recurrent sequence in one backward pass. */
export interface GradientTrace {
  /** Name of the layer and of its cell, from its recurrent matrix: `0.l1_reverse` for `0.weight_hh_l1_reverse`. */
  layer: string;
  /** `rnn`, `lstm`, `gru`, … */
  kind: string;
  /** ‖∂L/∂h_t‖ over all rows of the batch, in the order the cell reads the steps: [T]. A reverse cell reads the last step first. */
  norms: Float64Array;
  verdict: GradientVerdict;
  /** Empty for cells without gates, for sequences made step by step, and where gates are recomputed. */
  gates: GateSaturation[];
}

/** How the gradient changes on its way back; see {@link judgeGradient}. */
export interface GradientVerdict {
  kind: 'vanishing' | 'steady' | 'exploding' | 'none';
  /** What the norm is multiplied by per step back: e to the least-squares slope of its logarithm. 1 where fewer than two norms are above 0. */
  perStep: number;
  /** Norm at the first step over the norm at the last step that has one. */
  ratio: number;
}

/** How closely to look. */
export interface TraceOptions {
  /**
   * Numbers looked at per sequence for the saturation of gates, evenly spread over steps and rows, above 0; default 8192, which
   * knows a share to about 1 in 100. `Infinity` looks at all.
   */
  gateValues?: number;
}

/** How much of a gate stands at its ends, over units and over valid steps and rows. */
export interface GateSaturation {
  /** `i`, `f`, `g`, `o` (LSTM), `r`, `z`, `n` (GRU), or the one of a leaky unit. */
  name: string;
  /** Share below 0.05 (candidates: below −0.95): closed. */
  low: number;
  /** Share above 0.95: open. */
  high: number;
}

/** Beyond these ratios of the first to the last norm a gradient counts as vanishing or exploding. */
export const VANISHING = 1e-3;
/** The other end: see {@link VANISHING}. */
export const EXPLODING = 1e3;
/** Distance from an end of the range within which a gate counts as saturated. */
export const SATURATED = 0.05;

/**
 * Traces every backward pass on the network until the function it returns is called; `onTrace` gets one trace per sequence, in forward
 * order. One reduction per step and one look at some of the kept gates: docs/training.md has what it costs. Layers that give only their last state under recomputation keep no
 * states and are left out.
 *
 * @example
 * const stop = traceGradients(network, (layers) => console.log(layers[0].verdict));
 * await fit(network, options);
 * stop();
 */
export function traceGradients(
  network: Network,
  onTrace: (layers: GradientTrace[]) => void,
  options: TraceOptions = {},
): () => void {
  expectNetwork('traceGradients', network);
  if (typeof onTrace !== 'function') {
    throw new RecurveError(
      'usage',
      `traceGradients: expected a function that gets the traces, got ${kindOf(onTrace)}; give (layers) => …`,
    );
  }
  expectOptions('traceGradients', options, { gateValues: 'number' });
  const { gateValues = 8192 } = options;
  if (!(gateValues > 0)) {
    throw new RecurveError(
      'usage',
      `traceGradients: expected gateValues above 0, got ${gateValues}; leave it out for 8192`,
    );
  }
  const { tape } = network;
  if (tape.announce || tape.walked) {
    throw new RecurveError(
      'usage',
      'traceGradients: expected a network that is not traced, got one that is; stop the first trace before',
    );
  }
  let seen: SequenceNews[] = [];
  tape.announce = (news) => {
    if (!tape.recording) return;
    // A run that ended without going back left its sequences here.
    seen = seen.filter((other) => scopeOf(other) === scopeOf(news));
    seen.push(news);
  };
  tape.walked = () => {
    const layers = seen.map((news) => trace(network, gateValues, news));
    seen = [];
    onTrace(layers);
  };
  return () => {
    tape.announce = undefined;
    tape.walked = undefined;
  };
}

/** Vanishing where the first norm is below 1e-3 of the last, exploding beyond 1e3 of it, `none` where no gradient arrives. */
export function judgeGradient(norms: ArrayLike<number>): GradientVerdict {
  const points = Array.from(norms, (norm, t) => ({ t, log: Math.log(norm) })).filter(({ t }) => norms[t] > 0);
  const last = points.at(-1);
  if (!last) return { kind: 'none', perStep: 1, ratio: 1 };
  const ratio = norms[0] / norms[last.t];
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [t0, log0] = [mean(points.map(({ t }) => t)), mean(points.map(({ log }) => log))];
  const spread = points.reduce((sum, { t }) => sum + (t - t0) ** 2, 0);
  const slope = spread === 0 ? 0 : points.reduce((sum, { t, log }) => sum + (t - t0) * (log - log0), 0) / spread;
  const kind = ratio < VANISHING ? 'vanishing' : ratio > EXPLODING ? 'exploding' : 'steady';
  return { kind, perStep: Math.exp(-slope), ratio };
}

function trace(
  network: Network,
  sample: number,
  { kind, hidden, lengths, gates, weight }: SequenceNews,
): GradientTrace {
  const norms = isList(hidden) ? listNorms(network, hidden, lengths) : blockNorms(network, hidden);
  const [steps, B, H] = isList(hidden) ? [hidden.length, ...(hidden[0]?.shape ?? [0, 0])] : hidden.shape;
  const T = isList(hidden) ? steps : steps - 1;
  const name = network.entries.find(({ parameter }) => parameter.tensor.address === weight.address)?.name ?? kind;
  return {
    layer: name.replace('weight_hh_', ''),
    kind,
    norms,
    verdict: judgeGradient(norms),
    gates: saturations(network, gates, { T, B, H, lengths }, sample),
  };
}

const isList = (hidden: SequenceNews['hidden']): hidden is readonly Tensor[] => Array.isArray(hidden);

function scopeOf({ hidden }: SequenceNews): number | undefined {
  return isList(hidden) ? hidden[0]?.scope : hidden.scope;
}

/** Norms of the rows 1 … T of a gradient [T+1, B, H]. */
function blockNorms({ engine }: Network, hidden: Tensor): Float64Array {
  const [rows, B, H] = hidden.shape;
  const from = hidden.gradientAddress;
  return Float64Array.from({ length: rows - 1 }, (_, t) =>
    from === NONE ? 0 : Math.sqrt(engine.sumSquares(from + (t + 1) * B * H, B * H)),
  );
}

/** Norms of gradients [B, H]; a row that has ended only hands its gradient on. */
function listNorms({ engine }: Network, steps: readonly Tensor[], lengths: SequenceNews['lengths']): Float64Array {
  return Float64Array.from(steps, ({ shape: [B, H], gradientAddress }, t) => {
    if (gradientAddress === NONE) return 0;
    let sum = 0;
    for (let b = 0; b < B; b++) {
      if (!lengths || t < lengths[b]) sum += engine.sumSquares(gradientAddress + b * H, H);
    }
    return Math.sqrt(sum);
  });
}

/** Counts over steps and rows evenly spread; the gates of one step and row lie side by side. */
function saturations(
  { engine }: Network,
  gates: readonly KeptGate[],
  { T, B, H, lengths }: { T: number; B: number; H: number; lengths: SequenceNews['lengths'] },
  sample: number,
): GateSaturation[] {
  if (gates.length === 0) return [];
  const start = Math.min(...gates.map(({ address }) => address));
  const { stride } = gates[0];
  const lows = gates.map(() => 0);
  const highs = gates.map(() => 0);
  let count = 0;
  // Coprime to B, so that every row of the batch is looked at.
  let every = Math.max(1, Math.ceil((T * B * H * gates.length) / sample));
  while (commonDivisor(every, B) > 1) every++;
  for (let at = 0; at < T * B; at += every) {
    if (lengths && Math.floor(at / B) >= lengths[at % B]) continue;
    const values = engine.read(start + at * stride, stride);
    gates.forEach(({ address, range }, q) => {
      const bottom = range === 'sigmoid' ? SATURATED : SATURATED - 1;
      const from = address - start;
      for (let j = from; j < from + H; j++) {
        lows[q] += values[j] < bottom ? 1 : 0;
        highs[q] += values[j] > 1 - SATURATED ? 1 : 0;
      }
    });
    count += H;
  }
  return gates.map(({ name }, q) => ({ name, low: count ? lows[q] / count : 0, high: count ? highs[q] / count : 0 }));
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
