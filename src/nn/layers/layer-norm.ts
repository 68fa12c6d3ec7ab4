import { layerNorm as applyLayerNorm } from '../../autograd/index.ts';
import { expectOptions, expectWhole } from '../../options.ts';
import { expectTensor } from '../check.ts';
import { constant, zeros } from '../init.ts';
import type { Layer } from '../layer.ts';
import { Parameter } from '../parameter.ts';

/** Layer normalisation over the last axis with gain and bias. Ba, Kiros & Hinton 2016; ε = 1e-5 as PyTorch's `nn.LayerNorm`. */
export function layerNorm(options: { input: number }): Layer {
  expectOptions('layerNorm', options, { input: 'number' });
  const { input } = options;
  expectWhole('layerNorm', 'input', input);
  const weight = new Parameter([input], constant(1), { decays: false });
  const bias = new Parameter([input], zeros, { decays: false });
  return {
    config: { kind: 'layerNorm', input },
    parameters: { weight, bias },
    forward(x) {
      expectTensor('layerNorm', 'x', x);
      return applyLayerNorm(x, weight.tensor, bias.tensor);
    },
  };
}
