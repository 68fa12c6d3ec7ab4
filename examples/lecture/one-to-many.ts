// One to many: the first note goes in, the rest of the tune comes out, each note read again as the next input. The network has
// heard three tunes; the same note goes on differently in each, so it must remember which one it is playing.
import { createEngine } from 'recurve/engine';
import { type Carry, createNetwork, crossEntropy, embedding, gru, linear, sequential } from 'recurve/nn';
import { fit, type Objective } from 'recurve/train';

const tunes = ['C D E F G F E D C', 'E F G A G F E F E', 'G F E D C D E F G'].map((tune) => tune.split(' '));
const notes = ['C', 'D', 'E', 'F', 'G', 'A'];
const [T, K] = [tunes[0].length, notes.length];
const numbers = tunes.map((tune) => tune.map((note) => notes.indexOf(note)));

const head = linear({ input: 16, output: K });
const model = sequential(embedding({ vocabulary: K, output: 4 }), gru({ input: 4, hidden: 16 }), head);
const network = createNetwork(await createEngine(), model, { seed: 1 });
const loss: Objective['loss'] = (batch, pass, tape) => {
  const shape = [batch.length, T - 1];
  const read = Array.from(batch, (i) => numbers[i].slice(0, -1)).flat();
  const next = Array.from(batch, (i) => numbers[i].slice(1)).flat();
  return crossEntropy(model.forward(tape.constant(read, shape), pass), { values: next, shape });
};
await fit(network, { training: { examples: tunes.length, loss }, epochs: 150, rate: 1e-2, seed: 1 });

for (const [first] of numbers) {
  const carry: Carry = new Map(); // the memory between one note and the next
  const played = [first];
  while (played.length < T) {
    const { values } = network.predict(played.slice(-1), [1, 1], { carry });
    played.push(values.indexOf(Math.max(...values)));
  }
  console.log(
    notes[first],
    '→',
    played
      .slice(1)
      .map((note) => notes[note])
      .join(' '),
  );
}
