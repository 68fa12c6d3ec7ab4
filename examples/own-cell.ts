// A recurrent cell of your own, written from primitives and trained as any other: the minimal gated unit (Zhou et al. 2016).
// Task: after 8 random numbers say the first one, so the cell must remember. About 1 second.
import { Random } from 'recurve';
import { add, affine, concat, multiply, linear as product, sigmoid, tanh } from 'recurve/autograd';
import { createEngine } from 'recurve/engine';
import { type Cell, createNetwork, last, linear, mse, Parameter, recurrent, sequential, uniform } from 'recurve/nn';
import { fit, type Objective } from 'recurve/train';

function minimalGatedUnit({ input, hidden }: { input: number; hidden: number }): Cell {
  const start = uniform(1 / Math.sqrt(hidden));
  const [forget, candidate] = [0, 1].map(() => new Parameter([hidden, input + hidden], start));
  const bias = new Parameter([hidden], (values) => values.fill(1), { decays: false }); // f begins near 1
  return {
    uniform: true, // the same operations in every step: one is recorded and repeated, to the bit
    ...{ kind: 'mgu', input, hidden, options: {}, stateNames: ['h'], parameters: { forget, candidate, bias } },
    // f = σ(W_f [x, h'] + b), n = tanh(W_n [x, f⊙h']), h = (1 − f)⊙n + f⊙h'
    step(x, { h }) {
      const f = sigmoid(product(concat([x, h]), forget.tensor, bias.tensor));
      const n = tanh(product(concat([x, multiply(f, h)]), candidate.tensor));
      return { h: add(multiply(affine(f, -1, 1), n), multiply(f, h)) };
    },
  };
}

const cell = minimalGatedUnit({ input: 1, hidden: 16 });
const model = sequential(recurrent([cell]), last(), linear({ input: 16, output: 1 }));
const random = new Random(1);
const numbers = Array.from({ length: 1000 }, () => Array.from({ length: 8 }, () => random.uniform()));
const loss: Objective['loss'] = (batch, pass, tape) => {
  const rows = Array.from(batch, (i) => numbers[i]);
  const firsts = rows.map((row) => row[0]);
  return mse(model.forward(tape.constant(rows.flat(), [rows.length, 8, 1]), pass), firsts);
};
const network = createNetwork(await createEngine(), model, { seed: 1 });
const { history } = await fit(network, { training: { examples: 1000, loss }, epochs: 30, rate: 1e-2, seed: 1 });
console.log(`squared error ${history.at(-1)?.loss.toFixed(4)}; always saying one half has 0.0833`);
