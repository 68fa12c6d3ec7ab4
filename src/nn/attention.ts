import {
  add,
  batchedMatmul,
  batchedMatmulTransposed,
  expectShape,
  type Lengths,
  linear,
  multiply,
  reshape,
  softmax,
  type Tensor,
  tanh,
  toBatchFirst,
  toTimeMajor,
} from '../autograd/index.ts';
import { RecurveError } from '../errors.ts';
import { expectChoice, expectOptions, expectWhole, type OptionNames } from '../options.ts';
import { uniform } from './init.ts';
import { Parameter } from './parameter.ts';

/** Kind and widths of an {@link attention}. */
export interface AttentionOptions {
  /**
   * How a query is compared with a key: `additive`, `v·tanh(W_q q + W_k k)` (Bahdanau et al. 2015); `dot`, `q·k`, which needs both
   * equally wide; `general`, `q·W k` (both Luong et al. 2015).
   */
  kind: 'additive' | 'dot' | 'general';
  /** Width Q of a query: the decoder's output, at least 1. */
  query: number;
  /** Width E of what is attended to: the encoder's output, at least 1. */
  keys: number;
  /** Only for additive: units A of the comparison, at least 1; default `query`. */
  hidden?: number;
}

const OPTIONS: OptionNames<AttentionOptions> = { kind: true, query: 'number', keys: 'number', hidden: 'number' };

/** An encoded source, made ready once for all queries. */
export interface AttentionMemory {
  /** What contexts are made of, [B, S, E], zero past each row's length. */
  values: Tensor;
  /** What queries are compared with, [B, S, A]; zero past the end. */
  keys: Tensor;
  /** Where rows are of unlike lengths: 0 within a row and −1e30 past its end, and 1 and 0; [B, 1, S] each. */
  mask: { penalty: Tensor; valid: Tensor } | undefined;
}

/** Weighted looks at an encoded source. */
export interface Attention {
  readonly config: Readonly<AttentionOptions>;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Width of a query and of a context. */
  readonly query: number;
  readonly keys: number;
  /** Projects an encoded source [B, S, E], S ≥ 1; steps past a row's length are never read. */
  prepare(encoded: Tensor, lengths: Lengths): AttentionMemory;
  /**
   * M queries per row, [B, M, Q], give contexts [B, M, E] and weights [B, M, S]. Weights of a row add up to 1 and are exactly 0
   * past its length; a source of length 0 gives weights and context 0.
   */
  attend(queries: Tensor, memory: AttentionMemory): { context: Tensor; weights: Tensor };
}

/** Far below any score, and far from overflow. */
const OUT = -1e30;

/** Attention over an encoded source with lengths. Parameters start U(−1/√n, 1/√n), n their inputs. */
export function attention(options: AttentionOptions): Attention {
  expectOptions('attention', options, OPTIONS);
  const { kind, query, keys, hidden = query } = options;
  expectWhole('attention', 'query', query);
  expectWhole('attention', 'keys', keys);
  expectWhole('attention', 'hidden', hidden);
  expectChoice('attention', 'kind', kind, Object.keys(COMPARISONS));
  if (kind === 'dot' && query !== keys) {
    throw new RecurveError(
      'shape',
      `attention: expected query and keys to be equally wide for dot, got ${query} and ${keys}; make them equal or use general`,
    );
  }
  const { parameters, project, score } = COMPARISONS[kind](query, keys, hidden);
  return {
    config: { kind, query, keys, ...(kind === 'additive' && { hidden }) },
    parameters,
    query,
    keys,
    prepare(encoded, lengths) {
      expectShape(
        'attention',
        'the source',
        encoded.shape,
        ['B', 'S', keys],
        `build it with keys: ${encoded.shape[2]}`,
      );
      const { tape } = encoded;
      const [B, S] = encoded.shape;
      if (S === 0) {
        throw new RecurveError(
          'shape',
          'attention: expected a source of at least one step, got none; pad rows of length 0 to one step',
        );
      }
      if (!lengths) return { values: encoded, keys: project(encoded), mask: undefined };
      const values = toBatchFirst(toTimeMajor(encoded, lengths), lengths);
      const within = Array.from({ length: B * S }, (_, i) => (i % S < lengths[Math.floor(i / S)] ? 1 : 0));
      return {
        values,
        keys: project(values),
        mask: {
          valid: tape.constant(within, [B, 1, S]),
          penalty: tape.constant(
            within.map((inside) => (inside ? 0 : OUT)),
            [B, 1, S],
          ),
        },
      };
    },
    attend(queries, { values, keys: projected, mask }) {
      expectShape(
        'attention',
        'queries',
        queries.shape,
        [values.shape[0], 'M', query],
        'give one set of queries per row',
      );
      const scores = score(queries, projected);
      // A row of length 0 has nothing but penalties: only the product with `valid` makes its weights zero.
      const weights = mask ? multiply(softmax(add(scores, mask.penalty)), mask.valid) : softmax(scores);
      return { context: batchedMatmul(weights, values), weights };
    },
  };
}

interface Comparison {
  parameters: Record<string, Parameter>;
  /** Values [B, S, E] to keys, once per source. */
  project(values: Tensor): Tensor;
  /** Queries [B, M, Q] and keys to scores [B, M, S]. */
  score(queries: Tensor, keys: Tensor): Tensor;
}

const weights = (rows: number, columns: number): Parameter =>
  new Parameter([rows, columns], uniform(1 / Math.sqrt(columns)));

const COMPARISONS: Readonly<Record<AttentionOptions['kind'], (Q: number, E: number, A: number) => Comparison>> = {
  additive(Q, E, A) {
    const parameters = { weight_query: weights(A, Q), weight_key: weights(A, E), weight_score: weights(1, A) };
    return {
      parameters,
      project: (values) => linear(values, parameters.weight_key.tensor),
      score(queries, keys) {
        const [B, M] = queries.shape;
        const S = keys.shape[1];
        const asked = reshape(linear(queries, parameters.weight_query.tensor), [B, M, 1, A]);
        const compared = tanh(add(asked, reshape(keys, [B, 1, S, A])));
        return reshape(linear(compared, parameters.weight_score.tensor), [B, M, S]);
      },
    };
  },
  dot: () => ({ parameters: {}, project: (values) => values, score: batchedMatmulTransposed }),
  general(Q, E) {
    const weight = weights(Q, E);
    return {
      parameters: { weight },
      project: (values) => linear(values, weight.tensor),
      score: batchedMatmulTransposed,
    };
  },
};
