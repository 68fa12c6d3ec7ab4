import { concat, type Tensor, tanh } from '../autograd/index.ts';
import { type State, stateSize } from './cells/cell.ts';
import type { Layer, Pass } from './layer.ts';
import { linear } from './layers/linear.ts';
import type { RecurrentLayer } from './layers/recurrent.ts';

/** Turns the last states of an encoder into the first states of a decoder. */
export interface Bridge {
  /** Learned maps by name, `bridge_h_l0`, …; none where states are handed over as they are. */
  readonly layers: Readonly<Record<string, Layer>>;
  hand(states: readonly State[], pass: Pass): State[];
}

/**
 * Layer k of the decoder starts from layer k of the encoder, or all from its top layer where the two differ in height. A state of
 * the same name and width, from an encoder of one direction, is handed over as it is. Otherwise a learned map reads it (of both
 * directions side by side, and `h` for names the encoder does not have), through tanh for `h`, which a cell keeps in (−1, 1).
 * Bahdanau et al. 2015, appendix A.2.2.
 */
export function bridge(encoder: RecurrentLayer, decoder: RecurrentLayer): Bridge {
  const height = encoder.cells.length;
  const directions = encoder.backward ? 2 : 1;
  const layers: Record<string, Layer> = {};
  const paths = decoder.cells.map((cell, k) => {
    const from = height === decoder.cells.length ? k : height - 1;
    const sources = encoder.backward ? [encoder.cells[from], encoder.backward[from]] : [encoder.cells[from]];
    return cell.stateNames.map((name) => {
      const read = sources.every(({ stateNames }) => stateNames.includes(name)) ? name : 'h';
      const width = sources.reduce((total, source) => total + stateSize(source, read), 0);
      const direct = directions === 1 && read === name && width === stateSize(cell, name);
      const map = direct ? undefined : linear({ input: width, output: stateSize(cell, name) });
      if (map) layers[`bridge_${name}_l${k}`] = map;
      return { name, read, from: from * directions, map };
    });
  });
  return {
    layers,
    hand: (states, pass) =>
      paths.map(
        (path) =>
          Object.fromEntries(
            path.map(({ name, read, from, map }): [string, Tensor] => {
              const last = states.slice(from, from + directions).map((state) => state[read]);
              const y = map ? map.forward(concat(last), pass) : last[0];
              return [name, map && name === 'h' ? tanh(y) : y];
            }),
          ) as State,
      ),
  };
}
