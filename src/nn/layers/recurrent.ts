import {
  add,
  dropout as applyDropout,
  broadcastTo,
  expectShape,
  type Lengths,
  reshape,
  reverseSequence,
  selectRunning,
  sizeOf,
  type Tape,
  type Tensor,
  toBatchFirst,
  toTimeMajor,
} from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { expectChoice, expectOptions } from '../../options.ts';
import { type Cell, type State, stateSize, zeroState } from '../cells/cell.ts';
import { expectCells, expectForward } from '../check.ts';
import { zeros } from '../init.ts';
import type { Layer, LayerConfig, Pass } from '../layer.ts';
import { Parameter } from '../parameter.ts';
import { lastStep } from './last.ts';
import { mergeDirections } from './merge.ts';
import {
  dropoutRates,
  expectRecompute,
  layerWidths,
  RECURRENT_OPTIONS,
  type RecurrentOptions,
  residualLayers,
  segmentOf,
} from './recurrent-options.ts';
import { unroll } from './unroll.ts';

/** A recurrent layer: besides `forward`, `run` gives and takes states as tensors. */
export interface RecurrentLayer extends Layer {
  readonly cells: readonly Cell[];
  /** Cells of the backward direction, where there is one. */
  readonly backward?: readonly Cell[];
  /** Features of the output: of both directions together where they lie side by side. */
  readonly width: number;
  /** Whether some direction reads rows from their end, so that the whole sequence is needed. */
  readonly wholeSequence: boolean;
  /**
   * x[B, T, D] and first states (those of the option `initial` by default) give outputs [B, T, H], zero past each row's length, and
   * last states. States stand in PyTorch's order: layer by layer, in each the forward direction and then the backward one.
   * A row of length 0 keeps its first state.
   */
  run(x: Tensor, pass: Pass, initial?: readonly State[]): { outputs: Tensor; states: State[] };
}

/** One cell with its place in the stack. */
interface Direction {
  cell: Cell;
  /** `_l0`, `_l0_reverse`, … */
  suffix: string;
  reversed: boolean;
  /** Learned first state by name. */
  start: Readonly<Record<string, Parameter>> | undefined;
}

/**
 * Cells over time, the first reading the input and each next one the outputs below it: any cells, also your own.
 * Takes x[B, T, D], gives [B, T, H] or what the option `returns` says.
 */
export function recurrent(cells: readonly Cell[], options: RecurrentOptions = {}): RecurrentLayer {
  expectCells('recurrent', cells);
  expectOptions('recurrent', options, RECURRENT_OPTIONS);
  const {
    dropout = 0,
    residual = false,
    backward,
    merge = 'concat',
    reverse = false,
    initial: begin = 'zero',
    returns = 'sequence',
    recompute = false,
  } = options;
  if (backward !== undefined) expectCells('recurrent: backward', backward);
  expectChoice('recurrent', 'initial', begin, ['zero', 'learned']);
  expectRecompute(recompute, [...cells, ...(backward ?? [])]);
  expectChoice('recurrent', 'returns', returns, ['sequence', 'last', 'state']);
  const widths = layerWidths(cells, backward, merge);
  const rates = dropoutRates(dropout, cells.length);
  const added = residualLayers(residual, cells[0].input, widths);
  const conflict = reverse && backward ? 'reverse' : options.merge && !backward ? 'merge' : undefined;
  if (conflict) {
    throw new RecurveError(
      'usage',
      conflict === 'reverse'
        ? 'recurrent: expected reverse without a backward direction, got both; a bidirectional layer already reads both ways'
        : 'recurrent: expected merge with a backward direction, got none; make the layer bidirectional',
    );
  }
  const direction = (cell: Cell, suffix: string, reversed: boolean): Direction => ({
    cell,
    suffix,
    reversed,
    start: begin === 'learned' ? startOf(cell) : undefined,
  });
  const layers = cells.map((cell, k) => [
    direction(cell, `_l${k}`, reverse),
    ...(backward ? [direction(backward[k], `_l${k}_reverse`, true)] : []),
  ]);
  const width = widths[widths.length - 1];
  const wholeSequence = reverse || backward !== undefined;
  const top = cells.length - 1;
  /** The last output of a row that has one is the state it ends with. */
  const lastIsState = returns === 'last' && !wholeSequence && !added.has(top);
  /** With recomputation, outputs of the top layer that nobody reads are not kept. */
  const endsOnly =
    recompute !== false && (returns === 'state' || lastIsState) && layers[top].every(({ cell }) => cell.last);

  const layer: RecurrentLayer = {
    config: {
      kind: 'recurrent',
      dropout: typeof dropout === 'number' ? dropout : [...dropout],
      cells: cells.map(describe),
      ...(residual !== false && { residual: residual === true || [...residual] }),
      ...(backward && { backward: backward.map(describe), merge }),
      ...(reverse && { reverse }),
      ...(begin !== 'zero' && { initial: begin }),
      ...(returns !== 'sequence' && { returns }),
    },
    parameters: named(layers.flat()),
    cells,
    ...(backward && { backward }),
    width,
    wholeSequence,
    run(x, pass, initial) {
      expectForward('recurrent', x, pass);
      const { below, states } = run(x, pass, initial, false);
      return { outputs: apart(batchFirst(below, pass.lengths)), states };
    },
    forward(x, pass) {
      expectForward('recurrent', x, pass);
      if (pass.carry && wholeSequence) {
        throw new RecurveError(
          'usage',
          `stream: expected layers that read forwards, got a recurrent layer that ${backward ? 'is bidirectional' : 'reads in reverse'} and needs the whole sequence; give it whole rows without a carried state`,
        );
      }
      const { below, states } = run(x, pass, restore(x, pass), endsOnly);
      pass.carry?.set(layer, states.map(copied));
      const ends = states.slice(-layers[top].length).map(({ h }) => h);
      if (returns === 'state') return apart(mergeDirections(merge, ends));
      if (lastIsState) {
        const none = x.tape.zeros(ends[0].shape);
        return x.shape[1] === 0 ? none : selectRunning(ends[0], none, pass.lengths, 0);
      }
      const outputs = batchFirst(below, pass.lengths);
      return apart(returns === 'last' ? lastStep(outputs, pass.lengths) : outputs);
    },
  };

  /** Outputs [T, B, H] with both directions side by side, or, with `ends`, only what the top layer reads; and last states. */
  function run(
    x: Tensor,
    pass: Pass,
    initial: readonly State[] | undefined,
    ends: boolean,
  ): { below: Tensor; states: State[] } {
    expectShape('recurrent', 'x', x.shape, ['B', 'T', cells[0].input], `build the layer with input: ${x.shape.at(-1)}`);
    const { tape } = x;
    const [B, T] = x.shape;
    const segments = { recompute: segmentOf(recompute, T) };
    const states: State[] = [];
    let below = toTimeMajor(x, pass.lengths);
    layers.forEach((directions, k) => {
      const p = pass.training && k > 0 ? rates[k - 1] : 0;
      const input = p > 0 ? applyDropout(below, p, pass.dropoutKey()) : below;
      const results = directions.map(({ cell, reversed, start }) => {
        const first = initial?.[states.length] ?? firstState(cell, start, tape, B);
        const noise = pass.training ? cell.begin?.(tape, B, pass) : undefined;
        const read = reversed ? reverseSequence(input, pass.lengths) : input;
        if (ends && k === top && cell.last) {
          states.push(cell.last(read, first, pass.lengths, noise, segments));
          return input;
        }
        const { outputs, last } = (cell.sequence ?? unroll(cell))(read, first, pass.lengths, noise, segments);
        states.push(last);
        return reversed ? reverseSequence(outputs, pass.lengths) : outputs;
      });
      if (ends && k === top) return;
      const above = mergeDirections(merge, results);
      below = added.has(k) ? add(below, above) : above;
    });
    return { below, states };
  }

  /** With `none`, an axis for the directions before the features. */
  function apart(y: Tensor): Tensor {
    return backward && merge === 'none' ? reshape(y, [...y.shape.slice(0, -1), 2, width / 2]) : y;
  }

  function restore(x: Tensor, pass: Pass): State[] | undefined {
    const kept = pass.carry?.get(layer);
    const [B] = x.shape;
    return kept?.map((values, k) => {
      const { cell, start } = layers[k][0];
      const learned = start && pass.fresh ? firstState(cell, start, x.tape, B) : undefined;
      return Object.fromEntries(
        Object.entries(values).map(([name, numbers]) => {
          const shape = [B, stateSize(cell, name)];
          if (numbers.length !== sizeOf(shape)) {
            throw new RecurveError(
              'shape',
              `recurrent: expected a carried state of shape [${shape.join(', ')}], got ${numbers.length} numbers; keep the batch size while a state is carried`,
            );
          }
          const carried = x.tape.constant(numbers, shape);
          return [name, learned ? selectRunning(learned[name], carried, pass.fresh, 0) : carried];
        }),
      ) as State;
    });
  }
  return layer;
}

/** [T, B, H] to [B, T, H]. Nobody else reads `below`, so where both lie in memory alike they share their gradient too. */
function batchFirst(below: Tensor, lengths: Lengths): Tensor {
  const [T, B, H] = below.shape;
  return lengths || (B > 1 && T > 1) ? toBatchFirst(below, lengths) : reshape(below, [B, T, H]);
}

function describe({ kind, input, hidden, options }: Cell): LayerConfig {
  return { kind, input, hidden, ...options };
}

function startOf(cell: Cell): Record<string, Parameter> {
  return Object.fromEntries(
    cell.stateNames.map((name) => [name, new Parameter([stateSize(cell, name)], zeros, { decays: false })]),
  );
}

function firstState(cell: Cell, start: Direction['start'], tape: Tape, B: number): State {
  if (!start) return zeroState(cell, tape, B);
  return Object.fromEntries(
    Object.entries(start).map(([name, parameter]) => [name, broadcastTo(parameter.tensor, [B, stateSize(cell, name)])]),
  ) as State;
}

/** PyTorch's names: `weight_ih` of the cell at height k is `weight_ih_l{k}`, of its backward direction `weight_ih_l{k}_reverse`. */
function named(directions: readonly Direction[]): Record<string, Parameter> {
  return Object.fromEntries(
    directions.flatMap(({ cell, suffix, start = {} }) => [
      ...Object.entries(cell.parameters).map(([name, parameter]) => [name + suffix, parameter]),
      ...Object.entries(start).map(([name, parameter]) => [`${name}0${suffix}`, parameter]),
    ]),
  );
}

function copied(state: State): Record<string, ArrayLike<number>> {
  return Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, tensor.values()]));
}
