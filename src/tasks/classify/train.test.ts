import { beforeAll, describe, expect, test } from 'vitest';
import { readTable } from '../../data/index.ts';
import { encodeModelFile, type ModelFile } from '../../model/index.ts';
import { Random } from '../../random.ts';
import { imageExamples, type NumberExamples, sequenceExamples, type TextExamples } from './examples.ts';
import { loadClassify } from './model.ts';
import type { ClassifyOptions } from './options.ts';
import { type TrainedClassify, trainClassify } from './train.ts';

const GOOD = ['fine', 'lovely', 'great', 'superb', 'warm'];
const BAD = ['dull', 'awful', 'poor', 'weak', 'cold'];
const OTHER = ['film', 'plot', 'actor', 'scene', 'the', 'a', 'music', 'and', 'story'];

/** Sentences whose word of praise is turned round by "not" before it in half of them: single words say nothing, their order does. */
function reviews(count: number, seed = 5): TextExamples {
  const random = new Random(seed);
  const any = (list: readonly string[]): string => list[random.integer(list.length)];
  const texts: string[] = [];
  const labels: string[] = [];
  for (let i = 0; i < count; i++) {
    const words = Array.from({ length: 3 + random.integer(6) }, () => any(OTHER));
    const [praise, turned] = [random.integer(2) === 1, random.integer(2) === 1];
    words.splice(
      random.integer(words.length),
      0,
      ...(turned ? ['not', 'very'] : ['quite', 'very']),
      any(praise ? GOOD : BAD),
    );
    texts.push(words.join(' '));
    labels.push(praise === turned ? 'bad' : 'good');
  }
  return { kind: 'words', source: 'reviews', texts, labels };
}

/** Two noisy channels over 10 to 30 steps: which one rises later is the class; means and deviations are the same. */
function waves(count: number, seed = 3): NumberExamples {
  const random = new Random(seed);
  const labels: string[] = [];
  const sequences = Array.from({ length: count }, () => {
    const T = 10 + random.integer(21);
    const [first, second] = [0.2 + 0.2 * random.uniform(), 0.6 + 0.2 * random.uniform()];
    const left = random.integer(2) === 0;
    labels.push(left ? 'left' : 'right');
    return Float32Array.from({ length: 2 * T }, (_, i) => {
      const peak = (i % 2 === 0) === left ? first : second;
      const at = Math.floor(i / 2) / T - peak;
      return 5 + (Math.abs(at) < 0.1 ? 3 : 0) + 0.3 * random.normal();
    });
  });
  return { kind: 'numbers', source: 'waves', features: ['x', 'y'], sequences, labels };
}

const SMALL_NUMBERS: ClassifyOptions = {
  hidden: 8,
  epochs: 20,
  batchSize: 20,
  rate: 0.02,
  dropout: 0.2,
  testShare: 0.25,
  patience: 20,
  seed: 2,
};
const SMALL: ClassifyOptions = { ...SMALL_NUMBERS, embedding: 8 };

test('balanced class weights find more of a rare class; weights of other classes are refused', async () => {
  const random = new Random(4);
  // Every tenth text is an alarm, and tells so by a word that others have too.
  const rows = Array.from({ length: 600 }, (_, i) => {
    const alarm = i % 10 === 0;
    const word = random.uniform() < (alarm ? 0.8 : 0.15) ? 'smoke' : 'sun';
    return { text: `${word} over the ${OTHER[random.integer(OTHER.length)]}`, label: alarm ? 'alarm' : 'quiet' };
  });
  const texts = rows.map(({ text }) => text);
  const data: TextExamples = { kind: 'words', source: 'rows', texts, labels: rows.map(({ label }) => label) };
  const recall = async (classWeights: ClassifyOptions['classWeights']) => {
    const { scores, model } = await trainClassify(data, { ...SMALL, epochs: 6, classWeights: classWeights ?? 'none' });
    expect((await loadClassify(encodeModelFile(model.encode()))).settings.classWeights).toEqual(classWeights);
    const [[found, missed]] = scores?.confusion ?? [[0, 1]];
    return found / (found + missed);
  };
  const plain = await recall('none');
  expect(await recall('balanced')).toBeGreaterThan(plain + 0.3);
  expect(await recall({ alarm: 9 })).toBeGreaterThan(plain + 0.3);
  for (const [classWeights, message] of [
    [{ fire: 2 }, /expected class weights of "alarm", "quiet", got one of "fire"/],
    [{ alarm: 0 }, /expected a weight between 0.000001 and 1,000,000 for class alarm, got 0/],
    [{ alarm: 1e308 }, /expected a weight between 0.000001 and 1,000,000 for class alarm, got 1e\+308/],
    [{ constructor: 2 }, /expected class weights of "alarm", "quiet", got one of "constructor"/],
    [{ ['__proto__']: 2 }, /expected class weights of names that a model file can hold, got one of __proto__/],
  ] as const) {
    await expect(trainClassify(data, { ...SMALL, classWeights })).rejects.toThrow(message);
  }
});

test('words that are all too rare are refused, and few known ones are told of before the first step', async () => {
  await expect(trainClassify(reviews(100), { ...SMALL, minCount: 1e9 })).rejects.toThrow(
    'classify: expected words that occur at least 1,000,000,000 times in the training part, got none; lower minCount, or give more texts',
  );
  const told = async (minCount: number) => {
    const news: unknown[] = [];
    const hooks = {
      onNote: (line: string) => news.push(line),
      onProgress: ({ step }: { step: number }) => news.push(step),
    };
    await trainClassify(reviews(100), { ...SMALL, epochs: 1, minCount }, hooks);
    return news[0];
  };
  expect(await told(1)).toBe(1);
  expect(await told(60)).toMatch(/^only \d+\.\d % of the words of the training part are known: /);
});

describe('trainClassify on texts', () => {
  let trained: TrainedClassify;
  beforeAll(async () => {
    trained = await trainClassify(reviews(600), SMALL);
  });

  test('tells turned praise from praise, 15 points above naive Bayes and 40 above the majority', () => {
    const { scores, baselines } = trained;
    expect(scores?.accuracy).toBeGreaterThan(0.95);
    expect(scores?.accuracy).toBeGreaterThan((baselines?.majority.accuracy ?? 1) + 0.4);
    expect(trained.network?.accuracy).toBeGreaterThan((baselines?.bayes.accuracy ?? 1) + 0.15);
    expect(scores?.auc).toBeGreaterThan(0.97);
    expect(scores?.confusion.flat().reduce((a, b) => a + b)).toBe(151);
  });

  test('the network alone scores as one that was trained without naive Bayes, to the bit', async () => {
    const { scores, model } = await trainClassify(reviews(600), { ...SMALL, bayes: false });
    expect(trained.network).toEqual(model.summary.test);
    expect(trained.network?.logLoss).toBe(scores?.logLoss);
    expect(trained.network).not.toEqual(trained.model.summary.test);
  });

  test('gives the same bytes for the same seed and others for another', async () => {
    const bytes = encodeModelFile(withoutTime(trained.model.encode()));
    const again = await trainClassify(reviews(600), SMALL);
    expect(encodeModelFile(withoutTime(again.model.encode()))).toEqual(bytes);
    const other = await trainClassify(reviews(600), { ...SMALL, seed: 3 });
    expect(encodeModelFile(withoutTime(other.model.encode()))).not.toEqual(bytes);
  });

  test('answers after loading to the bit, one by one as all together', async () => {
    const loaded = await loadClassify(encodeModelFile(trained.model.encode()));
    const { texts } = reviews(20, 77);
    const together = await trained.model.classify(texts);
    expect(await loaded.classify(texts)).toEqual(together);
    for (const [i, text] of texts.entries()) expect((await loaded.classify([text]))[0]).toEqual(together[i]);
  });

  test('explains by words: the turned praise speaks for the answer, fillers hardly', async () => {
    const text = 'the film and not very great plot a';
    const { label, about, words = [] } = await trained.model.explain(text);
    expect([label, about]).toEqual(['bad', 'bad']);
    expect(words.map(({ start, end }) => text.slice(start, end))).toEqual(text.split(' '));
    const weight = new Map(words.map((word) => [word.word, word.weight]));
    const fillers = ['the', 'film', 'plot', 'a'].map((word) => Math.abs(weight.get(word) ?? 9));
    expect(weight.get('not')).toBeGreaterThan(2 * Math.max(...fillers));
    const against = await trained.model.explain(text, 'good');
    against.words?.forEach((word, i) => {
      expect(word.weight).toBeCloseTo(-words[i].weight, 6);
    });
    await expect(trained.model.explain(text, 'ugly')).rejects.toThrow('expected a label of "bad", "good", got "ugly"');
  });

  test('answers an empty text with the shares of the training, and one of unknown words by what it has of them', async () => {
    const [empty, unknown] = await trained.model.classify([' \t', 'zxq qqq 你']);
    expect([...empty.probabilities]).toEqual([...trained.model.shares]);
    expect([empty.known, unknown.known]).toEqual([0, 0]);
    expect(unknown.probability).toBeLessThan(0.95);
    expect(unknown.probabilities[0] + unknown.probabilities[1]).toBeCloseTo(1, 12);
    expect((await trained.model.explain('')).words).toEqual([]);
  });

  test('resumes from any checkpoint to the bits of the whole', async () => {
    const whole = encodeModelFile(withoutTime(trained.model.encode()));
    const saved: ModelFile[] = [];
    await trainClassify(reviews(600), SMALL, {
      checkpoint: { everySeconds: 0, save: async (file) => void saved.push(structuredClone(file)) },
    });
    expect(saved.length).toBeGreaterThan(60);
    for (const at of [0, 17, 40, saved.length - 1]) {
      const resumed = await trainClassify(reviews(600), SMALL, { resume: saved[at] });
      expect(encodeModelFile(withoutTime(resumed.model.encode()))).toEqual(whole);
    }
    await expect(trainClassify(reviews(599), SMALL, { resume: saved[3] })).rejects.toThrow(
      'expected the data the training began with',
    );
    await expect(trainClassify(reviews(600), { ...SMALL, hidden: 9 }, { resume: saved[3] })).rejects.toThrow(
      'expected the settings the training began with',
    );
  });

  test('stops on request with a checkpoint to go on from', async () => {
    const control = new AbortController();
    let last: ModelFile | undefined;
    const stopped = trainClassify(reviews(600), SMALL, {
      signal: control.signal,
      onProgress: ({ step }) => step === 30 && control.abort(),
      checkpoint: {
        everySeconds: 1e9,
        save: async (file) => {
          last = file;
        },
      },
    });
    await expect(stopped).rejects.toThrow('got a request to stop');
    expect(last?.document.step).toBe(30);
  });

  test('begins with pretrained vectors where they are given, and learns with every pooling', async () => {
    const vectors = new Map([...GOOD, ...BAD].map((word, i) => [word, Float32Array.of(i < 5 ? 2 : -2, 0, 0, 1)]));
    const options = { ...SMALL, epochs: 1, rate: 1e-9, members: 2 } as const;
    const given = { source: 'mine', width: 4, vectors };
    const { embedding: _, ...rest } = options;
    const { model, notes } = await trainClassify(reviews(200), rest, { vectors: given });
    expect(notes.at(-1)).toBe('10 of 22 words begin with a vector of mine');
    const state = model.network.state();
    for (const member of ['member0', 'member1']) {
      const { data, shape } = state[`${member}.embedding.weight`];
      const id = model.plan.kind === 'words' ? (model.plan.vocabulary.idOf('great') ?? 0) : 0;
      expect(shape).toEqual([23, 4]);
      expect(Array.from(data.slice(4 * id, 4 * id + 4), (v) => Math.round(v * 1e4) / 1e4)).toEqual([2, 0, 0, 1]);
    }
    await expect(trainClassify(reviews(200), options, { vectors: given })).rejects.toThrow(
      'expected vectors of width 8, got 4 in mine',
    );
    for (const pooling of ['last', 'mean', 'max', 'attention'] as const) {
      const one = await trainClassify(reviews(600), { ...SMALL, pooling, bayes: false });
      expect(one.scores?.accuracy, pooling).toBeGreaterThan(0.9);
      const again = await loadClassify(encodeModelFile(one.model.encode()));
      expect(await again.classify(['not very poor'])).toEqual(await one.model.classify(['not very poor']));
    }
  });
});

describe('trainClassify on numbers', () => {
  test('tells which channel rises first, 30 points above naive Bayes on moments', async () => {
    const trained = await trainClassify(waves(400), { ...SMALL_NUMBERS, epochs: 12 });
    expect(trained.scores?.accuracy).toBeGreaterThan(0.95);
    expect(trained.scores?.accuracy).toBeGreaterThan((trained.baselines?.bayes.accuracy ?? 1) + 0.3);
    const [sequence] = waves(1, 9).sequences;
    const { steps = [], label } = await trained.model.explain(sequence);
    expect(label).toBe(waves(1, 9).labels?.[0]);
    // Where the bumps are says which class it is; the flat parts do not.
    const T = sequence.length / 2;
    const strongest = steps.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))[0];
    const high = (t: number): boolean => sequence[2 * t] > 6.5 || sequence[2 * t + 1] > 6.5;
    expect(steps).toHaveLength(T);
    expect(high(strongest.from)).toBe(true);
    const loaded = await loadClassify(encodeModelFile(trained.model.encode()));
    expect(await loaded.predict(waves(5, 8))).toEqual(await trained.model.predict(waves(5, 8)));
  });
});

describe('trainClassify refuses', () => {
  const texts = (labels: string[], of = (i: number) => `text number ${i}`): TextExamples => ({
    kind: 'words',
    source: 'a.csv',
    texts: labels.map((_, i) => of(i)),
    labels,
  });
  test.each<[string, TextExamples, string]>([
    ['an empty corpus', texts([]), 'a.csv: expected examples with labels, got no example'],
    [
      'no labels',
      { kind: 'words', source: 'a.csv', texts: ['a'] },
      'a.csv: expected examples with labels, got no labels',
    ],
    ['one class', texts(['x', 'x', 'x']), 'a.csv: expected at least two classes, got only "x"'],
    [
      'a class with one example',
      texts(['x', 'x', 'x', 'y']),
      'expected at least 3 examples of every class (to train, to validate and to test), got 1 of "y"',
    ],
    [
      'texts without a word',
      texts(['x', 'y'], () => ' \u200b'),
      'a.csv: expected texts with at least one word, got only empty ones',
    ],
  ])('%s', async (_, examples, message) => {
    await expect(trainClassify(examples)).rejects.toThrow(message);
  });

  test('options that cannot work', async () => {
    const set = texts(['x', 'x', 'x', 'y', 'y', 'y']);
    await expect(trainClassify(set, { hidden: 0 })).rejects.toThrow(
      'expected hidden to be a whole number of at least 1, got 0',
    );
    await expect(trainClassify(set, { dropout: 1 })).rejects.toThrow('expected dropout p with 0 ≤ p < 1, got 1');
    await expect(trainClassify(set, { members: 1001 })).rejects.toThrow(
      'classify: expected members to be a whole number from 1 to 1,000, got 1001; set members',
    );
    await expect(trainClassify(set, { pooling: 'sum' as 'max' })).rejects.toThrow(
      'expected pooling to be one of mean-max, mean',
    );
    await expect(trainClassify(set, { colour: 1 } as ClassifyOptions)).rejects.toThrow(
      'expected known options, got colour',
    );
  });

  test('options without use, and numbers beyond f32 or labels that are none in arrays', async () => {
    await expect(trainClassify(waves(60), { ...SMALL_NUMBERS, minCount: 2 })).rejects.toThrow(
      'classify: expected minCount with texts, got sequences of numbers; leave it out',
    );
    await expect(trainClassify(reviews(60), SMALL, { test: reviews(10) })).rejects.toThrow(
      'classify: expected a test set or testShare, got both; leave one out',
    );
    const array = (...values: number[]) => ({ shape: [values.length / 2, 2, 1], values: Float64Array.from(values) });
    const labels = { shape: [2], values: Float64Array.of(0, Number.NaN) };
    expect(() => imageExamples(array(1, 2, 3, 1e39), undefined, 'i')).toThrow(
      'i: expected finite numbers below 3.4e38, got 1e+39 in example 2; repair the file',
    );
    expect(() => imageExamples(array(1, 2, 3, 4), labels, 'i', 'l')).toThrow(
      'l: expected a label for every example, got NaN for example 2; repair the file',
    );
    const table = await readTable('id,x\na,1\na,1e39\n', { name: 't.csv', text: ['id'] });
    expect(() => sequenceExamples(table, { id: 'id' })).toThrow(
      't.csv: expected numbers below 3.4e38 in "x", got 1e+39 in row 3; repair it or leave the row out',
    );
    expect(() => sequenceExamples(table, { id: 'id', label: 'id' })).toThrow(
      'classify: expected two columns, sequence and label, got "id" for both; name both',
    );
  });

  test('what plain JavaScript may give', async () => {
    const of = (changes: object) => trainClassify({ ...texts(['x', 'x', 'x', 'y', 'y', 'y']), ...changes } as never);
    await expect(of({ labels: [1, 1, 1, 2, 2, 2] })).rejects.toThrow(
      'a.csv: expected texts as labels, got a number for example 1; write each as a text, such as String(label)',
    );
    await expect(of({ labels: ['x', 'x', 'x', 'y', 'y', 'y', 'y'] })).rejects.toThrow(
      'expected a label for each of 6 examples, got 7; align them',
    );
    await expect(of({ labels: ['x', 'x', 'x', 'y', 'y', ''] })).rejects.toThrow('got an empty one for example 6');
    await expect(of({ texts: ['a', 'b', null, 'd', 'e', 'f'] })).rejects.toThrow('got null as example 3');
    await expect(of({ kind: undefined })).rejects.toThrow('expected examples of kind words or numbers, got undefined');
    const { model } = await trainClassify(texts(['x', 'x', 'y', 'y']), { ...SMALL, epochs: 1, testShare: 0 });
    await expect(model.classify('a text' as never)).rejects.toThrow('expected a list of texts, got one text');
  });

  test('labels of several lines, with codes of terminals or of a thousand letters, in one line', async () => {
    const odd = ['two\nlines', '\u001b[31mred', 'x'.repeat(1000)];
    const { notes, model } = await trainClassify(texts([...odd, ...odd, ...odd]), { ...SMALL, epochs: 1 });
    await expect(trainClassify(texts(odd))).rejects.toThrow('got 1 of "\ufffd[31mred"');
    await expect(model.evaluate(texts(['a\nb']))).rejects.toThrow('got "a\ufffdb" for example 1');
    await expect(model.explain('a', 'no')).rejects.toThrow('"two\ufffdlines"');
    for (const note of notes) expect(note).toMatch(/^\P{Cc}{1,300}$/u);
  });

  test('labels that differ in case or spaces alone are told of, also where one is too rare', async () => {
    const twice = (labels: string[]) => [...labels, ...labels, ...labels, ...labels];
    const { notes } = await trainClassify(texts(twice(['x', 'X ', 'y'])), { ...SMALL, epochs: 1 });
    expect(notes.at(-1)).toBe(
      'classes that differ in case or spaces alone are learned apart: "X ", "x"; write them alike if they are one',
    );
    await expect(trainClassify(texts([...twice(['x', 'y']), 'X']))).rejects.toThrow(
      'got 1 of "X"; correct it if "x" is meant, add some, or leave the class out',
    );
  });

  test('a column that is not read, with the first cell that is no number; an infinity is refused', async () => {
    const rows = Array.from({ length: 12 }, (_, id) => [0, 1].map((t) => `${id},${t},${(id + t) % 5},${'ab'[id % 2]}`));
    const csv = ['id,x,y,label', ...rows.flat(), ''].join('\n');
    const read = async (text: string) =>
      sequenceExamples(await readTable(text, { name: 't.csv', text: ['id', 'label'], missing: [''] }), {
        id: 'id',
        label: 'label',
      });
    const { notes } = await trainClassify(await read(csv.replace('\n1,0,', '\n1,NA,')), {
      ...{ hidden: 2, epochs: 1 },
    });
    expect(notes[0]).toBe('column "x": not used (first "NA" in row 4); it holds text');
    expect((await read(csv)).notes).toBeUndefined();
    await expect(read(csv.replace('\n1,0,', '\n1,inf,'))).rejects.toThrow(
      'data: expected finite numbers in column "x" of t.csv, got "inf" in row 4',
    );
  });

  test('data of another kind, other columns, other labels', async () => {
    const { model } = await trainClassify(texts(['x', 'x', 'x', 'y', 'y', 'y']), { ...SMALL, testShare: 0 });
    await expect(model.predict(waves(2))).rejects.toThrow('waves: expected texts, got sequences of numbers');
    await expect(model.evaluate(texts(['x', 'z']))).rejects.toThrow(
      'a.csv: expected labels "x", "y", got "z" for example 2',
    );
    await expect(model.evaluate({ kind: 'words', source: 'b', texts: ['a'] })).rejects.toThrow(
      'b: expected examples with labels, got no labels',
    );
    const numbers = (await trainClassify(waves(60), { ...SMALL_NUMBERS, epochs: 1 })).model;
    await expect(numbers.predict({ ...waves(2), features: ['x', 'z'] })).rejects.toThrow(
      'expected the 2 columns "x", "y", got 2: "x", "z"',
    );
    numbers.network.engine.write(numbers.network.weights, new Float32Array(numbers.network.slots).fill(3e38));
    await expect(numbers.predict(waves(2))).rejects.toThrow(
      'classify: expected finite probabilities, got NaN; look for',
    );
    await expect(numbers.predict({ ...waves(1), sequences: [Float32Array.of(1, Number.NaN)] })).rejects.toThrow(
      'expected 2 finite numbers per step, got NaN in sequence 1 of 1',
    );
  });

  test('model files whose parts do not fit each other', async () => {
    const { model } = await trainClassify(reviews(60), { ...SMALL, epochs: 1 });
    const { tensors, document } = model.encode();
    const changed = (change: (data: Stored) => void): Promise<unknown> => {
      const copy = structuredClone(document) as unknown as { data: Stored };
      change(copy.data);
      return loadClassify(encodeModelFile({ tensors, document: { ...document, data: copy.data as never } }), {
        name: 'm',
      });
    };
    await expect(changed((data) => data.plan.vocabulary.tokens.push('new'))).rejects.toThrow('m: expected counts of');
    await expect(changed((data) => data.plan.known--)).rejects.toThrow('m: sizes.inputs: expected');
    await expect(changed((data) => data.plan.vocabulary.tokens.push('film'))).rejects.toThrow(
      'm: data.plan.vocabulary: expected a vocabulary',
    );
    await expect(changed((data) => data.classes.push('third'))).rejects.toThrow('m: sizes.classes: expected 2, got 3');
    await expect(loadClassify(new Uint8Array(3), { name: 'm' })).rejects.toThrow('m: expected');
  });
});

interface Stored {
  plan: { known: number; vocabulary: { tokens: string[] } };
  classes: string[];
}

/** The file without the seconds its training took. */
function withoutTime(file: ModelFile): ModelFile {
  const training = structuredClone(file.document.training) as { summary: Record<string, unknown> };
  delete training.summary.seconds;
  return { ...file, document: { ...file.document, training: training as never } };
}
