import { RecurveError } from '../../errors.ts';
import { expectOptions, expectWhole, type OptionNames } from '../../options.ts';
import { type Cell, outputSize } from '../cells/cell.ts';
import { GRU_OPTIONS, type GruOptions, gruCell } from '../cells/gru.ts';
import { LEAKY_OPTIONS, type LeakyOptions, leakyCell } from '../cells/leaky.ts';
import { LSTM_OPTIONS, type LstmOptions, lstmCell } from '../cells/lstm.ts';
import { RNN_OPTIONS, type RnnOptions, rnnCell } from '../cells/rnn.ts';
import { mergedWidth } from './merge.ts';
import { type RecurrentLayer, recurrent } from './recurrent.ts';
import { RECURRENT_OPTIONS, type RecurrentOptions } from './recurrent-options.ts';

/** Options of a stack, beside those of its cell. */
export interface StackOptions extends Omit<RecurrentOptions, 'backward'> {
  /** Cells on top of each other, at least 1; default 1, or as many as `hidden` has widths. */
  layers?: number;
  /** Reads each row both ways, with cells of their own; default false. See {@link RecurrentOptions.backward}. */
  bidirectional?: boolean;
}

/** Beyond what anybody trains; a slip of millions would end the process. */
const MOST_LAYERS = 1000;

const { backward: _cells, ...SHARED } = RECURRENT_OPTIONS;
const STACK_OPTIONS: OptionNames<StackOptions> = { ...SHARED, layers: 'number', bidirectional: 'boolean' };
/** Over those of the cell, whose `hidden` is one number. */
const OF_STACK = { ...STACK_OPTIONS, hidden: true } as const;

/** Options of a cell for all layers of a stack; `hidden` may be one width per layer. */
export type Stacked<O extends { hidden: number }> = Omit<O, 'hidden'> &
  StackOptions & {
    /** Hidden units H, at least 1: one number for all layers, or one per layer from the input up. */
    hidden: number | readonly number[];
  };

/** Elman RNN over time, stacked. Options and names as PyTorch's `nn.RNN`. */
export function rnn(options: Stacked<RnnOptions>): RecurrentLayer {
  expectOptions('rnn', options, { ...RNN_OPTIONS, ...OF_STACK });
  return stackOf<RnnOptions>(rnnCell, options);
}

/** Leaky units over time, stacked; options otherwise as {@link rnn}. */
export function leaky(options: Stacked<LeakyOptions>): RecurrentLayer {
  expectOptions('leaky', options, { ...LEAKY_OPTIONS, ...OF_STACK });
  return stackOf<LeakyOptions>(leakyCell, options);
}

/** LSTM over time, stacked. Options and names as PyTorch's `nn.LSTM`. */
export function lstm(options: Stacked<LstmOptions>): RecurrentLayer {
  expectOptions('lstm', options, { ...LSTM_OPTIONS, ...OF_STACK });
  return stackOf<LstmOptions>(lstmCell, options);
}

/** GRU over time, stacked. Options and names as PyTorch's `nn.GRU`. */
export function gru(options: Stacked<GruOptions>): RecurrentLayer {
  expectOptions('gru', options, { ...GRU_OPTIONS, ...OF_STACK });
  return stackOf<GruOptions>(gruCell, options);
}

/** A stack of one kind of cell, each as wide as `hidden` says and reading what the layer below gives. */
function stackOf<O extends { input: number; hidden: number }>(
  make: (options: O) => Cell,
  options: Stacked<O> & { input: number },
): RecurrentLayer {
  const {
    layers,
    bidirectional = false,
    dropout,
    residual,
    merge,
    reverse,
    initial,
    returns,
    recompute,
    hidden,
    input,
    ...own
  }: StackOptions & { input: number; hidden: number | readonly number[] } = options;
  const widths = typeof hidden === 'object' ? hidden : undefined;
  const count = layers ?? widths?.length ?? 1;
  expectWhole('recurrent', 'layers', count);
  if (count > MOST_LAYERS)
    throw new RecurveError(
      'usage',
      `recurrent: expected at most ${MOST_LAYERS} layers, got ${count}; layers are cells on top of each other, hidden is their width`,
    );
  if (widths && widths.length !== count) {
    throw new RecurveError(
      'usage',
      `recurrent: expected one hidden width per layer, ${count} in all, got ${widths.length}; leave layers out or make them agree`,
    );
  }
  const [cells, backward]: [Cell[], Cell[]] = [[], []];
  let below = input;
  for (let k = 0; k < count; k++) {
    const at = { ...own, input: below, hidden: widths ? widths[k] : hidden } as unknown as O;
    cells.push(make(at));
    if (bidirectional) backward.push(make(at));
    const width = outputSize(cells[k]);
    below = bidirectional ? mergedWidth(merge ?? 'concat', width, width) : width;
  }
  return recurrent(cells, {
    ...(dropout !== undefined && { dropout }),
    ...(residual !== undefined && { residual }),
    ...(bidirectional && { backward }),
    ...(merge !== undefined && { merge }),
    ...(reverse !== undefined && { reverse }),
    ...(initial !== undefined && { initial }),
    ...(returns !== undefined && { returns }),
    ...(recompute !== undefined && { recompute }),
  });
}
