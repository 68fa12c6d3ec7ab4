// What is left of a gradient on its way back: ‖∂h_T/∂h_t‖ of h_t = tanh(U h_{t−1} + x_t), where U turns the plane and stretches it
// by its spectral radius. At rest tanh is straight and the norm is the radius to the power of the distance; driven by inputs tanh
// saturates, and each step takes more away. Frobenius norm over √2: 1 for the identity.
import { Random } from 'recurve';
import { columns, type Tensor } from 'recurve/autograd';
import { ReferenceEngine } from 'recurve/engine';
import { createNetwork, recurrent, rnnCell } from 'recurve/nn';

const T = 20;
const cell = rnnCell({ input: 2, hidden: 2 });
const { tape, engine, weights, slots } = createNetwork(new ReferenceEngine(), recurrent([cell]));
engine.fill(weights, slots, 0);
engine.write(cell.parameters.weight_ih.tensor.address, [1, 0, 0, 1]);

/** ‖∂h_T/∂h_t‖ for t = 0 … T, from one walk back per unit of h_T. */
function norms(radius: number, inputs: number[][]): number[] {
  const turn = [0.6, -0.8, 0.8, 0.6].map((u) => radius * u); // the angle of the 3-4-5 triangle
  engine.write(cell.parameters.weight_hh.tensor.address, turn);
  const [first, second] = [0, 1].map((unit) =>
    tape.run(() => {
      const h: Tensor[] = [tape.variable([0, 0], [1, 2])];
      for (const x of inputs) h.push(cell.step(tape.constant(x, [1, 2]), { h: h[h.length - 1] }).h);
      tape.backward(columns(h[T], unit, unit + 1));
      return h.map((state) => state.gradient()); // ∂h_T[unit]/∂h_t
    }),
  );
  return first.map((row, t) => Math.sqrt([...row, ...second[t]].reduce((total, d) => total + d * d, 0) / 2));
}

const random = new Random(1);
for (const size of [0, 0.25]) {
  const inputs = Array.from({ length: T }, () => [size * random.normal(), size * random.normal()]);
  const curves = [0.5, 1, 1.5].map((radius) => norms(radius, inputs));
  console.log(`${size === 0 ? 'at rest' : 'driven '}   radius 0.5     radius 1   radius 1.5`);
  const row = (t: number): string => curves.map((norm) => norm[t].toExponential(4).padStart(13)).join('');
  for (let t = 0; t <= T; t += 4) console.log(`t = ${String(t).padStart(2)} ${row(t)}`);
}
