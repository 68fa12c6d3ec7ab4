// Many to many by encoder and decoder: an English phrase is read to its end, then the Italian one is written, in which the adjective
// stands behind its noun and all agree with it. Trained on 108 phrases, asked for 12 others.
import { Random } from 'recurve';
import { createEngine } from 'recurve/engine';
import { createNetwork, crossEntropy, embedding, encoderDecoder, gru, mostProbable, noDropout } from 'recurve/nn';
import { fit, type Objective } from 'recurve/train';

const rows = (text: string): string[][] => text.split(', ').map((row) => row.split(' '));
const phrases: string[][][] = [];
for (const [noun, nome, end] of rows('dog cane o, cat gatto o, book libro o, house casa a, table tavola a'))
  for (const [word, stem] of rows('black ner, red ross, small piccol, old vecchi, new nuov, white bianc'))
    for (const [article, o, a] of rows('the il la, this questo questa, every ogni ogni, a un una'))
      phrases.push(rows(`${article} ${word} ${noun}, ${end === 'o' ? o : a} ${nome} ${stem}${end} .`));
new Random(1).shuffle(phrases);
const vocabularies = [0, 1].map((side) => [...new Set(phrases.flatMap((phrase) => phrase[side]))]);
const symbols = phrases.map((phrase) => phrase.map((side, k) => side.map((word) => vocabularies[k].indexOf(word))));
const [source, target] = vocabularies.map((words) => embedding({ vocabulary: words.length, output: 8 }));
const [encoder, decoder] = [gru({ input: 8, hidden: 24 }), gru({ input: 8, hidden: 24 })];
const model = encoderDecoder({ source, encoder, target, decoder, start: vocabularies[1].indexOf('.') });
const network = createNetwork(await createEngine(), model, { seed: 1 });
const loss: Objective['loss'] = (batch, pass, tape) => {
  const wanted = { values: Array.from(batch, (i) => symbols[i][1]).flat(), shape: [batch.length, 4] };
  const read = tape.constant(Array.from(batch, (i) => symbols[i][0]).flat(), [batch.length, 3]);
  return crossEntropy(model.teach(model.encode(read, pass), wanted, pass).logits, wanted);
};
await fit(network, { training: { examples: 108, loss }, epochs: 60, batchSize: 8, rate: 1e-2, seed: 1 });
for (let i = 108; i < 120; i++) {
  network.tape.evaluate(() => {
    const read = network.tape.constant(symbols[i][0], [1, 3]);
    let state = model.encode(read, { training: false, dropoutKey: noDropout });
    let [word, written] = [model.start, ''];
    for (let t = 0; t < 4; t++) {
      const step = model.decodeStep(state, [word]);
      [state, word] = [step.state, mostProbable(step.logits)[0]];
      written += ` ${vocabularies[1][word]}`;
    }
    console.log(`${phrases[i][0].join(' ')} →${written}`);
  });
}
