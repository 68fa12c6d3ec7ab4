import { type Command, Option } from 'commander';
import { FAST } from '../environment.ts';
import { DATA, MODEL, READ_LIKE_GROUP, readOptions } from '../read-options.ts';
import { textOptions } from '../tag/text-options.ts';
import { addTaskOptions, runVerb, TABLE_TASKS } from '../verbs.ts';

export function define(command: Command): void {
  command
    .argument('<model>', MODEL)
    .argument('<data>', DATA)
    .description(
      'Asks a model about data: the steps after a table, the label of each step, the class of each text, what may follow a text or a piece of music. The data are read as those in training were.',
    )
    .option('--json', 'print one JSON object')
    .option('--out <file>', 'write there instead')
    .option('--fast', FAST)
    .option('--quiet', 'print the result only');
  addTaskOptions(
    command,
    ['forecast', 'tag', 'classify'],
    [new Option('--csv', 'print CSV: each step forecast with its intervals, each label with its probabilities')],
  );
  addTaskOptions(
    command,
    ['classify'],
    [
      new Option('--explain', 'what each word, or each stretch of steps, speaks for'),
      new Option('--lines', 'each line of the file is a text; without it a table, or a folder of texts'),
      new Option('--text <column>', 'column of texts; default as in training'),
    ],
  );
  addTaskOptions(command, ['tag'], textOptions());
  addTaskOptions(
    command,
    ['generate'],
    [new Option('--surprise', 'colour the text by what each token cost; with --out page.html a page')],
  );
  addTaskOptions(command, TABLE_TASKS, readOptions('as in training'), READ_LIKE_GROUP);
  command
    .addHelpText(
      'after',
      `
Examples:
  $ recurve predict runs/weather weather.csv --csv > next.csv
  $ echo "not a bad film" | recurve predict runs/films - --lines --explain`,
    )
    .action((model: string, data: string, values: object) => runVerb(command, model, [data], values));
}
