import { vocabularyFromDocument } from '../../data/index.ts';
import type { ModelDocument } from '../../model/index.ts';
import { anyObject, array, boolean, number, object, oneOf, string } from '../../model/validate.ts';
import { checkShare, checkSize, checkStep, checkStoredZone, checkWritten, storedTraining } from '../stored.ts';
import type { TagArchitecture } from './architecture.ts';
import type { TagParts } from './model.ts';
import { MOST, type TagOptions, tagSettings } from './options.ts';
import { regressionsOf } from './regression/logistic.ts';
import { featureCount, ownCount, regressionPlan, type TablePlan } from './table/features.ts';
import type { TagTableOptions } from './table/tag-table.ts';
import { COMPARISON_SIGNS } from './table/target.ts';

const text = string({ min: 1 });

const checkArchitecture = object({
  cell: oneOf('gru', 'lstm', 'rnn'),
  hidden: checkSize,
  layers: number({ integer: true, min: 1, max: MOST.layers }),
  bidirectional: boolean,
  dropout: checkShare,
  classes: number({ integer: true, min: 2, max: 1e6 }),
  input: anyObject,
  members: number({ integer: true, min: 1, max: MOST.members }),
  regression: boolean,
});

const checkInput = {
  numbers: object({ kind: oneOf('numbers'), width: checkSize, own: checkSize }),
  tokens: object({ kind: oneOf('tokens'), words: checkSize, endings: checkSize, width: checkSize }),
};

const checkData = object(
  {
    classes: array(string()),
    calibration: object({
      temperature: number({ min: Number.MIN_VALUE }),
      threshold: number({ min: 0, max: 1 }),
    }),
    plan: anyObject,
  },
  { reading: anyObject, written: checkWritten },
);

const checkTarget = {
  comparison: object({ kind: oneOf('comparison'), column: text, op: oneOf(...COMPARISON_SIGNS), value: number() }),
  numbers: object({ kind: oneOf('numbers'), column: text, values: array(number()) }),
  texts: object({ kind: oneOf('texts'), column: text }),
};

const checkTablePlan = object({
  kind: oneOf('table'),
  target: anyObject,
  columns: array(text),
  labels: boolean,
  logs: array(boolean),
  center: array(number()),
  scale: array(number({ min: Number.MIN_VALUE })),
  lags: number({ integer: true, min: 1, max: MOST.lags }),
  calendar: array(text),
  regression: object({ lags: number({ integer: true, min: 1, max: 1000 }), labels: boolean }),
  ahead: number({ integer: true, min: 0, max: 1e6 }),
  step: checkStep,
  zone: text,
});

const checkTextPlan = object({ kind: oneOf('text'), words: anyObject, endings: anyObject });

/** What a model file says of itself: how many networks there are, and how many regressions of how many inputs, if any. */
export interface TagDocument {
  members: number;
  regression?: { R: number; D: number };
  parts: TagParts;
}

/** Checks what a model file says of itself, all sizes against each other, and gives it typed. */
export function checkTagDocument(document: ModelDocument, name: string): TagDocument {
  const { members, regression, ...rest } = checkArchitecture(document.architecture, `${name}: architecture`);
  const inputKind = oneOf('numbers', 'tokens')(rest.input.kind, `${name}: architecture.input.kind`);
  const input = checkInput[inputKind](rest.input, `${name}: architecture.input`);
  const architecture = { ...rest, input } as TagArchitecture;
  const { classes, calibration, reading, written = {}, ...data } = checkData(document.data, `${name}: data`);
  const planKind = oneOf('table', 'text')(data.plan.kind, `${name}: data.plan.kind`);
  oneOf(architecture.classes)(classes.length, `${name}: classes`);
  oneOf(planKind === 'table' ? 'numbers' : 'tokens')(inputKind, `${name}: kind of input`);
  const training = storedTraining(document.training, name, (given) => tagSettings(given as TagOptions, planKind));
  const parts = { ...training, architecture, classes, calibration };
  if (planKind === 'text') {
    oneOf('false')(String(regression), `${name}: architecture.regression of a model of text`);
    const stored = checkTextPlan(data.plan, `${name}: data.plan`);
    const words = vocabularyFromDocument(stored.words, `${name}: data.plan.words`);
    const endings = vocabularyFromDocument(stored.endings, `${name}: data.plan.endings`);
    const sizes = input as Extract<TagArchitecture['input'], { kind: 'tokens' }>;
    oneOf(sizes.words)(words.size, `${name}: size of the vocabulary of words`);
    oneOf(sizes.endings)(endings.size, `${name}: size of the vocabulary of endings`);
    return { members, parts: { ...parts, plan: { kind: 'text', words, endings } } };
  }
  const stored = checkTablePlan(data.plan, `${name}: data.plan`);
  const kind = oneOf('comparison', 'numbers', 'texts')(stored.target.kind, `${name}: data.plan.target.kind`);
  const plan = { ...stored, target: checkTarget[kind](stored.target, `${name}: data.plan.target`) } as TablePlan;
  for (const [what, list] of Object.entries({ logs: plan.logs, center: plan.center, scale: plan.scale })) {
    oneOf(plan.columns.length)(list.length, `${name}: data.plan.${what}: count`);
  }
  const sizes = input as Extract<TagArchitecture['input'], { kind: 'numbers' }>;
  oneOf(sizes.width)(featureCount(plan, classes.length), `${name}: inputs per step`);
  oneOf(sizes.own)(ownCount(plan, classes.length), `${name}: inputs of a step's own row`);
  checkStoredZone(plan.zone, name);
  const K = classes.length;
  return {
    members,
    ...(regression && { regression: { R: regressionsOf(K), D: featureCount(regressionPlan(plan), K) } }),
    parts: { ...parts, plan, reading: (reading ?? {}) as unknown as TagTableOptions, written },
  };
}
