import { RecurveError } from '../../errors.ts';
import { expectForward, expectLayer } from '../check.ts';
import type { Layer } from '../layer.ts';

/** Layers one after the other; parameters are called `0.weight`, `2.bias_ih_l0`, … as in PyTorch's `nn.Sequential`. */
export function sequential(...layers: Layer[]): Layer {
  if (layers.length === 0)
    throw new RecurveError('usage', 'sequential: expected at least one layer, got none; list the layers in order');
  for (const layer of layers) expectLayer('sequential', layer);
  return {
    config: { kind: 'sequential', layers: layers.map((layer) => layer.config) },
    parameters: {},
    children: Object.fromEntries(layers.map((layer, i) => [String(i), layer])),
    forward(x, pass) {
      expectForward('sequential', x, pass);
      return layers.reduce((value, layer) => layer.forward(value, pass), x);
    },
  };
}
