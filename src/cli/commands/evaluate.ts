import { type Command, Option } from 'commander';
import { FAST } from '../environment.ts';
import { wholeOption } from '../options.ts';
import { DATA, MODEL, READ_LIKE_GROUP, readOptions } from '../read-options.ts';
import { textOptions } from '../tag/text-options.ts';
import { addTaskOptions, runVerb, TABLE_TASKS } from '../verbs.ts';

export function define(command: Command): void {
  command
    .argument('<model>', MODEL)
    .argument('<data>', DATA)
    .description('Measures a model on data it was not trained on, beside the baselines.')
    .option('--quiet', 'print the result only')
    .option('--fast', FAST)
    .option('--json', 'print one JSON object');
  addTaskOptions(
    command,
    ['forecast', 'tag'],
    [
      new Option('--from <date>', 'where the test span begins; default as in training'),
      new Option('--until <date>', 'where it ends; default as in training, or with the data'),
    ],
  );
  addTaskOptions(command, ['tag'], textOptions());
  addTaskOptions(
    command,
    ['forecast'],
    [
      new Option('--backtest', 'rolling origin: the test span in parts, one after the other'),
      wholeOption('--folds <n>', 'with --backtest: parts; default 4'),
      new Option('--refit', 'with --backtest: train again before each part on all that lies before it'),
    ],
  );
  addTaskOptions(
    command,
    ['classify'],
    [
      new Option('--text <column>', 'column of texts; default as in training'),
      new Option('--label <column>', 'column of labels; default as in training'),
    ],
  );
  addTaskOptions(
    command,
    ['generate'],
    [new Option('--held-out', 'the text is that of the training: measure the end that was not trained on')],
  );
  addTaskOptions(command, TABLE_TASKS, readOptions('as in training'), READ_LIKE_GROUP);
  command
    .addHelpText(
      'after',
      `
With --json, of a forecast: task, test (mae, rmse, mase, smape, pinball), baselines, coverage, overall, steps, folds;
of labels: test (brier, logLoss, accuracy, f1 …), baselines, confusion, reliability.

Example:
  $ recurve evaluate runs/weather weather.csv --backtest --folds 4`,
    )
    .action((model: string, data: string, values: object) => runVerb(command, model, [data], values));
}
