import { RecurveError } from '../errors.ts';
import { type JsonObject, parseJson } from '../model/json.ts';
import { anyObject } from '../model/validate.ts';
import { readFileBytes } from '../node/files.ts';
import { runPaths } from '../node/run-folder.ts';

/** All that a training is made of; `config.json` of its run. Each task adds its own keys. */
export interface TaskConfig {
  task: string;
  /** Present where the run's arithmetic is not exact, by `--fast` or by the tier that `RECURVE_TIER` names. */
  numerics?: 'fast';
}

/** The settings of a run to resume without its data and options being given again, from the run folder. */
export async function storedConfig<C extends TaskConfig>(task: C['task'], folder: string): Promise<C> {
  const { config } = runPaths(folder);
  const text = new TextDecoder().decode(await readFileBytes(config));
  const stored: JsonObject = anyObject(parseJson(text, config), config);
  if (stored.task !== task) {
    throw new RecurveError(
      'usage',
      `${config}: expected a run of train ${task}, got another; name its folder with --out`,
    );
  }
  return stored as unknown as C;
}

/** The error of a `train <task>` that lacks an argument or option. */
export function missing(task: string, what: string, got: string): RecurveError {
  return new RecurveError('usage', `train ${task}: expected ${what}, got ${got}; see recurve train ${task} --help`);
}

/** A part of a folder's name made of a text of the user's. */
export function folderName(text: string): string {
  return text.replace(/[^\p{Letter}\p{Number}_-]+/gu, '-');
}
