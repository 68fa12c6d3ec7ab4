import { add, affine, columns, concat, dropout, reshape, type Tensor } from '../../autograd/index.ts';
import { embedding, gru, type Layer, linear, lstm, rnn, zeros } from '../../nn/index.ts';

/** Sizes of the tagging network; plain data, kept in the model file. */
export interface TagArchitecture {
  cell: 'gru' | 'lstm' | 'rnn';
  /** Hidden units H per layer and direction. */
  hidden: number;
  layers: number;
  bidirectional: boolean;
  dropout: number;
  /** K */
  classes: number;
  input: /** Numbers of a step, and how many of them, the first ones, are of its own row and of the calendar. */
    | { kind: 'numbers'; width: number; own: number }
    /** Numbers of a word and of its ending, and the width of the word's vector. */
    | { kind: 'tokens'; words: number; endings: number; width: number };
}

const CELLS = { gru, lstm, rnn };

/** With Adam a factor on a product is a factor on its learning rate. */
const LINEAR_RATE = 0.5;

/** Width of what a step is read as. */
export function inputWidth({ input }: TagArchitecture): number {
  return input.kind === 'numbers' ? input.width : 2;
}

/**
 * A label per step, many-to-many in step: x[B, T, D] to logits [B, T, K].
 *
 * - numbers: `logits = W_o h_t + b + W_l x_t / 2`, a recurrent network beside a linear path (multinomial logistic regression), trained
 *   together. The path reads the rows before too, the recurrent network has its memory for them. Both start at zero: training begins
 *   at equal probabilities.
 * - tokens: x holds numbers of words and of endings; their vectors side by side are what the recurrent layers read.
 */
export function tagNetwork(a: TagArchitecture): Layer {
  const { input } = a;
  const embeddings =
    input.kind === 'tokens'
      ? {
          words: embedding({ vocabulary: input.words, output: input.width }),
          endings: embedding({ vocabulary: input.endings, output: endingWidth(input.width) }),
        }
      : undefined;
  const width = input.kind === 'numbers' ? input.own : input.width + endingWidth(input.width);
  const recurrent = CELLS[a.cell]({
    input: width,
    hidden: a.hidden,
    layers: a.layers,
    dropout: a.layers > 1 ? a.dropout : 0,
    bidirectional: a.bidirectional,
  });
  const head = linear({ input: a.hidden * (a.bidirectional ? 2 : 1), output: a.classes, start: zeros });
  const path =
    input.kind === 'numbers' ? linear({ input: input.width, output: a.classes, bias: false, start: zeros }) : undefined;
  return {
    config: { kind: 'tag', ...a },
    parameters: {},
    children: { ...embeddings, recurrent, head, ...(path && { linear: path }) },
    forward(x, pass) {
      const drop = (t: Tensor): Tensor =>
        pass.training && a.dropout > 0 ? dropout(t, a.dropout, pass.dropoutKey()) : t;
      const [B, T] = x.shape;
      const read = embeddings
        ? concat([
            embeddings.words.forward(reshape(columns(x, 0, 1), [B, T]), pass),
            embeddings.endings.forward(reshape(columns(x, 1, 2), [B, T]), pass),
          ])
        : columns(x, 0, width);
      const logits = head.forward(drop(recurrent.forward(drop(read), pass)), pass);
      return path ? add(logits, affine(path.forward(x, pass), LINEAR_RATE)) : logits;
    },
  };
}

function endingWidth(width: number): number {
  return Math.ceil(width / 4);
}
