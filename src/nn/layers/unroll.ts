import {
  concat,
  type Lengths,
  selectRunning,
  stack,
  type Tensor,
  toBatchFirst,
  toTimeMajor,
} from '../../autograd/index.ts';
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
