import { type Lengths, selectRunning, stack, type Tensor, toBatchFirst, toTimeMajor } from '../../autograd/index.ts';
import { type Cell, type Noise, outputSize, type State } from '../cells/cell.ts';

/** `step` repeated over x[T, B, D]: the oracle of every fused sequence, and the road of cells that have none. */
export function unroll(cell: Cell): NonNullable<Cell['sequence']> {
  return (x: Tensor, first: State, lengths: Lengths, noise?: Noise) => {
    const { tape } = x;
    const [T, B, D] = x.shape;
    let state = first;
    const outputs: Tensor[] = [];
    for (let t = 0; t < T; t++) {
      state = keepEnded(cell.step(tape.view(x, [B, D], t * B * D), state, noise, t), state, lengths, t);
      outputs.push(state.h);
    }
    const weight = cell.parameters.weight_hh ?? Object.values(cell.parameters)[0];
    if (weight) tape.announce?.({ kind: cell.kind, hidden: outputs, lengths, gates: [], weight: weight.tensor });
    if (T === 0) return { outputs: tape.zeros([T, B, outputSize(cell)]), last: state };
    // Zeroed after they are joined: then a state's gradient adds up in the same order with lengths and without, to the bit.
    const joined = stack(outputs);
    return { outputs: lengths ? toTimeMajor(toBatchFirst(joined, lengths)) : joined, last: state };
  };
}

function keepEnded(next: State, before: State, lengths: Lengths, t: number): State {
  return Object.fromEntries(
    Object.keys(next).map((name) => [name, selectRunning(next[name], before[name], lengths, t)]),
  ) as State;
}
