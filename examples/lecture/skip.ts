// Skip connections through time: a unit that also reads its state of 5 steps before. A gradient then has short paths back, one link
// in 5 steps, and does not vanish. ∂h_T/∂h_t of a unit at rest, h_t = tanh(½ h_{t−1}) and h_t = tanh(½ h_{t−1} + ½ h_{t−5}).
import type { Tensor } from 'recurve/autograd';
import { ReferenceEngine } from 'recurve/engine';
import { type Cell, createNetwork, recurrent, rnnCell, type State, zeroState } from 'recurve/nn';

const T = 40;

/** ∂h_T/∂h_t for t = 0 … T, of a cell whose recurrent weights are all ½. */
function gradients(cell: Cell): number[] {
  const { tape, engine, weights, slots } = createNetwork(new ReferenceEngine(), recurrent([cell]));
  engine.fill(weights, slots, 0);
  const { weight_hh, weight_sk } = cell.parameters;
  for (const parameter of weight_sk ? [weight_hh, weight_sk] : [weight_hh])
    engine.fill(parameter.tensor.address, 1, 0.5);
  return tape.run(() => {
    let state: State = { ...zeroState(cell, tape, 1), h: tape.variable([0], [1, 1]) };
    const h: Tensor[] = [state.h];
    while (h.length <= T) {
      state = cell.step(tape.zeros([1, 1]), state);
      h.push(state.h);
    }
    tape.backward(state.h);
    return h.map((one) => one.gradient()[0]);
  });
}

const plain = gradients(rnnCell({ input: 1, hidden: 1 }));
const skipping = gradients(rnnCell({ input: 1, hidden: 1, skip: 5 }));
const bar = (v: number): string => `${v.toExponential(3).padEnd(10)} ${'█'.repeat(Math.round(20 * v)).padEnd(20, '·')}`;
console.log('steps back, without and with the skip');
for (let back = 0; back <= T; back += back < 10 ? 1 : 5) {
  console.log(String(back).padStart(2), bar(plain[T - back]), bar(skipping[T - back]));
}
