import { parseArgs } from 'node:util';
import { Random, RecurveError } from 'recurve';
import { decodeText } from 'recurve/data';
import { datasetNamed, datasetPlaces, findDataset, readFileBytes } from 'recurve/node';
import { type ClassifyOptions, type TextExamples, trainClassify } from 'recurve/tasks';
import { recordTask } from './record.ts';

/** What one fold of the cross-validation gave: accuracies on its tenth of the sentences. */
interface Fold {
  accuracy: number;
  f1: number;
  auc: number;
  /** The recurrent network without naive Bayes. */
  network: number;
  /** Naive Bayes of words and pairs alone. */
  bayes: number;
  majority: number;
  epochs: number;
  /** Of the training: from the first step to the last. */
  seconds: number;
}

const FOLDS = 10;

/**
 * `npm run bench -- tasks classify [--seed N] [--quick]`: movie-review sentences (Pang & Lee 2005), 10-fold cross-validation. In turn each
 * tenth of either class is the test, and everything, vocabulary, epoch and weight of naive Bayes included, comes from the other nine.
 * `--quick` shows that it runs and writes nothing.
 */
export async function run(name: string, words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: { seed: { type: 'string', default: '1' }, quick: { type: 'boolean', default: false } },
  });
  const began = performance.now();
  const seed = Number(values.seed);
  const record = await crossValidate({ seed, data: await sentenceFiles(), quick: values.quick });
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  if (!values.quick)
    recordTask(name, { ...record, seed, seconds, cpuSeconds: Math.round(process.cpuUsage().user / 1e6) });
}

async function crossValidate({ seed, data, quick }: { seed: number; data: readonly string[]; quick: boolean }) {
  const examples = await sentences(data);
  const folds = foldsOf(examples.labels ?? [], seed);
  const options: ClassifyOptions = { seed, ...(quick && { epochs: 1, hidden: 8, embedding: 8 }) };
  const results: Fold[] = [];
  for (let k = 0; k < (quick ? 2 : FOLDS); k++) {
    const pick = (which: (fold: number) => boolean): TextExamples => {
      const chosen = Array.from(folds, (_, i) => i).filter((i) => which(folds[i]));
      const { source, texts, labels = [] } = examples;
      return { kind: 'words', source, texts: chosen.map((i) => texts[i]), labels: chosen.map((i) => labels[i]) };
    };
    const trained = await trainClassify(
      pick((fold) => fold !== k),
      options,
      { test: pick((fold) => fold === k) },
    );
    const { scores, baselines, network, epochs, seconds, model } = trained;
    if (!scores || !baselines || !network) throw new Error('bench classify: a fold without a test');
    const { accuracy, f1, auc = Number.NaN } = scores;
    const fold = { accuracy, f1, auc, network: network.accuracy, bayes: baselines.bayes.accuracy };
    results.push({ ...fold, majority: baselines.majority.accuracy, epochs, seconds });
    console.log(
      `fold ${k + 1}: ${per100(accuracy)} %   network alone ${per100(network.accuracy)}   naive Bayes ${per100(fold.bayes)}   ${epochs} epochs, ${seconds.toFixed(1)} s`,
    );
    model[Symbol.dispose]();
  }
  const mean = (name: keyof Fold): number => results.reduce((sum, fold) => sum + fold[name], 0) / results.length;
  const figures = {
    accuracy: mean('accuracy'),
    f1: mean('f1'),
    auc: mean('auc'),
  };
  const [network, bayes, majority] = (['network', 'bayes', 'majority'] as const).map((key) => ({
    accuracy: mean(key),
  }));
  console.log(
    `mean of ${results.length}: ${per100(figures.accuracy)} %   network alone ${per100(network.accuracy)}   naive Bayes ${per100(bayes.accuracy)}   (Kim 2014, CNN-rand: 76.1)`,
  );
  return {
    title: `Movie-review sentences (sentiment-mr), ${FOLDS}-fold cross-validation`,
    figures,
    baselines: { 'the network alone': network, 'naive Bayes': bayes, 'most frequent class': majority },
    published: { 'CNN-rand, Kim 2014': { accuracy: 0.761 } },
    secondsPerTraining: mean('seconds'),
    folds: results,
  };
}

/** The fold of each example: every class dealt out in random order. */
function foldsOf(labels: readonly string[], seed: number): Int32Array {
  const folds = new Int32Array(labels.length);
  for (const name of new Set(labels)) {
    const members = labels.flatMap((label, i) => (label === name ? [i] : []));
    const order = new Random(seed).fork('folds').fork(name).permutation(members.length);
    order.forEach((i, at) => {
      folds[members[i]] = at % FOLDS;
    });
  }
  return folds;
}

async function sentences(files: readonly string[]): Promise<TextExamples> {
  const texts: string[] = [];
  const labels: string[] = [];
  for (const path of files) {
    const lines = decodeText(await readFileBytes(path), { name: path })
      .split('\n')
      .filter((line) => line.trim() !== '');
    texts.push(...lines);
    labels.push(...lines.map(() => path.slice(-3)));
  }
  return { kind: 'words', source: 'sentiment-mr', texts, labels };
}

/** rt-polarity.neg and rt-polarity.pos on this machine. */
async function sentenceFiles(): Promise<string[]> {
  const files = await findDataset(datasetNamed('sentiment-mr'), datasetPlaces());
  if (files) return files.map(({ path }) => path).sort();
  throw new RecurveError(
    'file',
    'bench tasks: expected sentiment-mr on this machine, got none; run recurve datasets get sentiment-mr, or set RECURVE_DATA',
  );
}

const per100 = (share: number): string => (100 * share).toFixed(2);
