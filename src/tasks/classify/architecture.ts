import { dropout as applyDropout, concat, reshape, type Tensor } from '../../autograd/index.ts';
import {
  attentionPool,
  embedding,
  gru,
  type Layer,
  linear,
  lstm,
  normal,
  type Pass,
  pool,
  type RecurrentLayer,
  rnn,
} from '../../nn/index.ts';
import { dropoutMask } from '../../random.ts';

/** How the outputs of all steps become one vector. */
export type Pooling = 'last' | 'mean' | 'max' | 'mean-max' | 'attention';

/** All that fixes the shapes and the computation of a classifier's network; stored in the model file. */
export interface ClassifyArchitecture {
  /** Words by number, of which `unknown` stands for all others; or numbers per step. */
  input: { kind: 'words'; vocabulary: number; unknown: number; width: number } | { kind: 'numbers'; features: number };
  cell: 'gru' | 'lstm' | 'rnn';
  /** Units per layer and direction H. */
  hidden: number;
  layers: number;
  bidirectional: boolean;
  pooling: Pooling;
  /** Share of the pooled vector left out in training. */
  dropout: number;
  /** Share of the recurrent layer's input left out in training. */
  inputDropout: number;
  /** Share of words replaced by the unknown word in training. */
  wordDropout: number;
  /** Networks trained side by side, whose answers are averaged. */
  members: number;
  /** Classes K. */
  classes: number;
}

/** First values of word vectors: small, as a word seen once never moves far from where it starts. */
const WORD_START = 0.1;

const CELLS = { gru, lstm, rnn };

/**
 * A class per sequence, many-to-one: words as whole numbers x[B, T], or numbers x[B, T, D], to logits [B, M, K]. Word vectors, a recurrent
 * layer in one or both directions, pooling over all steps, one linear layer; M times side by side, each with weights and masks of its own.
 */
export function classifyNetwork(architecture: ClassifyArchitecture): Layer {
  const members = Array.from({ length: architecture.members }, () => member(architecture));
  return {
    config: { kind: 'classify', ...architecture },
    parameters: {},
    children: Object.fromEntries(members.map((one, m) => [`member${m}`, one])),
    forward(x, pass) {
      const logits = members.map((one) => one.forward(x, pass));
      return reshape(concat(logits), [x.shape[0], members.length, architecture.classes]);
    },
  };
}

function member(architecture: ClassifyArchitecture): Layer {
  const { input, cell, hidden, layers, bidirectional, pooling, dropout, inputDropout, classes } = architecture;
  const words =
    input.kind === 'words'
      ? embedding({ vocabulary: input.vocabulary, output: input.width, start: normal(WORD_START) })
      : undefined;
  const recurrent = CELLS[cell]({
    input: input.kind === 'words' ? input.width : input.features,
    hidden,
    layers,
    bidirectional,
    dropout: layers > 1 ? dropout : 0,
    ...(pooling === 'last' && { returns: 'state' as const }),
  });
  const pools = poolsOf(pooling, recurrent);
  const output = linear({ input: recurrent.width * Math.max(pools.length, 1), output: classes });
  const drop = (x: Tensor, p: number, pass: Pass): Tensor =>
    pass.training && p > 0 ? applyDropout(x, p, pass.dropoutKey()) : x;
  const read = (vectors: Tensor, pass: Pass): Tensor => {
    const steps = recurrent.forward(drop(vectors, inputDropout, pass), pass);
    const pooled = pools.length === 0 ? steps : concat(pools.map((one) => one.forward(steps, pass)));
    return output.forward(drop(pooled, dropout, pass), pass);
  };
  return {
    config: { kind: 'classifyMember' },
    parameters: {},
    children: {
      ...(words && { embedding: words }),
      recurrent,
      ...(pooling === 'attention' && { attention: pools[0] }),
      output,
    },
    forward(x, pass) {
      if (!words) return read(x, pass);
      return read(words.look({ values: heard(x.values(), architecture, pass), shape: x.shape }), pass);
    },
  };
}

/** The pooling of all steps; none where the recurrent layer itself gives its last states. */
function poolsOf(pooling: Pooling, { width }: RecurrentLayer): Layer[] {
  switch (pooling) {
    case 'last':
      return [];
    case 'mean-max':
      return [pool({ over: 'mean' }), pool({ over: 'max' })];
    case 'attention':
      return [attentionPool({ input: width, hidden: Math.min(width, 64) })];
    default:
      return [pool({ over: pooling })];
  }
}

/** Word dropout, Iyyer et al. 2015: in training some words are taken for unknown, so that no single one decides, and the unknown one learns. */
function heard(ids: ArrayLike<number>, { input, wordDropout }: ClassifyArchitecture, pass: Pass): ArrayLike<number> {
  if (input.kind !== 'words' || !pass.training || wordDropout === 0) return ids;
  const { key0, key1, counter } = pass.dropoutKey();
  const kept = dropoutMask([key0, key1], counter, wordDropout, new Uint8Array(ids.length));
  return Int32Array.from(ids, (id, i) => (kept[i] ? id : input.unknown));
}
