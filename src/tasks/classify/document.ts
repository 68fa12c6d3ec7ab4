import { vocabularyFromDocument } from '../../data/index.ts';
import type { JsonObject, ModelDocument } from '../../model/index.ts';
import { anyObject, array, boolean, type Check, number, object, oneOf, record, string } from '../../model/validate.ts';
import { checkWritten } from '../stored-format.ts';
import type { ClassWeights } from '../training/index.ts';
import type { InputPlan } from './inputs.ts';
import type { ClassifyParts } from './model.ts';
import type { ClassifyArchitecture } from './network.ts';
import { type ClassifySettings, MOST_PARTS } from './options.ts';

const size = number({ integer: true, min: 1, max: 1e9 });
const share = number({ min: 0, max: 1 - Number.EPSILON });
const above0 = number({ min: Number.MIN_VALUE });
const cell = oneOf('gru', 'lstm', 'rnn');
const pooling = oneOf('mean-max', 'mean', 'max', 'last', 'attention');

const checkArchitecture = object({
  input: anyObject,
  cell,
  hidden: size,
  layers: number({ integer: true, min: 1, max: MOST_PARTS }),
  bidirectional: boolean,
  pooling,
  dropout: share,
  inputDropout: share,
  wordDropout: share,
  members: number({ integer: true, min: 1, max: MOST_PARTS }),
  classes: number({ integer: true, min: 2, max: 1e6 }),
});

const checkWordInput = object({
  kind: oneOf('words'),
  vocabulary: size,
  unknown: number({ integer: true, min: 0 }),
  width: size,
});
const checkNumberInput = object({ kind: oneOf('numbers'), features: size });

const classWeights: Check<ClassWeights> = (value, path) =>
  typeof value === 'object' ? record(above0)(value, path) : oneOf('none', 'balanced')(value, path);

const checkSettings: Check<ClassifySettings> = object({
  lowercase: boolean,
  maxWords: number({ integer: true, min: 2 }),
  minCount: size,
  maxVocabulary: size,
  embedding: size,
  wordDropout: share,
  bayes: boolean,
  cell,
  hidden: size,
  layers: size,
  bidirectional: boolean,
  pooling,
  dropout: share,
  inputDropout: share,
  members: size,
  testShare: share,
  validationShare: share,
  classWeights,
  epochs: size,
  batchSize: size,
  rate: above0,
  clip: above0,
  patience: size,
  seed: number({ integer: true }),
});

const checkWordPlan = object({
  kind: oneOf('words'),
  rules: object({ lowercase: boolean, maxWords: number({ integer: true, min: 2 }) }),
  vocabulary: anyObject,
  known: size,
});
const checkNumberPlan = object({
  kind: oneOf('numbers'),
  features: array(string({ min: 1 })),
  center: array(number()),
  scale: array(above0),
});

const checkData = object(
  {
    plan: anyObject,
    classes: array(string({ min: 1 })),
    shares: array(number({ min: 0, max: 1 })),
    blend: object({ network: number({ min: 0 }), bayes: number({ min: 0 }) }),
    reading: object({}, { text: string(), label: string(), id: string(), width: size, columns: array(string()) }),
  },
  { written: checkWritten },
);

const checkTraining = object({ settings: checkSettings, summary: anyObject });

/** Checks what a model file says of itself, all sizes against each other, and gives it typed. */
export function checkClassifyDocument(document: ModelDocument, name: string): ClassifyParts {
  const architecture = architectureOf(document.architecture, `${name}: architecture`);
  const { plan: stored, classes, shares, blend, reading, written = {} } = checkData(document.data, `${name}: data`);
  const { settings, summary } = checkTraining(document.training, `${name}: training`);
  const plan = planOf(stored, `${name}: data.plan`);
  const { input } = architecture;
  const K = architecture.classes;
  const agree = object({
    kind: oneOf(input.kind),
    classes: oneOf(K),
    distinct: oneOf(K),
    shares: oneOf(K),
    inputs: oneOf(input.kind === 'words' ? input.vocabulary : input.features),
    known: number({ max: plan.kind === 'words' ? plan.vocabulary.size : 0 }),
    unknown: oneOf(0),
    center: oneOf(plan.kind === 'numbers' ? plan.features.length : 0),
    scale: oneOf(plan.kind === 'numbers' ? plan.features.length : 0),
  });
  agree(
    {
      kind: plan.kind,
      classes: classes.length,
      distinct: new Set(classes).size,
      shares: shares.length,
      inputs: plan.kind === 'words' ? plan.known : plan.features.length,
      known: plan.kind === 'words' ? plan.known : 0,
      unknown: input.kind === 'words' ? input.unknown : 0,
      center: plan.kind === 'numbers' ? plan.center.length : 0,
      scale: plan.kind === 'numbers' ? plan.scale.length : 0,
    },
    `${name}: sizes`,
  );
  return { settings, classes, shares, plan, architecture, blend, reading, written, summary };
}

function architectureOf(stored: JsonObject, path: string): ClassifyArchitecture {
  const { input, ...rest } = checkArchitecture(stored, path);
  const check: Check<ClassifyArchitecture['input']> = input.kind === 'words' ? checkWordInput : checkNumberInput;
  return { ...rest, input: check(input, `${path}.input`) };
}

function planOf(stored: JsonObject, path: string): InputPlan {
  if (stored.kind !== 'words') return checkNumberPlan(stored, path);
  const { vocabulary, ...plan } = checkWordPlan(stored, path);
  const words = vocabularyFromDocument(vocabulary, `${path}.vocabulary`);
  oneOf('unknown')(words.specials.join(), `${path}.vocabulary.specials`);
  return { ...plan, vocabulary: words };
}
