import { segmentLength } from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { expectList, expectShare, type OptionNames } from '../../options.ts';
import { type Cell, outputSize } from '../cells/cell.ts';
import { expectMerge, type Merge, mergedWidth } from './merge.ts';

/** Options of `recurrent`. */
export interface RecurrentOptions {
  /**
   * Probability of dropping an output on its way into the next cell, in training: one for all, or one per border, that is one
   * fewer than cells. Default 0. Zaremba et al. 2014.
   */
  dropout?: number | readonly number[];
  /**
   * Layers that add their input (before dropout) to their output: `true` for all but the first, whose input is of another kind, or
   * their numbers from 0. The layer's input and output must be equally wide. Default none. Wu et al. 2016.
   */
  residual?: boolean | readonly number[];
  /**
   * Cells that read each row from its end to its start, one per layer; both directions feed the next layer. Their parameters carry
   * PyTorch's suffix `_reverse`. Such a layer needs the whole sequence and cannot be streamed. Schuster & Paliwal 1997.
   */
  backward?: readonly Cell[];
  /**
   * How both directions become one output, in every layer: `concat` (default, as PyTorch), `sum`, `mean`, `product`, or `none`:
   * the top layer's directions stay apart on an axis of their own, [B, T, 2, H] (lower layers hand on both, as with concat).
   * Needs `backward`.
   */
  merge?: Merge;
  /**
   * Reads every row from its end to its start. Outputs stand in the order of the input, as in ONNX; Keras' `go_backwards` returns
   * them turned round, which is not done here. Default false. Excludes `backward`, and cannot be streamed.
   */
  reverse?: boolean;
  /**
   * States before the first step where none are given: `zero` (default), or `learned` parameters `h0_l0`, `c0_l0`, … that start
   * at zero, one vector for all rows.
   */
  initial?: 'zero' | 'learned';
  /**
   * What `forward` returns. `sequence` (default): all outputs [B, T, H]; `last`: the output at each row's last step [B, H], zeros
   * for a row of length 0; `state`: the top layer's `h` after all it has read [B, H], for a backward direction the one at the row's
   * first step (Keras' `return_sequences=False`), the first state for a row of length 0. Directions are merged in all three.
   */
  returns?: 'sequence' | 'last' | 'state';
  /**
   * Steps of a segment that backward computes again instead of finding it stored, or `auto`: the root of T. Gradients keep their bits; a
   * step takes up to 1.4 times as long. Outputs [T, B, H] of each layer are still kept, gates and cell states are not; with `returns`
   * last or state the top layer keeps no outputs either, so that memory grows with √T beside the input. Default false. For long
   * sequences; needs cells with a fused sequence. Not part of the model file; `inspect` sees
   * no gates then, and nothing of a top layer that keeps no outputs. Chen et al. 2016.
   */
  recompute?: 'auto' | number | false;
}

export const RECURRENT_OPTIONS: OptionNames<RecurrentOptions> = {
  dropout: true,
  residual: true,
  backward: true,
  merge: true,
  reverse: 'boolean',
  initial: true,
  returns: true,
  recompute: true,
};

/** Steps of a segment for T steps; undefined: everything is stored. */
export function segmentOf(recompute: RecurrentOptions['recompute'], T: number): number | undefined {
  return recompute === 'auto' ? segmentLength(T) : recompute || undefined;
}

/** Refuses segments that are none, and cells that cannot be recomputed. */
export function expectRecompute(recompute: RecurrentOptions['recompute'], cells: readonly Cell[]): void {
  if (recompute === undefined || recompute === false) return;
  if (recompute !== 'auto' && !(Number.isSafeInteger(recompute) && recompute >= 1)) {
    throw new RecurveError(
      'usage',
      `recurrent: expected recompute to be 'auto', false or a whole number of steps of at least 1, got ${recompute}; auto takes the least memory`,
    );
  }
  const plain = cells.find((cell) => !cell.last);
  if (plain) {
    throw new RecurveError(
      'usage',
      `recurrent: expected cells that can be recomputed, got ${plain.kind} with options that cannot; leave recompute out, or shorten the sequences by truncation`,
    );
  }
}

/** Dropout at each border between two cells. */
export function dropoutRates(dropout: number | readonly number[], layers: number): readonly number[] {
  const borders = Math.max(layers - 1, 0);
  if (typeof dropout !== 'number')
    expectList('recurrent', 'dropout', dropout, 'give one number for all or one per border');
  const rates = typeof dropout === 'number' ? Array<number>(borders).fill(dropout) : dropout;
  for (const p of typeof dropout === 'number' ? [dropout] : dropout) expectShare('recurrent', 'dropout', p);
  if (rates.length !== borders) {
    throw new RecurveError(
      'usage',
      `recurrent: expected one dropout per border between ${layers} cells, ${borders} in all, got ${rates.length}; give one number for all or one per border`,
    );
  }
  return rates;
}

/** Checks that cells fit on top of each other; gives the width of each layer's output. */
export function layerWidths(cells: readonly Cell[], backward: readonly Cell[] | undefined, merge: Merge): number[] {
  if (cells.length === 0)
    throw new RecurveError('usage', 'recurrent: expected at least one cell, got none; give the cells of the stack');
  if (backward && backward.length !== cells.length) {
    throw new RecurveError(
      'usage',
      `recurrent: expected a backward cell for each of the ${cells.length} layers, got ${backward.length}; give both directions of every layer`,
    );
  }
  const widths = cells.map((cell, k) => {
    if (!backward) return outputSize(cell);
    expectMerge(merge, outputSize(cell), outputSize(backward[k]));
    return mergedWidth(merge, outputSize(cell), outputSize(backward[k]));
  });
  cells.forEach((cell, k) => {
    const below = k === 0 ? cells[0].input : widths[k - 1];
    for (const one of backward ? [cell, backward[k]] : [cell]) {
      if (one.input !== below) {
        throw new RecurveError(
          'shape',
          k === 0
            ? `recurrent: expected both directions to read ${below} features, got input: ${one.input}; make them equal`
            : `recurrent: expected cell ${k} to read ${below} features from the cell below, got input: ${one.input}; make them equal`,
        );
      }
    }
  });
  return widths;
}

/** Numbers of the layers that add their input to their output. */
export function residualLayers(
  residual: boolean | readonly number[],
  input: number,
  widths: readonly number[],
): ReadonlySet<number> {
  if (residual === false) return new Set();
  if (residual === true && widths.length === 1) {
    throw new RecurveError(
      'usage',
      'recurrent: expected residual: true with at least two layers, got one; name the layer, residual: [0], if its input is as wide as its output',
    );
  }
  if (residual !== true) expectList('recurrent', 'residual', residual, 'give true, or numbers of layers, as in [1, 2]');
  const layers = residual === true ? widths.map((_, k) => k).slice(1) : residual;
  for (const k of layers) {
    if (!(Number.isInteger(k) && k >= 0 && k < widths.length)) {
      throw new RecurveError(
        'usage',
        `recurrent: expected residual layers from 0 to ${widths.length - 1}, got ${k}; layers count from 0`,
      );
    }
    const below = k === 0 ? input : widths[k - 1];
    if (below !== widths[k]) {
      throw new RecurveError(
        'shape',
        `recurrent: expected layer ${k} to be as wide as its input for residual, got ${widths[k]} and ${below}; make them equal or name the residual layers`,
      );
    }
  }
  return new Set(layers);
}
