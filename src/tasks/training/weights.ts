import type { Engine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import type { StoredTensors } from '../../model/index.ts';
import { createNetwork, keepPacked, type Layer, type Network, namedParameters } from '../../nn/index.ts';

/** The weights of a network as a model file holds them, in single precision under PyTorch's names. */
export function weightsOf(network: Network): StoredTensors {
  return Object.fromEntries(
    Object.entries(network.state()).map(([name, { shape, data }]) => [
      name,
      { dtype: 'F32', shape, data: Float32Array.from(data) },
    ]),
  );
}

/**
 * Makes the network of a model file: the layer its document describes, with the file's weights.
 *
 * @param name file name, at the head of every error message
 * @throws RecurveError `model` when the weights are not those of the layer
 */
export function networkOf(engine: Engine, root: Layer, tensors: StoredTensors, name: string): Network {
  const expected = [...namedParameters(root)].reduce((n, [, { shape }]) => n + shape.reduce((a, b) => a * b, 1), 0);
  const got = Object.values(tensors).reduce((n, { data }) => n + data.length, 0);
  // Before any memory is taken for what the file claims to be.
  if (expected !== got) {
    throw new RecurveError(
      'model',
      `${name}: expected ${expected} weights for its architecture, got ${got}; the file is damaged`,
    );
  }
  const network = createNetwork(engine, root);
  try {
    network.load(floatsOf(tensors, name));
  } catch (error) {
    network[Symbol.dispose]();
    throw error;
  }
  keepPacked(network);
  return network;
}

/** Half precision would come as raw bits, whole numbers as something else than weights. */
function floatsOf(tensors: StoredTensors, name: string): Parameters<Network['load']>[0] {
  for (const [tensor, { dtype }] of Object.entries(tensors)) {
    if (dtype !== 'F32' && dtype !== 'F64') {
      throw new RecurveError(
        'model',
        `${name}: expected weights of dtype F32 or F64, got ${dtype} in ${tensor}; save it again in single precision`,
      );
    }
  }
  return tensors as Parameters<Network['load']>[0];
}
