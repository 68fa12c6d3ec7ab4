import { shorten } from '../../data/table.ts';
import { formatCount } from '../../format.ts';
import { besideBest } from '../../report/card.ts';
import { frequentConfusions, MOST_GRID_CLASSES } from '../../report/confusions.ts';
import {
  type Card,
  figure,
  heatmapChart,
  lineChart,
  type MarkedPart,
  markedText,
  type Section,
  STOPPED,
  shownSettings,
  type TaskReportInput,
  table,
} from '../../report/index.ts';
import { VERSION } from '../../version.ts';
import { expectTrained } from '../arguments.ts';
import type { Explanation } from './model.ts';
import { choices } from './predictor.ts';
import { type ClassifyScores, figuresOf } from './scores.ts';
import type { TrainedClassify } from './train.ts';

/** Texts explained in the report, of each kind. */
const SHOWN = 4;
/** Longer texts would push each other off the page. */
const LONGEST = 80;
/** Characters of classes in the heading. */
const LONGEST_HEADING = 60;

/** Arranges a training's results for `taskReport`; reads some test texts again without each of their words. */
export async function classifyReportInput(trained: TrainedClassify): Promise<TaskReportInput> {
  expectTrained('classifyReportInput', trained);
  const { model, scores, baselines, network, notes, history, epochs, stopped, seconds } = trained;
  const { settings, classes, plan } = model;
  const { cell, hidden, layers, bidirectional, pooling, members } = settings;
  const name = cell.toUpperCase();
  const of = plan.kind === 'words' ? 'texts' : 'sequences';
  return {
    task: 'classify',
    title: `Classes of ${of}: ${namesIn(classes)}`,
    ...(scores && baselines && { lead: verdict(scores, baselines.bayes.accuracy, of) }),
    facts: [
      `${members > 1 ? `${members} times ` : ''}${bidirectional ? 'bidirectional ' : ''}${name}, ${layers > 1 ? `${layers} layers of ` : ''}${hidden} units, pooling ${pooling}`,
      plan.kind === 'words'
        ? `${formatCount(plan.vocabulary.tokens.length)} words known`
        : `${plan.features.length} numbers per step`,
    ],
    ...(scores && {
      cards: cardsOf(scores, baselines),
    }),
    ...(scores &&
      baselines && {
        scores: {
          caption: `Scores on ${formatCount(scores.examples)} test ${of}`,
          heads: ['Classifier', 'How it decides'] as const,
          measures: [
            { key: 'accuracy', name: 'Accuracy', better: 'higher' as const },
            { key: 'f1', name: 'Macro F1', better: 'higher' as const },
            { key: 'logLoss', name: 'Log loss (nats)' },
            { key: 'auc', name: 'AUC', better: 'higher' as const },
          ],
          contestants: [
            {
              name: network ? `${name} with naive Bayes` : name,
              scores: { ...figuresOf(scores) },
              method: network
                ? 'adds the evidence of both, as weighed on validation texts'
                : 'reads the steps in order',
              model: true,
            },
            ...(network ? [{ name: `${name} alone`, scores: { ...network }, method: 'reads the words in order' }] : []),
            {
              name: 'Naive Bayes',
              scores: { ...baselines.bayes },
              method:
                plan.kind === 'words'
                  ? 'counts words and pairs of words'
                  : 'mean, deviation, least and largest of each column',
            },
            {
              name: 'Most frequent class',
              scores: { ...baselines.majority },
              method: 'answers the same to everything',
            },
          ],
        },
      }),
    sections: [...(scores ? [confusionSection(scores), rocSection(scores, classes)] : []), await wordsSection(trained)],
    training: { epochs: history, best: epochs, loss: 'cross-entropy', stopped: STOPPED[stopped] },
    data: notes,
    settings: shownSettings(settings),
    versions: { recurve: VERSION, seed: settings.seed },
    seconds: { training: seconds },
  };
}

/** The first classes, as many as a heading holds. */
function namesIn(classes: readonly string[]): string {
  const names = classes.slice(0, 6).map(shorten);
  while (names.length > 1 && names.join(', ').length > LONGEST_HEADING) names.pop();
  return `${names.join(', ')}${names.length < classes.length ? ' …' : ''}`;
}

function cardsOf(scores: ClassifyScores, baselines: TrainedClassify['baselines']): Card[] {
  const card = (
    key: 'accuracy' | 'f1' | 'auc',
    label: string,
    format: (value: number) => string,
    unit?: string,
  ): Card[] => {
    const own = scores[key];
    const others = Object.values(baselines ?? {}).map((figures) => figures[key]);
    return own === undefined
      ? []
      : [
          {
            label,
            value: format(own),
            ...(unit && { unit }),
            ...besideBest(own, others, { better: 'higher', format }),
          },
        ];
  };
  return [
    ...card('accuracy', 'Accuracy', (value) => (100 * value).toFixed(1), '%'),
    ...card('f1', 'Macro F1', (value) => value.toFixed(3)),
    ...card('auc', 'AUC', (value) => value.toFixed(3)),
  ];
}

function verdict({ accuracy, examples }: ClassifyScores, bayes: number, of: string): string {
  const points = 100 * (accuracy - bayes);
  const beside =
    Math.abs(points) < 0.05
      ? 'as many as'
      : `${Math.abs(points).toFixed(1)} points ${points > 0 ? 'more' : 'fewer'} than`;
  return `Of ${formatCount(examples)} test ${of} the model names the class of ${(100 * accuracy).toFixed(1)} %, ${beside} naive Bayes.`;
}

function confusionSection(scores: ClassifyScores): Section {
  const { confusion, classes } = scores;
  const names = classes.map(({ name }) => name);
  const confused =
    names.length > MOST_GRID_CLASSES ? frequentConfusions(confusion, names, 'examples') : confusionGrid(scores, names);
  const perClass = table({
    caption: 'By class',
    columns: [
      { header: 'Class' },
      ...['Precision', 'Recall', 'F1', 'Examples'].map((header) => ({ header, align: 'right' as const })),
    ],
    rows: classes.map(({ name, precision, recall, f1, support }) => [
      name,
      ...[precision, recall, f1].map((value) => value.toFixed(3)),
      formatCount(support),
    ]),
  });
  return { id: 'confusion', heading: 'Right and wrong', short: 'Confusion', content: [confused, perClass] };
}

function confusionGrid({ confusion, classes }: ClassifyScores, names: readonly string[]): string {
  const shares = confusion.map((row, k) =>
    row.map((count) => (classes[k].support > 0 ? count / classes[k].support : Number.NaN)),
  );
  return figure({
    caption: 'Who is taken for whom',
    note: 'Rows are the true classes, columns the answers; the colour is the share of the row. A perfect classifier has a diagonal of ones.',
    height: 90 + 30 * Math.min(Math.max(names.length, 3), 20),
    draw: ({ width, height }) =>
      heatmapChart({
        title: 'Confusion matrix',
        width,
        height,
        values: shares,
        rows: names,
        columns: names,
        domain: [0, 1],
      }),
    table: {
      caption: 'True class by row, answer by column',
      columns: [{ header: '' }, ...names.map((header) => ({ header, align: 'right' as const }))],
      rows: confusion.map((row, k) => [names[k], ...row.map(String)]),
    },
  });
}

function rocSection({ roc, auc = 0 }: ClassifyScores, classes: readonly string[]): Section {
  const section = { id: 'roc', heading: 'Every threshold', short: 'ROC' };
  if (!roc) return { ...section, content: [] };
  const chart = figure({
    caption: `ROC of "${classes[1]}", area ${auc.toFixed(3)}`,
    note: `Above, the share of "${classes[1]}" that is found; to the right, the share of "${classes[0]}" that is taken for it, as the threshold falls. The dotted line is chance.`,
    draw: ({ width, height }) =>
      lineChart({
        ...{ title: 'Receiver operating characteristic', width, height, hover: false, zero: true },
        xLabel: 'false positive rate',
        x: roc.falsePositive,
        series: [
          { label: 'Model', y: roc.truePositive },
          { label: 'Chance', y: roc.falsePositive, dash: 'dotted', color: 'faint' },
        ],
      }),
  });
  return { ...section, content: [chart] };
}

/** Some test texts with what their words speak for: the surest ones right, the surest ones wrong, and the least sure. */
async function wordsSection({ model, tested }: TrainedClassify): Promise<Section> {
  const section = { id: 'words', heading: 'What the words speak for', short: 'Words' };
  if (tested?.examples.kind !== 'words') return { ...section, content: [] };
  const { probabilities, truth, examples, encoded } = tested;
  const K = model.classes.length;
  const answers = choices(probabilities, K);
  const sureness = (i: number): number => probabilities[i * K + answers[i]];
  const order = Array.from(answers, (_, i) => i)
    .filter((i) => encoded.lengths[i] > 0 && encoded.lengths[i] <= LONGEST)
    .sort((a, b) => sureness(b) - sureness(a) || a - b);
  const kinds: [string, number[]][] = [
    ['surely right', order.filter((i) => answers[i] === truth[i]).slice(0, SHOWN)],
    ['surely wrong', order.filter((i) => answers[i] !== truth[i]).slice(0, SHOWN)],
    ['least sure', order.slice(-SHOWN)],
  ];
  const content: string[] = [];
  for (const [kind, which] of kinds) {
    for (const i of which) {
      const explanation = await model.explain(examples.texts[i]);
      const truly = answers[i] === truth[i] ? '' : `, truly ${isolated(model.classes[truth[i]])}`;
      content.push(
        markedText(
          `${kind}: ${isolated(explanation.label)}, ${(100 * explanation.probability).toFixed(0)} %${truly}`,
          wordParts(examples.texts[i], explanation),
        ),
      );
    }
  }
  const lead =
    'Each text was read again without each of its words. Blue words speak for the answer, orange ones against it; the stronger the colour, the further the answer would move without the word.';
  return { ...section, lead, content };
}

/** A name that may be written from the right, so that it does not move what stands beside it (Unicode's first strong isolate). */
function isolated(name: string): string {
  return `\u2068${shorten(name)}\u2069`;
}

/** A text cut into its words and what stands between, each word with its weight beside the largest one. */
function wordParts(source: string, { words = [] }: Pick<Explanation, 'words'>): MarkedPart[] {
  const most = Math.max(1e-9, ...words.map(({ weight }) => Math.abs(weight)));
  const parts: MarkedPart[] = [];
  let at = 0;
  for (const { start, end, weight, known } of words) {
    if (start > at) parts.push({ text: source.slice(at, start) });
    const title = `${weight.toFixed(2)} nats${known ? '' : ', unknown word'}`;
    parts.push({ text: source.slice(start, end), weight: weight / most, title });
    at = end;
  }
  return at < source.length ? [...parts, { text: source.slice(at) }] : parts;
}
