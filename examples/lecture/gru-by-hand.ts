// One step of a GRU whose weights are set by hand: one input, two hidden units, both places where the reset gate can act.
import { add, linear, sigmoid, type Tensor } from 'recurve/autograd';
import { ReferenceEngine } from 'recurve/engine';
import { createNetwork, gateOf, gruCell, recurrent } from 'recurve/nn';

// Two rows per gate, x = 1: r = σ(∓ln 3) keeps 1/4 and 3/4 of the past, z = σ(±ln 4) keeps 4/5 and 1/5 of the state.
const [ln3, ln4] = [Math.log(3), Math.log(4)];
const weights = {
  weight_ih: [-ln3, ln3, ln4, -ln4, 0, 0],
  weight_hh: [0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0], // the candidate reads twice the other unit
  bias_ih: [0, 0, 0, 0, 0, 0],
  bias_hh: [0, 0, 0, 0, 0, 0],
};
const show = (name: string, t: Tensor): void =>
  console.log(name.padEnd(40), Array.from(t.values(), (v) => v.toFixed(10).padStart(13)).join(' '));

for (const reset of ['after', 'before'] as const) {
  const cell = gruCell({ input: 1, hidden: 2, reset });
  const { tape, engine } = createNetwork(new ReferenceEngine(), recurrent([cell]));
  for (const [name, values] of Object.entries(weights)) engine.write(cell.parameters[name].tensor.address, values);
  tape.evaluate(() => {
    const [x, h] = [tape.constant([1], [1, 1]), tape.constant([0.5, -0.5], [1, 2])];
    const sums = add(linear(x, cell.parameters.weight_ih.tensor), linear(h, cell.parameters.weight_hh.tensor));
    console.log(`reset ${reset} the recurrent product`);
    show("h', the state before", h);
    show('r, how much of the past to read', sigmoid(gateOf('gru', 'r', sums)));
    show('z, how much of the state to keep', sigmoid(gateOf('gru', 'z', sums)));
    show("h = (1 − z)⊙n + z⊙h', the state after", cell.step(x, { h }).h);
  });
}
