// Many to many, in step: each day's air pressure goes in, the probability of rain that day comes out. It rains after two days of
// falling pressure, so each answer needs the days before; none needs the days after, and the network can be fed day by day.
import { Random } from 'recurve';
import { createEngine } from 'recurve/engine';
import { binaryCrossEntropy, type Carry, createNetwork, linear, rnn, sequential } from 'recurve/nn';
import { fit } from 'recurve/train';

const [B, T] = [201, 20];
const random = new Random(1);
const pressure = Array.from({ length: B }, () => Array.from({ length: T }, () => random.normal()));
const rain = pressure.map((p) => p.map((now, t) => Number(t >= 2 && now < p[t - 1] && p[t - 1] < p[t - 2])));

const model = sequential(rnn({ input: 1, hidden: 16 }), linear({ input: 16, output: 1 }));
const network = createNetwork(await createEngine(), model, { seed: 1 });
await fit(network, {
  training: {
    examples: B - 1,
    loss(batch, pass, tape) {
      const x = tape.constant(Array.from(batch, (i) => pressure[i]).flat(), [batch.length, T, 1]);
      return binaryCrossEntropy(model.forward(x, pass), Array.from(batch, (i) => rain[i]).flat());
    },
  },
  epochs: 80,
  rate: 1e-2,
  clip: { norm: 1 },
  seed: 1,
});

const [p, wet] = [pressure[B - 1], rain[B - 1]];
const whole = network.predict(p, [1, T, 1]).values;
const carry: Carry = new Map();
p.forEach((now, t) => {
  const [logit] = network.predict([now], [1, 1, 1], { carry }).values;
  const chance = 1 / (1 + Math.exp(-logit));
  const bar = '█'.repeat(Math.round(20 * chance)).padEnd(20, '·');
  console.log(`${now.toFixed(2).padStart(6)} ${bar} ${chance.toFixed(3)} ${wet[t] ? 'rain' : 'dry'}`);
  if (logit !== whole[t]) throw new Error('expected day by day to give the same bits');
});
