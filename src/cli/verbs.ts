import type { Command, Option } from 'commander';
import { RecurveError } from '../errors.ts';
import { isModel, type OpenedModel, openModel } from './models.ts';

/** What can be done with a trained model. */
export type Verb = 'predict' | 'evaluate' | 'stream' | 'generate' | 'compose';

/**
 * Does it with one model.
 *
 * @param inputs the arguments behind the model, as many as the verb takes
 * @param values of the options, as commander gives them
 */
export type VerbRun = (model: OpenedModel, inputs: readonly string[], values: never) => Promise<void>;

/** What each task can do, loaded when it is wanted. */
const TASKS: Readonly<Record<string, Readonly<Partial<Record<Verb, () => Promise<VerbRun>>>>>> = {
  forecast: {
    predict: async () => (await import('./forecast/predict.ts')).predict,
    evaluate: async () => (await import('./forecast/evaluate.ts')).evaluate,
    stream: async () => (await import('./forecast/stream.ts')).stream,
  },
  tag: {
    predict: async () => (await import('./tag/predict.ts')).predict,
    evaluate: async () => (await import('./tag/evaluate.ts')).evaluate,
    stream: async () => (await import('./tag/stream.ts')).stream,
  },
  classify: {
    predict: async () => (await import('./classify/predict.ts')).predict,
    evaluate: async () => (await import('./classify/evaluate.ts')).evaluate,
    stream: async () => (await import('./classify/stream.ts')).stream,
  },
  generate: {
    predict: async () => (await import('./generate/predict.ts')).predict,
    evaluate: async () => (await import('./generate/evaluate.ts')).evaluate,
    stream: async () => (await import('./generate/stream.ts')).stream,
    generate: async () => (await import('./generate/generate.ts')).generate,
  },
  compose: {
    predict: async () => (await import('./compose/predict.ts')).predict,
    evaluate: async () => (await import('./compose/evaluate.ts')).evaluate,
    stream: async () => (await import('./compose/stream.ts')).stream,
    compose: async () => (await import('./compose/compose.ts')).compose,
  },
};

/** Tasks whose models read tables. */
export const TABLE_TASKS = ['forecast', 'tag', 'classify'] as const;

/** Tasks whose models alone understand an option; others understand it all. */
const owners = new WeakMap<Option, readonly string[]>();

/** Adds options that the models of some tasks only understand, in a group that says so. */
export function addTaskOptions(
  command: Command,
  tasks: readonly string[],
  options: readonly Option[],
  group = `Models of ${tasks.join(', ')}:`,
): void {
  command.optionsGroup(group);
  for (const option of options) {
    owners.set(option, tasks);
    command.addOption(option);
  }
}

/**
 * Opens the model at `place` and does with it what `command` is named after, the way of the task that the file names.
 *
 * @throws RecurveError `model` when models of that task cannot do it, `usage` when they do not understand an option
 */
export async function runVerb(
  command: Command,
  place: string,
  inputs: readonly string[],
  values: object,
): Promise<void> {
  const verb = command.name() as Verb;
  const [data] = inputs;
  if (data !== undefined && !(await isModel(place)) && (await isModel(data))) {
    throw new RecurveError(
      'usage',
      `${verb}: expected <model> <data>, got the data first; put ${data} before ${place}`,
    );
  }
  const model = await openModel(place, values);
  const { task, path } = model;
  const verbs = TASKS[task] ?? {};
  const load = verbs[verb];
  if (!load) {
    const able = Object.keys(TASKS).filter((name) => verb in TASKS[name]);
    const known = Object.keys(verbs);
    const next = known.length > 0 ? `use it with ${known.join(', ')}` : 'upgrade recurve to use it';
    throw new RecurveError(
      'model',
      `${verb}: expected a model of ${able.join(', ')}, got one of ${task} in ${path}; ${next}`,
    );
  }
  for (const option of command.options) {
    const tasks = owners.get(option);
    if (!tasks || tasks.includes(task) || command.getOptionValueSource(option.attributeName()) !== 'cli') continue;
    // Of `--header` and `--no-header` the one that was given.
    if (command.getOptionValue(option.attributeName()) === option.negate) continue;
    throw new RecurveError(
      'usage',
      `${verb}: expected ${option.long} with a model of ${tasks.join(', ')}, got one of ${task}; leave it out`,
    );
  }
  await (await load())(model, inputs, values as never);
}
