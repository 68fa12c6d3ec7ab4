import { describe, type TaggedText } from '../../data/index.ts';
import { besideBest } from '../../report/card.ts';
import { frequentConfusions, MOST_GRID_CLASSES } from '../../report/confusions.ts';
import {
  type Card,
  figure,
  heatmapChart,
  histogramChart,
  lineChart,
  type Section,
  STOPPED,
  scatterChart,
  shownSettings,
  type TaskReportInput,
  table,
} from '../../report/index.ts';
import { VERSION } from '../../version.ts';
import { expectTrained } from '../arguments.ts';
import type { TagModel } from './model.ts';
import { usedSettings } from './options.ts';
import { probabilityCells } from './probability-cells.ts';
import type { TagFigures } from './scores.ts';
import { expectTagData, type TagTable } from './table/tag-table.ts';
import type { TrainedTag } from './train.ts';

/** Steps of the test part that are drawn one by one. */
const CLOSE_UP = 120;

/** Classes that are listed by name, and series whose next label is. */
const NAMED = 100;

/** Names and explanations of the baselines, by their keys in the scores. */
const BASELINES: Readonly<Record<string, readonly [name: string, method: string]>> = {
  constant: ['Constant', 'the share of each class in training'],
  climatology: ['Climatology', 'its share at the same time of the season'],
  markov: ['Markov chain', 'its share after the class before'],
  logistic: ['Logistic regression', 'on seven rows of all columns and the calendar'],
  word: ['Word by word', 'the share of each class among the occurrences of the word'],
};

/** The name of a baseline for people; unknown ones are shown as they are. */
export function tagBaselineName(key: string): string {
  return BASELINES[key]?.[0] ?? key;
}

/** The measures in the order they are shown, the first one ranking. */
export const TAG_MEASURES = [
  { key: 'brier', name: 'Brier score' },
  { key: 'logLoss', name: 'Log loss' },
  { key: 'accuracy', name: 'Accuracy', better: 'higher' },
  { key: 'f1', name: 'F1', better: 'higher' },
  { key: 'calibrationError', name: 'Calibration error' },
] as const satisfies { key: keyof TagFigures; name: string; better?: 'higher' }[];

/** Arranges a training's results for `taskReport`. */
export function tagReportInput(trained: TrainedTag, data: TagTable | TaggedText): TaskReportInput {
  expectTrained('tagReportInput', trained);
  expectTagData('tagReportInput', data);
  const { model, scores, history, epochs, stopped, seconds, notes } = trained;
  const { settings, classes, architecture } = model;
  const of = targetName(data);
  const { cell, hidden, layers, bidirectional } = architecture;
  const source = 'kind' in data ? data.report.source : data.source;
  return {
    task: 'tag',
    title: 'kind' in data ? `${of}, ${aheadWords(settings.ahead)}` : `Labels of ${source}`,
    ...(scores && { lead: verdict(trained) }),
    facts: [
      `${settings.members > 1 ? `${settings.members} networks: ` : ''}${bidirectional ? 'bidirectional ' : ''}${cell.toUpperCase()}, ${layers > 1 ? `${layers} layers of ` : ''}${hidden} units${besideWords(model)}`,
      `Data: ${source}`,
    ],
    cards: cards(trained),
    ...(scores && {
      scores: {
        caption: `Scores on the test part, ${scores.steps.toLocaleString('en')} steps`,
        measures: TAG_MEASURES,
        contestants: [
          { name: 'Recurve', method: 'the model of this report', scores: { ...scores.test }, model: true },
          ...Object.entries(scores.baselines).map(([key, figures]) => ({
            name: tagBaselineName(key),
            method: [BASELINES[key]?.[1], scores.notes[key]].filter(Boolean).join('; '),
            scores: { ...figures },
          })),
        ],
      },
    }),
    sections: [nextSection(trained), reliabilitySection(trained), testSection(trained), confusionSection(trained)],
    training: { epochs: history, best: epochs, loss: 'cross-entropy', stopped: STOPPED[stopped] },
    data: [
      ...('kind' in data
        ? describe(data.report)
        : [`${data.sentences.length.toLocaleString('en')} sentences of ${data.source}`]),
      `classes: ${classes.slice(0, NAMED).join(', ')}${classes.length > NAMED ? ` and ${(classes.length - NAMED).toLocaleString('en')} more` : ''}`,
      ...notes.map((text) => ({ text, warning: true })),
    ],
    settings: shownSettings(usedSettings(settings, 'kind' in data ? 'table' : 'text')),
    versions: { recurve: VERSION, seed: settings.seed },
    seconds: { training: seconds },
  };
}

/** The regression beside the networks, in words. */
function besideWords({ plan, members, regression }: TagModel): string {
  if (!regression || plan.kind !== 'table') return '';
  return `; beside ${members.length > 1 ? 'them' : 'it'}, with equal weight, a logistic regression on ${plan.regression.lags} rows`;
}

function targetName(data: TagTable | TaggedText): string {
  return 'kind' in data ? data.reading.target : 'labels';
}

/** `the next step`, `the same step`, `3 steps later`. */
export function aheadWords(ahead: number): string {
  return ahead === 0 ? 'the same step' : ahead === 1 ? 'the next step' : `${ahead} steps later`;
}

function verdict({ scores }: TrainedTag): string {
  if (!scores) return '';
  const { test, baselines, steps } = scores;
  const [name, best] = Object.entries(baselines).reduce((a, b) => (b[1].brier < a[1].brier ? b : a));
  const gain = 1 - test.brier / best.brier;
  const share = `${(Math.abs(gain) * 100).toFixed(1)} %`;
  const beside =
    gain > 0.0005
      ? `${share} below the best baseline`
      : gain < -0.0005
        ? `${share} above the best baseline`
        : 'as much as the best baseline';
  return `On ${steps.toLocaleString('en')} test steps the probabilities have a Brier score of ${test.brier.toFixed(4)}, ${beside}, ${tagBaselineName(name)} (${best.brier.toFixed(4)}).`;
}

function cards({ scores, model }: TrainedTag): Card[] {
  if (!scores) return [];
  const { test, baselines } = scores;
  const card = (key: 'brier' | 'logLoss', label: string): Card => {
    const others = Object.values(baselines).map((figures) => figures[key]);
    const format = (value: number): string => value.toFixed(4);
    return { label, value: format(test[key]), ...besideBest(test[key], others, { format }) };
  };
  const percent = (share: number): string => (100 * share).toFixed(1);
  return [
    card('brier', 'Brier score'),
    card('logLoss', 'Log loss'),
    {
      label: 'Accuracy',
      value: percent(test.accuracy),
      unit: '%',
      ...(model.classes.length === 2 && { note: `threshold ${model.calibration.threshold.toFixed(2)}` }),
    },
    { label: 'Calibration error', value: percent(test.calibrationError), unit: 'points' },
  ];
}

function nextSection({ next, model }: TrainedTag): Section {
  const section = { id: 'next', heading: 'After the last row', short: 'Next' };
  if (next.length === 0) return { ...section, content: [] };
  const { headers, cells } = probabilityCells(model.classes);
  const rows = next
    .slice(0, NAMED)
    .map(({ id, time, label, probabilities }) => [
      id || (time === null ? 'next' : new Date(time).toISOString().replace('T00:00:00.000Z', '')),
      label,
      ...cells(model.classes.map((name) => probabilities[name])),
    ]);
  const columns = [
    { header: next[0].id ? 'Series' : 'When' },
    { header: 'Told' },
    ...headers.map((header) => ({ header, align: 'right' as const })),
  ];
  const caption =
    next.length > NAMED
      ? `Probability of each class, the first ${NAMED} of ${next.length.toLocaleString('en')} series`
      : 'Probability of each class';
  return { ...section, content: [table({ caption, columns, rows })] };
}

function reliabilitySection({ scores, scored, model }: TrainedTag): Section {
  const section = { id: 'reliability', heading: 'Do the probabilities hold?', short: 'Reliability' };
  if (!scores || !scored) return { ...section, content: [] };
  const { reliability } = scores;
  const two = model.classes.length === 2;
  const of = two ? `of ${model.classes[1]}` : 'of the class told';
  const told = Array.from({ length: scored.labels.length }, (_, i) =>
    two
      ? scored.probabilities[2 * i + 1]
      : Math.max(...scored.probabilities.subarray(i * model.classes.length, (i + 1) * model.classes.length)),
  );
  return {
    ...section,
    lead: 'Where 70 % is said, it should come true seven times in ten: on the dashed line said and seen shares agree.',
    content: [
      figure({
        caption: `Reliability: share seen against probability ${of}`,
        half: true,
        height: 380,
        table: {
          caption: 'Bins of the probability said',
          columns: [
            { header: 'Said', align: 'right' },
            { header: 'Seen', align: 'right' },
            { header: 'Steps', align: 'right' },
          ],
          rows: reliability.map(({ said, seen, count }) => [
            `${(100 * said).toFixed(1)} %`,
            `${(100 * seen).toFixed(1)} %`,
            count.toLocaleString('en'),
          ]),
        },
        draw: ({ width, height }) =>
          scatterChart({
            title: 'Share seen against probability said, a point per bin',
            ...{ width, height, diagonal: true },
            x: reliability.map(({ said }) => said),
            y: reliability.map(({ seen }) => seen),
            xLabel: 'said',
            yLabel: 'seen',
          }),
      }),
      figure({
        caption: 'How sure the model is',
        note: 'Far apart is sharp; all near the mean says little.',
        half: true,
        height: 380,
        draw: ({ width, height }) =>
          histogramChart({
            title: `Probability ${of} over the test part`,
            ...{ width, height, values: told, xLabel: 'probability', yLabel: 'steps' },
          }),
      }),
    ],
  };
}

function testSection({ scored, model }: TrainedTag): Section {
  const section = { id: 'course', heading: 'The end of the test part', short: 'Test part' };
  if (!scored || model.plan.kind === 'text' || model.classes.length !== 2) return { ...section, content: [] };
  const from = Math.max(0, scored.labels.length - CLOSE_UP);
  const said = Array.from(scored.labels.subarray(from), (_, i) => scored.probabilities[2 * (from + i) + 1]);
  const x = scored.times?.slice(from);
  const [, positive] = model.classes;
  return {
    ...section,
    lead: `Each step was told from what was known ${model.settings.ahead === 1 ? 'a step' : `${model.settings.ahead} steps`} before; none of it was used in training.`,
    content: [
      figure({
        caption: `Probability of ${positive}, and what came`,
        height: 330,
        draw: ({ width, height }) =>
          lineChart({
            title: `Probability of ${positive} over the last ${said.length} steps of the test part`,
            ...{ width, height, zero: true },
            ...(x ? { x: Array.from(x), time: true } : { xLabel: 'step', integers: true }),
            series: [
              { label: 'came', y: Array.from(scored.labels.subarray(from)), color: 'faint', points: true },
              { label: 'said', y: said, color: 0 },
            ],
          }),
      }),
    ],
  };
}

function confusionSection({ scores, model }: TrainedTag): Section {
  const section = { id: 'confusion', heading: 'What is taken for what', short: 'Confusion' };
  if (!scores) return { ...section, content: [] };
  const { classes } = model;
  const { confusion } = scores;
  if (classes.length > MOST_GRID_CLASSES)
    return { ...section, content: [frequentConfusions(confusion, classes, 'steps')] };
  const shares = confusion.map((row) => {
    const total = row.reduce((a, b) => a + b, 0);
    return row.map((count) => (total === 0 ? Number.NaN : count / total));
  });
  const chart = figure({
    caption: 'Share of each true class (row) told as each class (column)',
    height: Math.min(560, 120 + 34 * classes.length),
    draw: ({ width, height }) =>
      heatmapChart({
        title: 'Confusion matrix, rows add up to 1',
        ...{ width, height, values: shares, rows: classes, columns: classes, domain: [0, 1] },
        xLabel: 'told',
        yLabel: 'true',
      }),
  });
  const counts = table({
    caption: 'Steps by true class (row) and class told (column)',
    columns: [{ header: 'True' }, ...classes.map((header) => ({ header, align: 'right' as const }))],
    rows: confusion.map((row, k) => [classes[k], ...row.map((count) => count.toLocaleString('en'))]),
  });
  return { ...section, content: classes.length <= 20 ? [chart, counts] : [chart] };
}
