// A language model in the library: brackets close as they opened, seven letters later, further back than a 5-gram sees.
import { Random, trainGenerate } from 'recurve';

const random = new Random(1);
let text = '';
for (let n = 0; n < 800; n++) {
  const [open, close] = ['()', '[]', '{}'][random.integer(3)];
  const letters = Array.from({ length: 7 }, () => 'ab'[random.integer(2)]);
  text += `${open}${letters.join('')}${close}\n`;
}

const { model, validation, baselines } = await trainGenerate(text, {
  hidden: 32,
  embedding: 8,
  batchSize: 8,
  window: 24,
  epochs: 16,
  rate: 0.01,
  dropout: 0,
  seed: 1,
});
console.log(`model ${validation?.bits.toFixed(3)} bits per character`);
for (const [name, { bits }] of Object.entries(baselines)) console.log(`${name} ${bits.toFixed(3)} bits per character`);

process.stdout.write('[');
for await (const piece of model.generate({ prompt: '[', length: 12, temperature: 0.3, stop: ['\n'], seed: 3 })) {
  process.stdout.write(piece);
}
console.log();
for (const token of await model.next('{abababa', 2)) {
  console.log(JSON.stringify(token.text), `${(100 * token.probability).toFixed(1)} %`);
}
