import {
  broadcastTo,
  columns,
  concat,
  gather,
  type Lengths,
  reshape,
  type Tape,
  type Tensor,
  toTimeMajor,
} from '../../autograd/index.ts';
import type { Cell, Noise, State } from './cell.ts';

/** A state of the cell, the delay line behind it, and their width. */
type Line = readonly [name: string, line: string, width: number];

/**
 * The fused forms of a dilated cell, from those of the plain one. Steps p, p + d, p + 2d, … form a sequence of their own; laid out time-major, the
 * d sequences of B rows are one of d·B rows and T/d steps, without moving a number.
 */
export function dilatedForms(cell: Cell, d: number, lines: readonly Line[]): Pick<Cell, 'sequence' | 'last'> {
  const { sequence, last } = cell;
  return {
    ...(sequence && {
      sequence(x: Tensor, state: State, lengths: Lengths, noise, options) {
        const { tape } = x;
        const [T, B] = x.shape;
        const phases = split(x, state, lengths, d, lines);
        const given = whereTheyLie(tape, lengths, T, B, d, () =>
          sequence(phases.x, phases.state, phases.lengths, tiled(noise, d), options),
        );
        const width = given.outputs.shape[2];
        return { outputs: tape.view(given.outputs, [T, B, width]), last: joined(given.last, lengths, T, B, d, lines) };
      },
    }),
    ...(last && {
      last(x: Tensor, state: State, lengths: Lengths, noise, options) {
        const [T, B] = x.shape;
        const phases = split(x, state, lengths, d, lines);
        return joined(last(phases.x, phases.state, phases.lengths, tiled(noise, d), options), lengths, T, B, d, lines);
      },
    }),
  };
}

/** x[T, B, D] and the states before it as T/d steps of d·B rows, row p·B + b for phase p of row b. */
function split(
  x: Tensor,
  state: State,
  lengths: Lengths,
  d: number,
  lines: readonly Line[],
): { x: Tensor; state: State; lengths: Lengths } {
  const { tape } = x;
  const [T, B, D] = x.shape;
  const rounds = Math.ceil(T / d);
  const rest = rounds * d - T;
  const flat = reshape(x, [1, x.size]);
  const full = rest === 0 ? flat : concat([flat, tape.zeros([1, rest * B * D])]);
  const first = lines.map(([name, line, width]) => {
    const oldestFirst = reshape(concat([state[line], state[name]]), [B, d, width]);
    return [name, reshape(toTimeMajor(oldestFirst), [d * B, width])];
  });
  const ends = Int32Array.from({ length: d * B }, (_, row) =>
    Math.max(0, Math.ceil(((lengths?.[row % B] ?? T) - Math.floor(row / B)) / d)),
  );
  return {
    x: reshape(full, [rounds, d * B, D]),
    state: Object.fromEntries(first),
    lengths: lengths || rest > 0 ? ends : undefined,
  };
}

/** The masks of the B rows for every phase. */
function tiled(noise: Noise | undefined, d: number): Noise | undefined {
  if (!noise) return undefined;
  const masks = Object.entries(noise.masks).map(([name, mask]) => {
    const [B, width] = mask.shape;
    return [name, reshape(broadcastTo(mask, [d, B, width]), [d * B, width])];
  });
  return { ...noise, masks: Object.fromEntries(masks) };
}

/** Each row's last d states, from the last states of its phases: the newest is the state, the others are its line. */
function joined(last: State, lengths: Lengths, T: number, B: number, d: number, lines: readonly Line[]): State {
  // The step `n` steps after the first belongs to phase n mod d; d steps before the end stands the oldest that counts.
  const values = Int32Array.from({ length: B * d }, (_, i) => {
    const [b, j] = [Math.floor(i / d), i % d];
    return (((lengths?.[b] ?? T) + j) % d) * B + b;
  });
  const newest: [string, Tensor][] = [];
  const before: [string, Tensor][] = [];
  for (const [name, line, width] of lines) {
    const states = reshape(gather(last[name], { values, shape: [B, d] }), [B, d * width]);
    const border = (d - 1) * width;
    newest.push([name, columns(states, border, border + width)]);
    before.push([line, columns(states, 0, border)]);
  }
  return Object.fromEntries([...newest, ...before]) as State;
}

/** Lets those who look at sequences see T steps of B rows. */
function whereTheyLie<R>(tape: Tape, lengths: Lengths, T: number, B: number, d: number, body: () => R): R {
  const { announce } = tape;
  tape.announce =
    announce &&
    ((news) => {
      const { hidden } = news;
      if (!('shape' in hidden)) return announce(news);
      const width = hidden.shape[2];
      const steps = Array.from({ length: T }, (_, t) => tape.view(hidden, [B, width], (d + t) * B * width));
      announce({ ...news, hidden: steps, lengths, gates: [] });
    });
  try {
    return body();
  } finally {
    tape.announce = announce;
  }
}
