import { RecurveError } from '../errors.ts';
import { kindOf } from '../options.ts';
import { type AttentionOptions, attention } from './attention.ts';
import type { Cell } from './cells/cell.ts';
import { gruCell } from './cells/gru.ts';
import { leakyCell } from './cells/leaky.ts';
import { lstmCell } from './cells/lstm.ts';
import { rnnCell } from './cells/rnn.ts';
import { encoderDecoder } from './encoder-decoder.ts';
import type { Layer, LayerConfig } from './layer.ts';
import { activation } from './layers/activation.ts';
import { attentionPool } from './layers/attention-pool.ts';
import { dropout } from './layers/dropout.ts';
import { type EmbeddingLayer, embedding } from './layers/embedding.ts';
import { last } from './layers/last.ts';
import { layerNorm } from './layers/layer-norm.ts';
import { linear } from './layers/linear.ts';
import { pool } from './layers/pool.ts';
import { type RecurrentLayer, recurrent } from './layers/recurrent.ts';
import type { RecurrentOptions } from './layers/recurrent-options.ts';
import { sequential } from './layers/sequential.ts';
import { timeDistributed } from './layers/time-distributed.ts';

type Make<T> = (config: never) => T;

interface RecurrentConfig extends LayerConfig, Omit<RecurrentOptions, 'backward'> {
  cells: LayerConfig[];
  backward?: LayerConfig[];
}

const CELLS: Record<string, Make<Cell>> = { rnn: rnnCell, leaky: leakyCell, lstm: lstmCell, gru: gruCell };

const LAYERS: Record<string, Make<Layer>> = {
  linear,
  embedding,
  dropout,
  layerNorm,
  last,
  pool,
  attentionPool,
  activation: ({ name }: { name: 'tanh' | 'relu' | 'sigmoid' }) => activation(name),
  sequential: ({ layers }: { layers: LayerConfig[] }) =>
    sequential(...listed(layers).map((config) => layerFromConfig(config))),
  timeDistributed: ({ layer }: { layer: LayerConfig }) => timeDistributed(layerFromConfig(layer)),
  recurrent: ({ cells, backward, ...options }: RecurrentConfig) =>
    recurrent(cellsOf(cells), { ...options, ...(backward && { backward: cellsOf(backward) }) }),
  encoderDecoder: ({ source, encoder, target, decoder, attention: attending, attend, start }: EncoderDecoderConfig) =>
    encoderDecoder({
      ...(source && { source: layerFromConfig(source) }),
      encoder: layerFromConfig(encoder) as RecurrentLayer,
      target: layerFromConfig(target) as EmbeddingLayer,
      decoder: layerFromConfig(decoder) as RecurrentLayer,
      ...(attending && { attention: attention(attending) }),
      ...(attend && { attend }),
      start,
    }),
};

interface EncoderDecoderConfig extends LayerConfig {
  source?: LayerConfig;
  encoder: LayerConfig;
  target: LayerConfig;
  decoder: LayerConfig;
  attention?: AttentionOptions;
  attend?: 'after' | 'before';
  start: number;
}

/**
 * Rebuilds a layer from its `config`, as read from a model file. Layers of your own have no entry here: build them in code and
 * load their weights by name.
 */
export function layerFromConfig(config: LayerConfig): Layer {
  return make(LAYERS, config, 'layer');
}

function cellsOf(configs: readonly LayerConfig[]): Cell[] {
  return listed(configs).map((config) => make(CELLS, config, 'cell'));
}

/** The parts of a layer. */
function listed(configs: readonly LayerConfig[]): readonly LayerConfig[] {
  if (Array.isArray(configs)) return configs;
  throw new RecurveError(
    'model',
    `architecture: expected a list of layers or cells, got ${kindOf(configs)}; the file is damaged or not a Recurve model`,
  );
}

function make<T>(table: Record<string, Make<T>>, config: LayerConfig, what: string): T {
  const { kind, ...options } = config ?? {};
  if (typeof kind !== 'string' || !Object.hasOwn(table, kind)) {
    throw new RecurveError(
      'model',
      `architecture: expected a ${what} kind of ${Object.keys(table).join(', ')}, got ${String(kind)}; the file is from another version or not a Recurve model`,
    );
  }
  return table[kind](options as never);
}
