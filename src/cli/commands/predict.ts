import { type Command, Option } from 'commander';
import { FAST } from '../environment.ts';
import { addReadOptions, DATA, MODEL } from '../read-options.ts';
import { textOptions } from '../tag/text-options.ts';
import { addTaskOptions, runVerb } from '../verbs.ts';

export function define(command: Command): void {
  command
    .argument('<model>', MODEL)
    .argument('<data>', DATA)
    .description(
      'Asks a model about data: a forecast for the steps after a table, … The data are read as those in training were.',
    )
    .option('--json', 'print one JSON object')
    .option('--out <file>', 'write there instead')
    .option('--fast', FAST)
    .option('--quiet', 'print the result only');
  addTaskOptions(
    command,
    ['forecast', 'tag'],
    [new Option('--csv', 'print CSV: each step forecast with its intervals, each label with its probabilities')],
  );
  addTaskOptions(command, ['tag'], textOptions());
  addReadOptions(command);
  command
    .addHelpText('after', '\nExample:\n  $ recurve predict runs/weather weather.csv --csv > next.csv')
    .action((model: string, data: string, values: object) => runVerb(command, model, [data], values));
}
