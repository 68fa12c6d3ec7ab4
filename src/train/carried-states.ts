import { RecurveError } from '../errors.ts';
import type { Carry, Layer } from '../nn/index.ts';
import type { CarriedStates } from './training-state.ts';

/** Carried states for a checkpoint, by `layer/cell/name`, where layer is its path of names from the root. */
export function packCarry(root: Layer, carry: Carry): CarriedStates {
  const packed: Record<string, Float32Array | Float64Array> = {};
  let found = 0;
  for (const [path, layer] of layersOf(root)) {
    const states = carry.get(layer);
    if (!states) continue;
    found++;
    states.forEach((state, cell) => {
      for (const [name, values] of Object.entries(state)) packed[`${path}/${cell}/${name}`] = Float64Array.from(values);
    });
  }
  if (found < carry.size) {
    throw new RecurveError(
      'usage',
      'fit: expected carried states of layers inside the network only, got one of another layer; make it a child of the network',
    );
  }
  return packed;
}

/** Puts stored states back. Throws `model` where there are none. */
export function unpackCarry(root: Layer, packed: CarriedStates | undefined, carry: Carry): void {
  if (!packed) {
    throw new RecurveError(
      'model',
      'fit: expected a checkpoint with carried states, got none; resume with the options it was made with',
    );
  }
  for (const [path, layer] of layersOf(root)) {
    const states: Record<string, ArrayLike<number>>[] = [];
    for (const [key, values] of Object.entries(packed)) {
      if (!key.startsWith(`${path}/`)) continue;
      const [cell, name] = key.slice(path.length + 1).split('/');
      states[Number(cell)] = { ...states[Number(cell)], [name]: values };
    }
    if (states.length > 0) carry.set(layer, states);
  }
}

function* layersOf(layer: Layer, path = ''): Generator<[string, Layer]> {
  yield [path, layer];
  for (const [name, child] of Object.entries(layer.children ?? {}))
    yield* layersOf(child, path ? `${path}.${name}` : name);
}
