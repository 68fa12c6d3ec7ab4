// Many to one: a sentence goes in, one judgement comes out after its last word. Sentences have unlike lengths, and "not" turns
// its adjective round, so that no word alone decides. Trained on 60 sentences, asked about 36 others.
import { Random } from 'recurve';
import { createEngine } from 'recurve/engine';
import { binaryCrossEntropy, createNetwork, embedding, linear, lstm, sequential } from 'recurve/nn';
import { fit, type Objective } from 'recurve/train';

const [T, train] = [8, 60];
const join = (starts: string[], ends: string[]): string[] => starts.flatMap((start) => ends.map((end) => start + end));
const adjectives = join(join(['', ' not'], ['', ' very']), [' good', ' fun', ' bad', ' dull']);
const all = join(join(['the film was', 'it was'], adjectives), ['', ' but long', ' and short']);
const sentences = new Random(1).shuffle(all);
const words = [...new Set(sentences.flatMap((sentence) => sentence.split(' ')))];
const rows = sentences.map((sentence) => sentence.split(' ').map((word) => words.indexOf(word)));
const liked = sentences.map((sentence) => Number(/good|fun/.test(sentence) !== /not/.test(sentence)));

const reader = lstm({ input: 6, hidden: 12, returns: 'last' });
const model = sequential(embedding({ vocabulary: words.length, output: 6 }), reader, linear({ input: 12, output: 1 }));
const network = createNetwork(await createEngine(), model, { seed: 1 });
const padded = (some: number[][]): number[] =>
  some.flatMap((row) => [...row, ...Array<number>(T - row.length).fill(0)]);
const loss: Objective['loss'] = (batch, pass, tape) => {
  const some = Array.from(batch, (i) => rows[i]);
  const x = tape.constant(padded(some), [some.length, T]);
  const logits = model.forward(x, { ...pass, lengths: some.map((row) => row.length) });
  return binaryCrossEntropy(
    logits,
    Array.from(batch, (i) => liked[i]),
  );
};
await fit(network, { training: { examples: train, loss }, epochs: 60, rate: 1e-2, seed: 1 });

const asked = rows.slice(train);
const { values } = network.predict(padded(asked), [asked.length, T], { lengths: asked.map((row) => row.length) });
const right = values.filter((logit, k) => Number(logit > 0) === liked[train + k]).length;
console.log(`${right} of ${asked.length} right`);
for (const k of [0, 1, 2, 3, 4, 5]) console.log((1 / (1 + Math.exp(-values[k]))).toFixed(3), sentences[train + k]);
