import { gather, type Indices, type Tensor } from '../../autograd/index.ts';
import { expectOptions, expectWhole, type OptionNames } from '../../options.ts';
import { expectTensor } from '../check.ts';
import { type Initialiser, normal } from '../init.ts';
import type { Layer } from '../layer.ts';
import { Parameter } from '../parameter.ts';

/** Sizes and start of an {@link embedding}. */
export interface EmbeddingOptions {
  /** Size of the vocabulary K, at least 1. */
  vocabulary: number;
  /** Features per entry D, at least 1. */
  output: number;
  /** First values; default N(0, 1). Not part of `config`: loaded weights replace it. */
  start?: Initialiser;
}

const OPTIONS: OptionNames<EmbeddingOptions> = { vocabulary: 'number', output: 'number', start: 'function' };

/** An {@link embedding}: a table [K, D] that indices look up. */
export interface EmbeddingLayer extends Layer {
  /** Number of indices K. */
  readonly vocabulary: number;
  /** Features per entry D. */
  readonly width: number;
  /** Indices of any shape [...] to vectors [..., D]. */
  look(indices: Indices): Tensor;
}

/**
 * A learned vector per index. Start N(0, 1), as PyTorch's `nn.Embedding`.
 * In `forward` the tensor holds whole numbers (they are exact up to 2²⁴ in f32).
 */
export function embedding(options: EmbeddingOptions): EmbeddingLayer {
  expectOptions('embedding', options, OPTIONS);
  const { vocabulary, output, start = normal(1) } = options;
  expectWhole('embedding', 'vocabulary', vocabulary);
  expectWhole('embedding', 'output', output);
  const weight = new Parameter([vocabulary, output], start);
  const layer: EmbeddingLayer = {
    config: { kind: 'embedding', vocabulary, output },
    parameters: { weight },
    vocabulary,
    width: output,
    look: (indices) => gather(weight.tensor, indices),
    forward(x) {
      expectTensor('embedding', 'x', x);
      return layer.look({ values: x.values(), shape: x.shape });
    },
  };
  return layer;
}
