// One step of an LSTM whose weights are set by hand: three inputs, two hidden units. It erases what it knew and writes anew.
import { add, linear, multiply, sigmoid, type Tensor, tanh } from 'recurve/autograd';
import { ReferenceEngine } from 'recurve/engine';
import { createNetwork, gateOf, lstmCell, recurrent } from 'recurve/nn';

// Two rows per gate: i stays open, f is shut by the third input, g says what to write, o comes to σ(ln 9) = 0.9.
const weights = {
  weight_ih: '0 0 0  0 0 0   1 1 -100  0.1 0.1 -100   10 1 -1  -1 1 10   1 1 -1  1 1 -1',
  weight_hh: '0 0  0 0   1 -1  -1 1   1 0  0 1   1 1  1 1',
  bias_ih: `100 100   0 0   0 0   ${Math.log(9) - 1} ${Math.log(9) - 1}`,
  bias_hh: '0 0  0 0  0 0  0 0',
};
const cell = lstmCell({ input: 3, hidden: 2 });
const { tape, engine } = createNetwork(new ReferenceEngine(), recurrent([cell]));
for (const [name, numbers] of Object.entries(weights)) {
  engine.write(cell.parameters[name].tensor.address, numbers.trim().split(/ +/).map(Number));
}
const show = (name: string, t: Tensor, digits = 4): void =>
  console.log(name.padEnd(38), Array.from(t.values(), (v) => v.toPrecision(digits).padStart(12)).join(' '));

tape.evaluate(() => {
  const [x, h, c] = [
    tape.constant([1, -1, 1], [1, 3]),
    tape.constant([1, 1], [1, 2]),
    tape.constant([0.7, 0.3], [1, 2]),
  ];
  const [W, U, b] = ['weight_ih', 'weight_hh', 'bias_ih'].map((name) => cell.parameters[name].tensor);
  const sums = add(linear(x, W, b), linear(h, U));
  const [i, f, o] = ['i', 'f', 'o'].map((gate) => sigmoid(gateOf('lstm', gate, sums)));
  const next = cell.step(x, { h, c });
  show("c', what it remembers", c);
  show('f = σ(-100), forget: erase everything', f);
  show('i = σ(100), input gate: open', i);
  show('g = tanh(9), candidate', tanh(gateOf('lstm', 'g', sums)), 10);
  show("c = f⊙c' + i⊙g, cell state", next.c, 10);
  show('o = σ(ln 9), output gate', o, 10);
  show('o⊙c, if tanh is left out', multiply(o, next.c), 10);
  show('h = o⊙tanh(c), what it says', next.h, 10);
});
