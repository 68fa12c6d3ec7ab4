import { vocabularyFromDocument } from '../../data/index.ts';
import type { JsonObject, ModelDocument } from '../../model/index.ts';
import { anyObject, array, boolean, type Check, number, object, oneOf, string } from '../../model/validate.ts';
import { checkShare, checkSize, checkWritten, storedTraining } from '../stored.ts';
import type { ClassifyArchitecture } from './architecture.ts';
import type { InputPlan } from './inputs.ts';
import type { ClassifyParts } from './model.ts';
import { classifySettings, MOST_PARTS } from './options.ts';

const above0 = number({ min: Number.MIN_VALUE });

const checkArchitecture = object({
  input: anyObject,
  cell: oneOf('gru', 'lstm', 'rnn'),
  hidden: checkSize,
  layers: number({ integer: true, min: 1, max: MOST_PARTS }),
  bidirectional: boolean,
  pooling: oneOf('mean-max', 'mean', 'max', 'last', 'attention'),
  dropout: checkShare,
  inputDropout: checkShare,
  wordDropout: checkShare,
  members: number({ integer: true, min: 1, max: MOST_PARTS }),
  classes: number({ integer: true, min: 2, max: 1e6 }),
});

const checkWordInput = object({
  kind: oneOf('words'),
  vocabulary: checkSize,
  unknown: number({ integer: true, min: 0 }),
  width: checkSize,
});
const checkNumberInput = object({ kind: oneOf('numbers'), features: checkSize });

const checkWordPlan = object({
  kind: oneOf('words'),
  rules: object({ lowercase: boolean, maxWords: number({ integer: true, min: 2 }) }),
  vocabulary: anyObject,
  known: checkSize,
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
    reading: object({}, { text: string(), label: string(), id: string(), width: checkSize, columns: array(string()) }),
  },
  { written: checkWritten },
);

/** Checks what a model file says of itself, all sizes against each other, and gives it typed. */
export function checkClassifyDocument(document: ModelDocument, name: string): ClassifyParts {
  const architecture = architectureOf(document.architecture, `${name}: architecture`);
  const { plan: stored, classes, shares, blend, reading, written = {} } = checkData(document.data, `${name}: data`);
  const plan = planOf(stored, `${name}: data.plan`);
  const training = storedTraining(document.training, name, (given) => classifySettings(given, plan.kind, 1));
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
  return { ...training, classes, shares, plan, architecture, blend, reading, written };
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
