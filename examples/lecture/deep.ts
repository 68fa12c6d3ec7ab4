// A deep LSTM: three layers, each reading the outputs of the one below. Step by step through all layers gives the same bits as
// layer by layer through all steps. In training, dropout between the layers sets outputs to zero on their way up.
import { Random } from 'recurve';
import { createEngine } from 'recurve/engine';
import { createNetwork, lstm, noDropout, type Pass, recurrent, type State } from 'recurve/nn';

const [T, series] = [5, [1, -0.5, 0.8, 0.3, -1]];
const deep = lstm({ input: 1, hidden: [4, 3, 2], dropout: 0.5 });
const { tape, parameterCount } = createNetwork(await createEngine(), deep, { seed: 1 });
const show = (name: string, values: ArrayLike<number>): void =>
  console.log(name.padEnd(22), Array.from(values, (v) => v.toFixed(4).padStart(8)).join(''));
const forward = (pass: Pass): ArrayLike<number> =>
  tape.evaluate(() => deep.forward(tape.constant(series, [1, T, 1]), pass).values());

console.log(`${deep.cells.length} layers, ${parameterCount} parameters`);
const still: Pass = { training: false, dropoutKey: noDropout };
const whole = forward(still);
const layers = deep.cells.map((cell) => recurrent([cell]));
tape.evaluate(() => {
  const states: State[][] = layers.map(() => []);
  series.forEach((value, t) => {
    let below = tape.constant([value], [1, 1, 1]);
    layers.forEach((layer, k) => {
      const { outputs, states: after } = layer.run(below, still, t === 0 ? undefined : states[k]);
      states[k] = after;
      below = outputs; // what this layer says is what the next one reads
      show(`step ${t + 1}, layer ${k + 1}`, outputs.values());
    });
    if (below.values().some((h, j) => h !== whole[2 * t + j])) throw new Error('expected the same bits');
  });
});
show('all at once, layer 3', whole);
const [key0, key1] = new Random(1).key;
for (const counter of [1, 2])
  show(`training, pass ${counter}`, forward({ training: true, dropoutKey: () => ({ key0, key1, counter }) }));
