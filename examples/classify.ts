// Praise or blame? A classifier of short reviews, what its words speak for, and its scores beside naive Bayes. About 2 seconds.
import { Random } from 'recurve';
import { trainClassify } from 'recurve/tasks';

// "not" turns a judgement round, so that counting words is not enough: their order decides.
const random = new Random(4);
const any = (words: readonly string[]): string => words[random.integer(words.length)];
const [texts, labels]: [string[], string[]] = [[], []];
for (let i = 0; i < 800; i++) {
  const [fine, turned] = [random.integer(2) === 1, random.integer(2) === 1];
  const judged = any(fine ? ['great', 'lovely', 'superb'] : ['dull', 'awful', 'weak']);
  const rest = Array.from({ length: random.integer(4) }, () => any(['tonight', 'again', 'to me', 'at last', 'in all']));
  texts.push(
    [
      any(['the film', 'this plot', 'her song']),
      turned ? 'is not' : 'is so',
      any(['very', 'quite', 'all that']),
      judged,
      ...rest,
    ].join(' '),
  );
  labels.push(fine === turned ? 'blame' : 'praise');
}

const { model, scores, baselines } = await trainClassify(
  { kind: 'words', source: 'reviews', texts, labels },
  { hidden: 16, embedding: 16, rate: 0.01, epochs: 20, patience: 20, dropout: 0.2, seed: 1 },
);
console.log('accuracy', scores!.accuracy.toFixed(3), 'naive Bayes', baselines!.bayes.accuracy.toFixed(3));

for (const { label, probability } of await model.classify([
  'her song is not very awful',
  'the film is not very great',
])) {
  console.log(label, probability.toFixed(2));
}
const { about, words = [] } = await model.explain('the film is not very great tonight');
console.log('for', about, words.map(({ word, weight }) => `${word} ${weight.toFixed(1)}`).join(', '));
