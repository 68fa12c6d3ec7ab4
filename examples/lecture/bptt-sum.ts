// ∂L/∂U of a recurrent unit as the sum that back-propagation through time adds up, term by term, beside the tape's.
// h_t = tanh(V x_t + U h_{t−1} + b), ŷ_t = W h_t, L = Σ_t (ŷ_t − y_t)².
import { square, subtract, sum } from 'recurve/autograd';
import { ReferenceEngine } from 'recurve/engine';
import { constant, createNetwork, linear, noDropout, rnn, sequential } from 'recurve/nn';

const [V, U, b, W, h0] = [0.7, 0.9, 0.1, 1.5, 0.5];
const x = [1, -0.5, 0.25, 0.8];
const y = [0.2, 0.4, -0.1, 0.6];
const unit = rnn({ input: 1, hidden: 1 });
const head = linear({ input: 1, output: 1, bias: false, start: constant(W) });
const { tape, engine } = createNetwork(new ReferenceEngine(), sequential(unit, head));
for (const [name, value] of Object.entries({ weight_ih_l0: V, weight_hh_l0: U, bias_ih_l0: b, bias_hh_l0: 0 }))
  engine.write(unit.parameters[name].tensor.address, [value]);

const h = tape.run(() => {
  const pass = { training: false, dropoutKey: noDropout };
  const { outputs } = unit.run(tape.constant(x, [1, 4, 1]), pass, [{ h: tape.constant([h0], [1, 1]) }]);
  tape.backward(sum(square(subtract(head.forward(outputs, pass), tape.constant(y, [1, 4, 1])))));
  return [h0, ...outputs.values()];
});

let total = 0;
for (let t = 1; t <= 4; t++) {
  for (let k = 1; k <= t; k++) {
    const lossToState = 2 * (W * h[t] - y[t - 1]) * W; // ∂L_t/∂ŷ_t · ∂ŷ_t/∂h_t
    let chain = 1; // ∂h_t/∂h_k = Π_{j=k+1..t} (1 − h_j²) U
    for (let j = k + 1; j <= t; j++) chain *= (1 - h[j] ** 2) * U;
    const direct = (1 - h[k] ** 2) * h[k - 1]; // ∂h_k/∂U with h_{k−1} held fixed
    const term = lossToState * chain * direct;
    total += term;
    console.log(`t=${t} k=${k}`, ...[lossToState, chain, direct, term].map((factor) => factor.toFixed(9)));
  }
}
const [tapes] = unit.parameters.weight_hh_l0.tensor.gradient();
console.log(`the sum ${total.toFixed(12)}, the tape ${tapes.toFixed(12)}`);
if (Math.abs(total - tapes) > 1e-12) throw new Error('expected the sum to be the gradient');
