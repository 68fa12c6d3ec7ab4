import { formatCount } from '../../format.ts';
import { besideBest } from '../../report/card.ts';
import { type Card, type Section, STOPPED, shownSettings, type TaskReportInput } from '../../report/index.ts';
import { element, text as escaped } from '../../report/svg.ts';
import { VERSION } from '../../version.ts';
import { expectTrained } from '../arguments.ts';
import type { GenerateModel, SurprisingPiece } from './model.ts';
import type { TextScores } from './scores.ts';
import type { TrainedGenerate } from './train.ts';

/** Lines and spaces as they stand, what is too long for a line broken; each line from its own side, as Arabic and Hebrew are read. */
const AS_WRITTEN = 'white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext';

const UNITS = { characters: 'characters', words: 'words', subwords: 'subwords' };

/** Arranges a training's results for `taskReport`. */
export function generateReportInput(trained: TrainedGenerate): TaskReportInput {
  expectTrained('generateReportInput', trained);
  const { model, validation, baselines, sample, excerpt } = trained;
  const { settings } = model;
  const [best] = Object.entries(baselines);
  return {
    task: 'generate',
    title: 'A language model',
    ...(validation && {
      lead: `${validation.bits.toFixed(3)} bits per character on text it has not seen${best ? `; the best n-gram needs ${best[1].bits.toFixed(3)}` : ''}.`,
    }),
    facts: [
      `${settings.cell.toUpperCase()}, ${settings.layers > 1 ? `${settings.layers} layers of ` : ''}${settings.hidden} units`,
      `${formatCount(model.codec.size)} ${UNITS[settings.unit]}`,
      `${formatCount(trained.tokens)} tokens learned`,
    ],
    ...(validation && {
      cards: cardsOf(validation, Object.values(baselines)),
      scores: {
        caption: 'On the end of the text, which was not trained on',
        measures: [
          { key: 'bits', name: 'Bits per character' },
          { key: 'nats', name: 'Nats per character' },
          { key: 'perplexity', name: 'Perplexity' },
        ],
        contestants: [
          { name: 'This model', scores: { ...validation }, method: 'recurrent network', model: true },
          ...Object.entries(baselines).map(([name, scores]) => ({
            ...{ name, scores: { ...scores } },
            method: 'counts what followed the tokens before, Witten-Bell interpolation',
          })),
        ],
      },
    }),
    sections: [
      {
        id: 'sample',
        heading: 'What it writes',
        short: 'Sample',
        lead: 'Drawn at temperature 0.8.',
        content: [element('figure', { class: 'full' }, element('p', { style: AS_WRITTEN }, escaped(sample)))],
      },
      ...(excerpt.length > 0 ? [surpriseSection(excerpt)] : []),
    ],
    training: {
      epochs: trained.history,
      best: trained.epochs,
      loss: 'nats per token',
      stopped: STOPPED[trained.stopped],
    },
    settings: settingsOf(model),
    versions: { recurve: VERSION, seed: settings.seed },
    seconds: { training: trained.seconds },
  };
}

/** A page of what each token of a text cost. */
export function surpriseReportInput(
  model: GenerateModel,
  pieces: readonly SurprisingPiece[],
  scores: TextScores,
): TaskReportInput {
  return {
    task: 'generate',
    title: 'What surprises the model',
    lead: `${scores.bits.toFixed(3)} bits per character over ${formatCount(scores.characters)} characters.`,
    cards: cardsOf(scores),
    sections: [surpriseSection(pieces)],
    settings: settingsOf(model),
    versions: { recurve: VERSION },
  };
}

/** A model of characters knows them all: it has no vocabulary to bound. */
function settingsOf({
  settings: { vocabulary, minCount, ...settings },
}: GenerateModel): NonNullable<TaskReportInput['settings']> {
  return shownSettings(settings.unit === 'characters' ? settings : { ...settings, vocabulary, minCount });
}

function cardsOf(
  scores: TextScores,
  baselines: readonly Partial<TextScores>[] = [],
): NonNullable<TaskReportInput['cards']> {
  const { unknown } = scores;
  const card = (key: 'bits' | 'nats' | 'perplexity', label: string, decimals: number): Card => {
    const format = (value: number): string => value.toFixed(decimals);
    const others = baselines.map((figures) => figures[key]);
    return { label, value: format(scores[key]), ...besideBest(scores[key], others, { format }) };
  };
  return [
    { note: 'fewer is better', ...card('bits', 'Bits per character', 3) },
    card('nats', 'Nats per character', 3),
    card('perplexity', 'Perplexity', 2),
    ...(unknown > 0 ? [{ label: 'Unknown tokens', value: formatCount(unknown) }] : []),
  ];
}

/** Bits at which a token is coloured fully. */
const FULL = 10;

/** Share of red, in percent, above which white is read better than black. */
const DARK = 90;
/** Tokens of a page: more than anybody reads, in some megabytes. */
const SHOWN = 100_000;

/** The text, or its first tokens, each the redder the more bits it cost. */
function surpriseSection(pieces: readonly SurprisingPiece[]): Section {
  const shown = pieces.slice(0, SHOWN);
  const marks = shown
    .map(({ text, nats }) => {
      const bits = nats === null ? 0 : nats / Math.LN2;
      const share = Math.round(100 * Math.min(1, bits / FULL));
      if (share < 5) return escaped(text);
      const style = `background:color-mix(in srgb,#d33 ${share}%,transparent)${share > DARK ? ';color:#fff' : ''}`;
      return element('span', { style, title: `${bits.toFixed(2)} bits` }, escaped(text));
    })
    .join('');
  const page = element('figure', { class: 'full' }, element('p', { style: AS_WRITTEN }, marks));
  return {
    id: 'surprise',
    heading: 'What surprises it',
    short: 'Surprise',
    lead: `The redder, the more bits a token cost: nothing at 0, full at ${FULL}. Hold the pointer over a token for its figure.${
      pieces.length > SHOWN
        ? ` The first ${formatCount(SHOWN)} of ${formatCount(pieces.length)} tokens; --json has all.`
        : ''
    }`,
    content: [page],
  };
}
