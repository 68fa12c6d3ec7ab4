import type { Lengths, Tensor } from '../autograd/index.ts';
import type { DropoutKey } from '../engine/engine.ts';
import { RecurveError } from '../errors.ts';
import { kindOf } from '../options.ts';
import type { Parameter } from './parameter.ts';

/** A plain JSON description from which a layer can be rebuilt. */
export interface LayerConfig {
  kind: string;
  [option: string]: unknown;
}

/** What a forward pass knows beside its input. */
export interface Pass {
  /** Dropout is on in training only. */
  training: boolean;
  /** Length of each row; undefined: all rows fill the batch. */
  lengths?: Lengths;
  /** A fresh key for each use of dropout in training. */
  dropoutKey(): DropoutKey;
  /**
   * States that outlive the pass: where present, recurrent layers start from what they left here and leave their last state.
   * Gradients stop at the border (truncated back-propagation through time), and a pass of one step is a stream.
   */
  carry?: Carry;
  /** With a carry: 1 for each row of the batch that begins anew and takes learned first states instead of the carried ones; [B]. */
  fresh?: ArrayLike<number>;
}

/** Last states by layer; empty at the start of a stream. Values are copies, [B, H] each. */
export type Carry = Map<Layer, Record<string, ArrayLike<number>>[]>;

/**
 * One part of a network. Layers are made by lower-case factories and are final: to change behaviour, wrap.
 * Sequences are batch-first, [B, T, D].
 */
export interface Layer {
  /** Description of this layer and its options. */
  readonly config: LayerConfig;
  /** Own parameters under PyTorch's names. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Layers inside, by name; their parameters are called `name.parameter`. */
  readonly children?: Readonly<Record<string, Layer>>;
  forward(x: Tensor, pass: Pass): Tensor;
}

/** All parameters below a layer, with their full names, in a fixed order. */
export function* namedParameters(layer: Layer, prefix = ''): Generator<[string, Parameter]> {
  if (typeof layer?.parameters !== 'object' || layer.parameters === null) {
    throw new RecurveError(
      'usage',
      `layer: expected parameters of ${prefix || 'a layer'} by name, got ${kindOf(layer?.parameters)}; a layer without weights has parameters: {}`,
    );
  }
  for (const [name, parameter] of Object.entries(layer.parameters)) yield [prefix + name, parameter];
  for (const [name, child] of Object.entries(layer.children ?? {})) yield* namedParameters(child, `${prefix}${name}.`);
}
