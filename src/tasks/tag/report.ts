import { describe, type TaggedText } from '../../data/index.ts';
import { counted, firstOf, formatCount } from '../../format.ts';
import { besideBest } from '../../report/card.ts';
import { type Card, STOPPED, shownSettings, type TaskReportInput } from '../../report/index.ts';
import { VERSION } from '../../version.ts';
import { expectTrained } from '../arguments.ts';
import type { TagModel } from './model.ts';
import { usedSettings } from './options.ts';
import { confusionSection, nextSection, reliabilitySection, testSection } from './report-sections.ts';
import type { TagFigures } from './scores.ts';
import { expectTagData, type TagTable } from './table/tag-table.ts';
import type { TrainedTag } from './train.ts';

/** Classes that are listed by name. */
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
        caption: `Scores on the test part, ${formatCount(scores.steps)} steps`,
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
      ...('kind' in data ? describe(data.report) : [`${counted(data.sentences.length, 'sentence')} of ${data.source}`]),
      `classes: ${firstOf(classes, NAMED)}`,
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
  return `On ${formatCount(steps)} test steps the probabilities have a Brier score of ${test.brier.toFixed(4)}, ${beside}, ${tagBaselineName(name)} (${best.brier.toFixed(4)}).`;
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
