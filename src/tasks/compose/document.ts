import { HIGHEST_KEY, LOWEST_KEY, parseMetre } from '../../data/music/index.ts';
import { RecurveError } from '../../errors.ts';
import type { ModelDocument } from '../../model/index.ts';
import { array, type Check, number, object, oneOf, string } from '../../model/validate.ts';
import { checkShare, checkSize, storedTraining } from '../stored.ts';
import type { ComposeParts } from './model.ts';
import { type ComposeKind, composeSettings, KINDS } from './options.ts';

const key = number({ integer: true, min: LOWEST_KEY, max: HIGHEST_KEY });
const cell = oneOf('gru', 'lstm', 'rnn');
const stack = {
  cell,
  hidden: checkSize,
  layers: number({ integer: true, min: 1, max: 1000 }),
  dropout: checkShare,
  weightDrop: checkShare,
};

const metre: Check<string> = (value, path) => {
  const text = string()(value, path);
  try {
    parseMetre(text);
  } catch (cause) {
    throw new RecurveError('model', `${path}: expected a metre such as 6/8, got "${text}"; the file is damaged`, {
      cause,
    });
  }
  return text;
};

const ARCHITECTURES: Readonly<Record<ComposeKind, Check<object>>> = {
  keys: object({ ...stack, inputDropout: checkShare }),
  melody: object({
    ...stack,
    embedding: checkSize,
    codec: object({
      characters: array(string({ min: 1 })),
      modes: array(oneOf('major', 'minor', 'lydian', 'mixolydian', 'dorian', 'phrygian', 'locrian')),
      metres: array(metre),
      durations: array(number({ integer: true, min: 1 })),
    }),
  }),
  voices: object({
    ...stack,
    embedding: checkSize,
    beat: number({ integer: true, min: 1, max: 48 }),
    low: key,
    high: key,
  }),
};

/** Checks what a model file says of itself and gives it typed. */
export function checkComposeDocument(document: ModelDocument, name: string): ComposeParts {
  const { settings, summary } = storedTraining(document.training, name, (given) =>
    composeSettings({ ...given, kind: oneOf(...KINDS)(given.kind, 'kind') }),
  );
  const architecture = ARCHITECTURES[settings.kind](document.architecture, `${name}: architecture`);
  return { settings, architecture, summary };
}
