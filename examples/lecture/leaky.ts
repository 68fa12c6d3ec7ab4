// Leaky units: h = α h' + (1 − α) tanh(…). With nothing to read, a unit keeps α of its state in each step, so it remembers about
// 1/(1 − α) steps; fed a noisy level, it says a running average. Four units: α = 0 is the plain recurrent unit.
import { Random } from 'recurve';
import { ReferenceEngine } from 'recurve/engine';
import { createNetwork, leakyCell, noDropout, recurrent } from 'recurve/nn';

const alpha = [0, 0.5, 0.9, 0.99];
const cell = leakyCell({ input: 1, hidden: 4, alpha });
const layer = recurrent([cell]);
const { tape, engine, weights, slots } = createNetwork(new ReferenceEngine(), layer);
engine.fill(weights, slots, 0);
engine.fill(cell.parameters.weight_ih.tensor.address, 4, 1); // each unit reads the input and no other unit

/** States of each unit after each step, [4][T], from all at `first`. */
function run(inputs: number[], first: number): number[][] {
  const flat = tape.evaluate(() => {
    const x = tape.constant(inputs, [1, inputs.length, 1]);
    const h = tape.constant([first, first, first, first], [1, 4]);
    return layer.run(x, { training: false, dropoutKey: noDropout }, [{ h }]).outputs.values();
  });
  return alpha.map((_, unit) => inputs.map((_, t) => flat[4 * t + unit]));
}
const mean = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
const show = (name: string, row: readonly number[], digits = 4): void =>
  console.log(name.padEnd(27), row.map((v) => v.toFixed(digits).padStart(8)).join(''));
show('α', alpha, 2);
const silence = run(Array<number>(300).fill(0), 1);
for (const t of [1, 2, 5, 10, 20, 50, 100]) {
  const left = silence.map((h) => h[t - 1]);
  show(`left after ${t} steps`, left);
}
const halves = silence.map((h) => 1 + h.findIndex((left) => left < 0.5));
show('steps until less than half', halves, 0);
const random = new Random(1);
const level = Array.from({ length: 2000 }, () => 0.5 + 0.2 * random.normal());
const settled = run(level, 0).map((h) => h.slice(1000));
show('mean over a noisy level', settled.map(mean));
const spread = settled.map((h) => Math.sqrt(mean(h.map((v) => (v - mean(h)) ** 2))));
show('and how far it shakes', spread);
