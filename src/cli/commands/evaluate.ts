import type { Command } from 'commander';
import { wholeOption } from '../options.ts';
import { addReadOptions, MODEL, TABLE } from '../read-options.ts';

export function define(command: Command): void {
  command
    .argument('<model>', MODEL)
    .argument('<table>', TABLE)
    .description('Measures a model on the test span of a table, step by step of the horizon, beside the baselines.')
    .option('--from <date>', 'where the test span begins; default as in training')
    .option('--until <date>', 'where it ends; default as in training, or with the data')
    .option('--backtest', 'rolling origin: the test span in parts, one after the other')
    .addOption(wholeOption('--folds <n>', 'with --backtest: parts; default 4'))
    .option('--refit', 'with --backtest: train again before each part on all that lies before it')
    .option('--quiet', 'print the result only')
    .option('--json', 'print one JSON object');
  addReadOptions(command);
  command
    .addHelpText(
      'after',
      `
With --json: task, test (mae, rmse, mase, smape, pinball), baselines, coverage, overall, steps, folds.

Example:
  $ recurve evaluate runs/weather weather.csv --backtest --folds 4`,
    )
    .action(async (model: string, table: string, values) => {
      const { evaluate } = await import('../evaluate.ts');
      await evaluate(model, table, values);
    });
}
