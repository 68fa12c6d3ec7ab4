import { linear as applyLinear } from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { kindOf } from '../../options.ts';
import { expectTensor } from '../check.ts';
import { zeros } from '../init.ts';
import { Parameter } from '../parameter.ts';
import type { EmbeddingLayer } from './embedding.ts';
import type { LinearLayer } from './linear.ts';

/** An output layer that shares an embedding's weights. */
export interface TiedLayer extends LinearLayer {
  /** The embedding whose weights it shares; not a child, since it stands elsewhere in the network. */
  readonly table: EmbeddingLayer;
}

/**
 * An output layer that shares the weights of an embedding: `y = E x + b`, [..., D] to [..., K]. Press & Wolf 2017. Only the bias is its
 * own; the embedding has to stand in the network too, and its gradient is the sum of both uses.
 */
export function tied(table: EmbeddingLayer): TiedLayer {
  if (typeof table?.look !== 'function') {
    throw new RecurveError(
      'usage',
      `tied: expected an embedding, got ${kindOf(table)}; give the one whose weights it shares, const table = embedding({ … })`,
    );
  }
  const bias = new Parameter([table.vocabulary], zeros, { decays: false });
  const { weight } = table.parameters;
  return {
    config: { kind: 'tied', vocabulary: table.vocabulary, input: table.width },
    table,
    ...{ weight, bias },
    parameters: { bias },
    forward(x) {
      expectTensor('tied', 'x', x);
      return applyLinear(x, weight.tensor, bias.tensor);
    },
  };
}
