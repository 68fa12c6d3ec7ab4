// Does order matter to a network? The same windows of 12 days, in order and all in one shuffled order, for a network without memory
// and for a recurrent one. The question: did it get warmer three days running?
import { Random } from 'recurve';
import { createEngine } from 'recurve/engine';
import { activation, binaryCrossEntropy, createNetwork, linear, rnn, sequential } from 'recurve/nn';
import { fit, type Objective } from 'recurve/train';

const [T, train, test] = [12, 2000, 1000];
const random = new Random(1);
const weeks = Array.from({ length: train + test }, () => {
  const warmth = [0];
  while (warmth.length < T) warmth.push(0.5 * warmth[warmth.length - 1] + random.normal());
  return warmth;
});
const warmer = weeks.map((day) => day.map((_, t) => t > 0 && day[t] > day[t - 1]));
const yes = warmer.map((up) => Number(up.some((_, t) => up[t] && up[t - 1] && up[t - 2])));
const orders = [Int32Array.from({ length: T }, (_, t) => t), random.permutation(T)];
const mlp = () => sequential(linear({ input: T, output: 32 }), activation('tanh'), linear({ input: 32, output: 1 }));
const recurrent = () => sequential(rnn({ input: 1, hidden: 24, returns: 'last' }), linear({ input: 24, output: 1 }));

console.log(`always no           ${yes.slice(train).filter((y) => y === 0).length / test}`);
for (const make of [mlp, recurrent]) {
  for (const order of orders) {
    const rows = weeks.map((day) => Array.from(order, (t) => day[t]));
    const shape = (B: number): number[] => (make === mlp ? [B, T] : [B, T, 1]);
    const network = createNetwork(await createEngine(), make(), { seed: 1 });
    const loss: Objective['loss'] = (batch, pass, tape) => {
      const x = tape.constant(Array.from(batch, (i) => rows[i]).flat(), shape(batch.length));
      return binaryCrossEntropy(
        network.root.forward(x, pass),
        Array.from(batch, (i) => yes[i]),
      );
    };
    await fit(network, { training: { examples: train, loss }, epochs: 30, rate: 5e-3, clip: { norm: 1 }, seed: 1 });
    const { values } = network.predict(rows.slice(train).flat(), shape(test));
    const right = values.filter((logit, k) => Number(logit > 0) === yes[train + k]).length / test;
    console.log(`${make.name.padEnd(10)}${order === orders[0] ? 'in order ' : 'shuffled '} ${right}`);
  }
}
