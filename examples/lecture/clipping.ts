// A cliff: h_t = tanh(2 h_{t−1} + b) should end at 0.75 after 20 steps. Near b = -0.55 the unit tips over to the negative side, the
// loss leaps and its gradient is huge. Descent in b from -0.3 at rate 0.5: without clipping, and with the norm clipped at 0.05.
import { add, affine, square, tanh } from 'recurve/autograd';
import { ReferenceEngine } from 'recurve/engine';
import { constant, createNetwork, type Layer, noDropout, Parameter } from 'recurve/nn';
import { type ClipOptions, clipGradients, createOptimizer } from 'recurve/train';

const b = new Parameter([1], constant(-0.3));
const cliff: Layer = {
  ...{ config: { kind: 'cliff' }, parameters: { b } },
  forward(h) {
    for (let t = 0; t < 20; t++) h = tanh(add(affine(h, 2), b.tensor));
    return square(affine(h, 1, -0.75));
  },
};
const network = createNetwork(new ReferenceEngine(), cliff);
const { tape, engine } = network;
const move = (to: number): void => engine.write(b.tensor.address, [to]);

function descend(clip: ClipOptions): string[] {
  move(-0.3);
  const descent = createOptimizer(network, { kind: 'sgd' });
  return Array.from({ length: 13 }, () => {
    const [at] = b.tensor.values();
    network.zeroGradients();
    tape.run(() => tape.backward(cliff.forward(tape.constant([1], [1]), { training: true, dropoutKey: noDropout })));
    const norm = clipGradients(network, clip);
    descent.step(0.5);
    return `${at.toFixed(4)} ${norm.toFixed(3)}`.padStart(16);
  });
}
const [free, clipped] = [descend({}), descend({ norm: 0.05 })];
console.log('step  b, ‖g‖ without      with');
for (const [k, row] of free.entries()) console.log(String(k + 1).padStart(4), row, clipped[k]);
for (let at = -0.62; at < -0.3; at += 0.02) {
  move(at);
  const [loss] = network.predict([1], [1]).values;
  console.log(at.toFixed(2), loss.toFixed(4), '█'.repeat(Math.round(20 * loss)));
}
