import { barsOf, lengthOf, noteName, parseMetre, type Score, TICKS } from '../../data/music/index.ts';
import { expectScore } from '../../data/music/score.ts';
import { counted } from '../../format.ts';
import { besideBest } from '../../report/card.ts';
import {
  type Card,
  figure,
  pianoRollChart,
  type Section,
  STOPPED,
  shownSettings,
  type TaskReportInput,
} from '../../report/index.ts';
import { VERSION } from '../../version.ts';
import { expectTrained } from '../arguments.ts';
import { ownSettings } from './options.ts';
import type { ComposeScores } from './scores.ts';
import type { TrainedCompose } from './train.ts';

const VOICE_NAMES = ['Soprano', 'Alto', 'Tenor', 'Bass'];
/** What the model composes for its report: seeds of three pieces. */
const SEEDS = [1, 2, 3];
const BARS = 16;

const TITLES = {
  keys: 'What sounds next on the piano',
  melody: 'How a tune goes on',
  voices: 'How four voices go together',
} as const;

const METHODS: Readonly<Record<string, string>> = {
  static: 'how often each occurs',
  markov: 'how often each occurs after what stands just before',
};

/** Arranges a training's results for `taskReport`; composes three pieces, drawn as piano rolls. */
export function composeReportInput(trained: TrainedCompose): TaskReportInput {
  expectTrained('composeReportInput', trained);
  const { model, scores, pieces, history, epochs, stopped, seconds } = trained;
  const { kind, settings } = model;
  const own = scores?.test.nll;
  return {
    task: 'compose',
    title: TITLES[kind],
    ...(scores && {
      lead: verdict(scores),
    }),
    facts: [
      `${counted(pieces.train, 'piece')} to learn from, ${pieces.validation} to choose by, ${pieces.test} to measure on`,
      `${settings.cell.toUpperCase()}, ${settings.layers > 1 ? `${settings.layers} layers of ` : ''}${settings.hidden} units`,
    ],
    ...(scores && {
      cards: [cardOf(scores)],
      scores: {
        caption: 'Negative log likelihood of the test pieces',
        measures: [{ key: 'nll', name: `NLL (${scores.measure})` }],
        contestants: [
          {
            name: 'this model',
            scores: { nll: own },
            model: true,
            method: 'what sounds next, from all that sounded before',
          },
          ...Object.entries(scores.baselines).map(([name, { nll }]) => ({
            name,
            scores: { nll },
            method: METHODS[name] ?? '',
          })),
        ],
      },
    }),
    sections: [composed(trained)],
    training: {
      epochs: history,
      best: epochs,
      loss: scores?.measure ?? 'negative log likelihood',
      stopped: STOPPED[stopped],
    },
    settings: shownSettings(ownSettings(settings)),
    versions: { recurve: VERSION, seed: settings.seed },
    seconds: { training: seconds },
  };
}

function cardOf({ test, baselines }: ComposeScores): Card {
  const format = (value: number): string => value.toFixed(3);
  const others = Object.values(baselines).map(({ nll }) => nll);
  return {
    label: 'Negative log likelihood',
    value: format(test.nll),
    unit: 'nats',
    ...besideBest(test.nll, others, { format }),
  };
}

function verdict({ test, baselines, measure, pieces }: ComposeScores): string {
  const [best] = Object.entries(baselines).toSorted(([, a], [, b]) => a.nll - b.nll);
  const beside = best ? `; the best baseline, ${best[0]}, has ${best[1].nll.toFixed(3)}` : '';
  return `${test.nll.toFixed(3)} ${measure} on ${counted(pieces, 'piece')} never trained on${beside}.`;
}

function composed({ model }: TrainedCompose): Section {
  const rolls = SEEDS.map((seed) => {
    const score = model.compose({ seed, bars: BARS, temperature: model.kind === 'keys' ? 0.9 : 0.8 });
    return figure({
      caption: `Composed with seed ${seed}`,
      note: `${score.notes.length} notes; time in quarters, bar lines where the metre has them.`,
      draw: ({ width, height }) =>
        pianoRollOf(score, { title: `Piano roll of the piece of seed ${seed}`, width, height }),
    });
  });
  return {
    id: 'composed',
    heading: 'What it composes',
    short: 'Composed',
    lead: 'Pieces drawn from the model alone. recurve compose writes such pieces as MIDI.',
    content: rolls,
  };
}

/** The piano roll of a score, in quarter notes. */
export function pianoRollOf(
  score: Score,
  options: { title: string; width?: number; height?: number; standalone?: boolean },
): string {
  expectScore('pianoRollOf', score);
  const bar = barsOf(score.metre ?? parseMetre('4/4'), score.metreChanges);
  const end = lengthOf(score);
  const bars = [score.pickup];
  for (let line = score.pickup; line < end; ) {
    line += bar(line);
    bars.push(line);
  }
  const voices = new Set(score.notes.map(({ voice }) => voice)).size;
  return pianoRollChart({
    ...options,
    notes: score.notes.map(({ pitch, start, duration, voice }) => ({
      ...{ pitch, voice },
      start: start / TICKS,
      duration: duration / TICKS,
    })),
    bars: bars.map((line) => line / TICKS),
    ...(voices === VOICE_NAMES.length && { voices: VOICE_NAMES }),
    nameOf: noteName,
    xLabel: 'quarters',
  });
}
