import type { Command } from 'commander';
import { RecurveError } from '../errors.ts';
import { FAST } from './environment.ts';
import { numberOption, wholeOption } from './options.ts';
import type { OutputValues } from './output.ts';

/** Values of the options that every `train <task>` takes about its run. */
export interface RunValues extends OutputValues {
  out?: string;
  resume?: boolean;
  overwrite?: boolean;
  maxTime?: number;
  checkpointEvery?: number;
  detectAnomaly?: boolean;
  fast?: boolean;
}

/** Values of the options of learning that every `train <task>` takes. */
export interface FitValues {
  epochs?: number;
  batchSize?: number;
  rate?: number;
  clip?: number;
  seed?: number;
}

/**
 * Adds the options of learning to the group begun before.
 *
 * @param defaults the task's own, for the help
 * @param examples what an epoch passes over, such as `windows`
 * @param batch what the batch size counts
 */
export function addFitOptions(
  command: Command,
  defaults: Readonly<Record<keyof FitValues, number | string>>,
  examples: string,
  batch = `${examples} per step`,
): void {
  const { epochs, batchSize, rate, clip, seed } = defaults;
  command
    .addOption(wholeOption('--epochs <n>', `passes over the training ${examples}; default ${epochs}`))
    .addOption(numberOption('--max-time <seconds>', 'end the training in time for this many seconds'))
    .addOption(wholeOption('--batch-size <n>', `${batch}; default ${batchSize}`))
    .addOption(numberOption('--rate <r>', `learning rate; default ${rate}`))
    .addOption(numberOption('--clip <norm>', `largest norm of the gradient; default ${clip}`))
    .addOption(wholeOption('--seed <n>', `the same seed gives the same weights to the bit; default ${seed}`));
}

/** Adds the options about the run folder. `folder` is the default of `--out`, for the help. */
export function addRunOptions(command: Command, folder: string): void {
  command
    .optionsGroup('Run:')
    .option('--out <folder>', `run folder; default ${folder}`)
    .option('--resume', 'go on with the run in the folder; without data, as it was begun')
    .option('--overwrite', 'begin anew in a folder that holds a run')
    .addOption(numberOption('--checkpoint-every <seconds>', 'between checkpoints; default 30'))
    .option('--detect-anomaly', 'name the first operation that gives NaN or infinity; several times slower')
    .option('--fast', FAST)
    .option('--quiet', 'print the result only')
    .option('--json', 'print one JSON object');
}

/** Options that may be given with `--resume` alone: they are about the run, not about what is trained. */
const ABOUT_THE_RUN: ReadonlySet<string> = new Set<keyof RunValues>([
  ...(['out', 'resume', 'overwrite', 'maxTime', 'checkpointEvery', 'detectAnomaly'] as const),
  ...(['fast', 'quiet', 'json'] as const),
]);

/** Refuses options that a run resumed with its stored settings would not hear. */
export function refuseSettings(task: Command): void {
  if (task.args.length > 0 || !task.getOptionValue('resume')) return;
  const given = task.options.filter(
    (option) =>
      task.getOptionValueSource(option.attributeName()) === 'cli' && !ABOUT_THE_RUN.has(option.attributeName()),
  );
  if (given.length === 0) return;
  const names = given.map(({ long }) => long).join(', ');
  throw new RecurveError(
    'usage',
    `train ${task.name()}: expected no other settings with --resume alone, got ${names}; leave them out, or give the data and all settings again`,
  );
}

/** What the help of every `train <task>` says of its run folder. */
export const RUN_HELP = `
Writes model.safetensors, checkpoint.safetensors, metrics.jsonl, config.json and report.html into the run folder.
Ctrl-C saves a checkpoint and says how to go on; a second Ctrl-C ends at once.
`;
