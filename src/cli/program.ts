import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { addEntries, type Entry } from './entries.ts';
import { usageError } from './usage.ts';

const COMMANDS: readonly Entry[] = [
  { name: 'train', summary: 'train a model on your data', load: () => import('./commands/train.ts') },
  { name: 'predict', summary: 'ask a model about new data', load: () => import('./commands/predict.ts') },
  { name: 'evaluate', summary: 'measure a model beside the baselines', load: () => import('./commands/evaluate.ts') },
  { name: 'stream', summary: 'answer row by row, with a state on disk', load: () => import('./commands/stream.ts') },
  { name: 'generate', summary: 'let a language model write', load: () => import('./commands/generate.ts') },
  { name: 'compose', summary: 'write a piece of music as MIDI', load: () => import('./commands/compose.ts') },
  {
    name: 'doctor',
    summary: 'say what runs on this machine, and how fast',
    load: () => import('./commands/doctor.ts'),
  },
  { name: 'datasets', summary: 'list, get and mirror public data sets', load: () => import('./commands/datasets.ts') },
];

const AFTER = `
Environment:
  RECURVE_TIER     kernels to run; default the fastest this machine can (see recurve doctor)
  RECURVE_THREADS  threads to use, or auto: one per processor, at most 8
  RECURVE_DATA     folder with copies of the public data sets, asked before the network
  RECURVE_DEBUG    1 prints the stack of an error
  NO_COLOR         any value: no colours

Example:
  $ recurve train forecast weather.csv --target temp_max --horizon 7 --out runs/weather
  $ recurve predict runs/weather weather.csv`;

/** Builds the command line; of the commands only the one that `args` names is loaded. */
export async function makeProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('recurve');
  program
    .description('Train, check and run recurrent neural networks.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', AFTER)
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({ outputError: () => {} });
  await addEntries(program, COMMANDS, args);
  tellUsage(program, []);
  return program;
}

/** Makes every command report wrong usage as a `RecurveError` that names it. */
function tellUsage(command: Command, path: readonly string[]): void {
  command.exitOverride((error) => {
    throw error.exitCode === 0 ? error : usageError(error, command, path);
  });
  for (const child of command.commands) tellUsage(child, [...path, child.name()]);
}
