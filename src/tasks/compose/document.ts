import { HIGHEST_KEY, LOWEST_KEY, parseMetre } from '../../data/music/index.ts';
import { RecurveError } from '../../errors.ts';
import type { ModelDocument } from '../../model/index.ts';
import { anyObject, array, type Check, number, object, oneOf, string } from '../../model/validate.ts';
import type { ComposeParts } from './model.ts';
import { type ComposeKind, composeSettings, KINDS } from './options.ts';

const size = number({ integer: true, min: 1, max: 1e9 });
const share = number({ min: 0, max: 1 - Number.EPSILON });
const key = number({ integer: true, min: LOWEST_KEY, max: HIGHEST_KEY });
const cell = oneOf('gru', 'lstm', 'rnn');
const stack = {
  cell,
  hidden: size,
  layers: number({ integer: true, min: 1, max: 1000 }),
  dropout: share,
  weightDrop: share,
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
  keys: object({ ...stack, inputDropout: share }),
  melody: object({
    ...stack,
    embedding: size,
    codec: object({
      characters: array(string({ min: 1 })),
      modes: array(oneOf('major', 'minor', 'lydian', 'mixolydian', 'dorian', 'phrygian', 'locrian')),
      metres: array(metre),
      durations: array(number({ integer: true, min: 1 })),
    }),
  }),
  voices: object({ ...stack, embedding: size, beat: number({ integer: true, min: 1, max: 48 }), low: key, high: key }),
};

const checkTraining = object({ settings: anyObject, summary: anyObject });

/** Checks what a model file says of itself and gives it typed. */
export function checkComposeDocument(document: ModelDocument, name: string): ComposeParts {
  const training = checkTraining(document.training, `${name}: training`);
  const { settings } = training;
  const kind = oneOf(...KINDS)(settings.kind, `${name}: training.settings.kind`);
  const architecture = ARCHITECTURES[kind](document.architecture, `${name}: architecture`);
  try {
    return { settings: composeSettings({ ...settings, kind }), architecture, summary: training.summary };
  } catch (cause) {
    const why = cause instanceof RecurveError ? cause.message : String(cause);
    throw new RecurveError(
      'model',
      `${name}: expected settings of a composer, got others (${why}); the file is damaged`,
      {
        cause,
      },
    );
  }
}
