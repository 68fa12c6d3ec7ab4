import type { Command } from 'commander';
import { RecurveError } from '../../errors.ts';
import { addEntries, type Entry } from '../entries.ts';
import { refuseSettings } from '../train-options.ts';

/** The tasks. Each has its options in a file of this name under `train/`, and its work in a folder of this name beside `commands/`. */
const TASKS: readonly Entry[] = [
  {
    name: 'forecast',
    summary: 'the next steps of a column, with intervals',
    load: () => import('./train/forecast.ts'),
  },
  {
    name: 'tag',
    summary: 'a label or probability for each step of a table, each word of a text',
    load: () => import('./train/tag.ts'),
  },
  {
    name: 'classify',
    summary: 'the class of a text or of a sequence of numbers',
    load: () => import('./train/classify.ts'),
  },
  {
    name: 'generate',
    summary: 'text that goes on like yours, by characters, words or subwords',
    load: () => import('./train/generate.ts'),
  },
  {
    name: 'compose',
    summary: 'melodies, chords or four voices from music',
    load: () => import('./train/compose.ts'),
  },
];

export async function define(command: Command, args: readonly string[]): Promise<void> {
  command
    .description('Trains a model and measures it beside the baselines.')
    .helpCommand(false)
    .hook('preAction', (_, task) => refuseSettings(task))
    .addHelpText('after', '\nExample:\n  $ recurve train forecast weather.csv --target temp_max --out runs/weather')
    .action(() => {
      const names = TASKS.map(({ name }) => name).join(', ');
      throw new RecurveError('usage', `train: expected a task, got none; give ${names}, or see recurve train --help`);
    });
  await addEntries(command, TASKS, args);
}
