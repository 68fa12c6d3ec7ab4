import {
  dropout,
  embedding,
  gru,
  type Layer,
  type LinearLayer,
  linear,
  lstm,
  normal,
  sequential,
  tied,
} from '../../nn/index.ts';

/** Sizes of the language model; plain data, kept in the model file. */
export interface GenerateArchitecture {
  cell: 'lstm' | 'gru';
  /** Tokens K. */
  vocabulary: number;
  /** Features per token, E. */
  embedding: number;
  /** Hidden units H per layer. */
  hidden: number;
  layers: number;
  tied: boolean;
  dropout: number;
  inputDropout: number;
  weightDrop: number;
}

/** Token numbers [B, T] to logits [B, T, K]: `output` after `body`, which can be run apart where not all logits are wanted. */
export interface LanguageModel extends Layer {
  readonly body: Layer;
  readonly output: LinearLayer;
}

/** Starts as Keras' recurrent layers do, which keep the norm of states over long texts; an LSTM with open forget gates. */
const INIT = { input: 'glorotUniform', recurrent: 'orthogonal', bias: 'zeros' } as const;

/**
 * `embedding [K, E] → dropout → recurrent stack, dropout between → dropout → output [K]`. Tied, a projection to E leads to the embedding's
 * own weights.
 */
export function languageModel(a: GenerateArchitecture): LanguageModel {
  const { cell, vocabulary, hidden, layers, weightDrop } = a;
  // With tied weights N(0, 1) would start with logits of deviation √E.
  const start = normal(a.tied ? 0.1 : 1);
  const table = embedding({ vocabulary, output: a.embedding, start });
  const stack = { input: a.embedding, hidden, layers, weightDrop, dropout: layers > 1 ? a.dropout : 0, init: INIT };
  const below: Layer[] = [
    table,
    dropout({ p: a.inputDropout }),
    cell === 'lstm' ? lstm({ ...stack, forgetBias: 1 }) : gru(stack),
    dropout({ p: a.dropout }),
    ...(a.tied ? [linear({ input: hidden, output: a.embedding })] : []),
  ];
  const output = a.tied ? tied(table) : linear({ input: hidden, output: vocabulary });
  return { ...sequential(...below, output), body: sequential(...below), output };
}
