import { counted, formatDuration } from '../format.ts';
import { expectOptions, type OptionNames } from '../options.ts';
import { type Card, type PageOptions, page, type Section } from './page.ts';
import { RUN_INPUT, type RunReportInput } from './run-input.ts';
import { dataSection, runSection, trainingSection } from './run-sections.ts';
import { type ScoreInput, scoreSection } from './score-section.ts';

/** Everything a report of a training can show, whatever its task; each part brings its section. */
export interface TaskReportInput extends RunReportInput {
  /** `tag`, `classify`, …; for the small line above the heading. */
  task: string;
  title: string;
  /** The result in a sentence or two. */
  lead?: string;
  /** What the data are, what the model is. */
  facts?: readonly (string | undefined)[];
  /** Key figures; the time of the training is added. */
  cards?: readonly Card[];
  /** The model among its baselines. */
  scores?: ScoreInput;
  /** The task's own pictures, between the scores and the training. */
  sections?: readonly Section[];
}

const INPUT: OptionNames<TaskReportInput> = {
  ...RUN_INPUT,
  task: true,
  title: true,
  lead: true,
  facts: true,
  cards: true,
  scores: true,
  sections: true,
};

/**
 * The report of a training as one HTML document that needs nothing but itself: result beside its baselines, the task's sections,
 * loss curves, data, settings and versions. The same input gives the same bytes.
 *
 * @example
 * taskReport({
 *   task: 'tag', title: 'Does it rain tomorrow?', sections: [{ id: 'reliability', heading: 'Reliability', content: [figure({ … })] }],
 *   scores: { caption: 'Scores on the test span', measures: [{ key: 'brier', name: 'Brier score' }], contestants },
 *   training: { epochs: history, loss: 'cross-entropy' }, settings: shownSettings(settings), files,
 * });
 */
export function taskReport(input: TaskReportInput): string {
  expectOptions('taskReport', input, INPUT);
  const { task, title, lead, facts = [], cards = [], scores, sections = [], seconds, training } = input;
  const spent = seconds?.training;
  const count = training?.epochs.length ?? 0;
  const epochs = count === 0 ? undefined : counted(count, 'epoch');
  const time: Card[] =
    spent === undefined
      ? []
      : [{ label: 'Training time', value: formatDuration(spent), ...(epochs && { note: epochs }) }];
  const options: PageOptions = {
    title,
    kicker: `Recurve ${task} report`,
    ...(lead !== undefined && { lead }),
    facts: [...facts, epochs, spent !== undefined && `trained in ${formatDuration(spent)}`].filter(
      (fact): fact is string => typeof fact === 'string' && fact !== '',
    ),
    cards: [...cards, ...time],
    sections: [
      ...(scores ? [scoreSection(scores)] : []),
      ...sections,
      trainingSection(input),
      dataSection(input),
      runSection(input),
    ],
    footer: FOOTER,
  };
  return page(options);
}

export const FOOTER = 'Made by Recurve. This page holds everything it shows and sends nothing anywhere.';
