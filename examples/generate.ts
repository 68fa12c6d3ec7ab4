// Learns to write from a text of a few rules, and shows what it expects.
import { trainGenerate } from 'recurve';

const names = ['Ada', 'Ben', 'Cleo', 'Dan'];
const things = ['a red apple', 'a blue boat', 'two green pears', 'no time at all'];
let text = '';
for (let i = 0; i < 400; i++) text += `${names[(i * 7) % 4]} has ${things[(i * i + (i >> 2)) % 4]}.\n`;

const { model, validation, baselines } = await trainGenerate(text, {
  hidden: 48,
  epochs: 6,
  batchSize: 8,
  window: 32,
  seed: 1,
});
console.log('bits per character', validation?.bits.toFixed(3));
for (const [name, { bits }] of Object.entries(baselines)) console.log(name, bits.toFixed(3));

for await (const piece of model.generate({
  prompt: 'Cleo has ',
  length: 60,
  temperature: 0.5,
  stop: ['\n'],
  seed: 3,
})) {
  process.stdout.write(piece);
}
console.log();
for (const { text, probability } of await model.next('Dan has ', 3))
  console.log(JSON.stringify(text), probability.toFixed(3));
