// Who is "he"? Sometimes only the end of the sentence says. Six names are read; at every step the question is which one comes
// last. Reading forwards it can only be guessed until the end is there; reading both ways it is known from the first step on.
import { Random } from 'recurve';
import { createEngine } from 'recurve/engine';
import { createNetwork, crossEntropy, embedding, gru, linear, sequential } from 'recurve/nn';
import { fit, type Objective } from 'recurve/train';

const [K, T, train, test] = [4, 6, 500, 500]; // names, steps, sentences to learn from and to be asked about
const random = new Random(1);
const rows = Array.from({ length: train + test }, () => Array.from({ length: T }, () => random.integer(K)));
const asked = rows.slice(train);

for (const bidirectional of [false, true]) {
  const reader = gru({ input: 4, hidden: 16, bidirectional });
  const names = embedding({ vocabulary: K, output: 4 });
  const model = sequential(names, reader, linear({ input: reader.width, output: K }));
  const network = createNetwork(await createEngine(), model, { seed: 1 });
  const loss: Objective['loss'] = (batch, pass, tape) => {
    const [read, shape] = [Array.from(batch, (i) => rows[i]), [batch.length, T]];
    const last = read.flatMap((row) => row.map(() => row[T - 1]));
    return crossEntropy(model.forward(tape.constant(read.flat(), shape), pass), { values: last, shape });
  };
  await fit(network, { training: { examples: train, loss }, epochs: 20, rate: 1e-2, seed: 1 });

  const { values } = network.predict(asked.flat(), [test, T]);
  const right = Array.from({ length: T }, (_, t) => {
    const said = asked.map((_, b) => {
      const logits = values.subarray((b * T + t) * K, (b * T + t + 1) * K);
      return logits.indexOf(Math.max(...logits));
    });
    return asked.filter((row, b) => said[b] === row[T - 1]).length / test;
  });
  console.log(bidirectional ? 'both ways' : 'forwards ', right.map((share) => share.toFixed(3)).join('  '));
}
