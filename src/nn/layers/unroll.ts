import {
  concat,
  type Lengths,
  selectRunning,
  stack,
  type Tape,
  type Tensor,
  takeLast,
  toBatchFirst,
  toTimeMajor,
} from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { type Cell, type Noise, outputSize, type State, stateSize } from '../cells/cell.ts';
import { expectCells } from '../check.ts';

type Result = ReturnType<NonNullable<Cell['sequence']>>;

/** `step` repeated over x[T, B, D]: the oracle of every fused sequence, and the path of cells that have none. */
export function unroll(cell: Cell): NonNullable<Cell['sequence']> {
  expectCells('unroll', [cell]);
  return (x: Tensor, first: State, lengths: Lengths, noise?: Noise) => {
    const { tape } = x;
    const [T, B, D] = x.shape;
    const weight = cell.parameters.weight_hh ?? Object.values(cell.parameters)[0];
    if (cell.uniform && T > 1 && tape.repeat) return repeated(tape.repeat, cell, x, first, lengths, noise);
    let state = first;
    const outputs: Tensor[] = [];
    for (let t = 0; t < T; t++) {
      const next = expectStates(cell, B, cell.step(tape.view(x, [B, D], t * B * D), state, noise, t));
      state = keepEnded(next, state, lengths, t);
      outputs.push(state.h);
    }
    if (weight) tape.announce?.({ kind: cell.kind, hidden: outputs, lengths, gates: [], weight: weight.tensor });
    if (T === 0) return { outputs: tape.zeros([T, B, outputSize(cell)]), last: state };
    // Zeroed after they are joined: then a state's gradient adds up in the same order with lengths and without, to the bit.
    return { outputs: ended(stack(outputs), lengths), last: state };
  };
}

/** One step recorded and repeated: the same numbers to the bit. */
function repeated(
  replay: NonNullable<Tape['repeat']>,
  cell: Cell,
  x: Tensor,
  first: State,
  lengths: Lengths,
  noise: Noise | undefined,
): Result {
  const { tape } = x;
  const [T, B] = x.shape;
  const weights = [
    ...Object.values(cell.parameters).map(({ tensor }) => tensor),
    ...Object.values(noise?.weights ?? {}),
  ];
  const begun = Object.fromEntries(cell.stateNames.map((name) => [name, first[name]]));
  const states = replay(cell.kind, x, begun, weights, lengths, (now, before) =>
    expectStates(cell, B, cell.step(now, before as State, noise)),
  );
  const weight = cell.parameters.weight_hh?.tensor ?? weights[0];
  if (weight) tape.announce?.({ kind: cell.kind, hidden: states.h, lengths, gates: [], weight });
  const width = outputSize(cell);
  const outputs = tape.view(states.h, [T, B, width], B * width);
  const last = Object.entries(states).map(([name, all]) => [name, takeLast(all, lengths)]);
  return { outputs: ended(outputs, lengths), last: Object.fromEntries(last) };
}

/** Refuses a step, of a cell of one's own as a rule, that does not give the states the cell says it has. */
function expectStates(cell: Cell, B: number, next: State): State {
  const { stateNames } = cell;
  const given: Readonly<Record<string, Tensor | undefined>> = next ?? {};
  const fits = (name: string): boolean => given[name]?.shape?.join() === `${B},${stateSize(cell, name)}`;
  if (stateNames.every(fits) && Object.keys(given).length === stateNames.length) return next;
  const wanted = stateNames.map((name) => `${name} [${B}, ${stateSize(cell, name)}]`);
  const got = Object.entries(given).map(([name, tensor]) => `${name} [${tensor?.shape?.join(', ')}]`);
  throw new RecurveError(
    'shape',
    `${cell.kind}: expected step to give the states ${wanted.join(', ')}, got ${got.join(', ') || 'none'}; make them agree with stateNames and stateSizes`,
  );
}

/** Zeros past each row's length. */
function ended(outputs: Tensor, lengths: Lengths): Tensor {
  return lengths ? toTimeMajor(toBatchFirst(outputs, lengths)) : outputs;
}

function keepEnded(next: State, before: State, lengths: Lengths, t: number): State {
  const seen = new Set<Tensor>(Object.values(before));
  return Object.fromEntries(
    Object.entries(next).map(([name, tensor]) => {
      // A tensor handed on under a second name gets a place of its own, which the selection gives it where there are lengths:
      // what flows back into it is then added up apart in both cases.
      const own = lengths || !seen.has(tensor) ? tensor : concat([tensor]);
      seen.add(tensor);
      return [name, selectRunning(own, before[name], lengths, t)];
    }),
  ) as State;
}
