import type { Command } from 'commander';
import { addReadOptions, MODEL, TABLE } from '../read-options.ts';

export function define(command: Command): void {
  command
    .argument('<model>', MODEL)
    .argument('<table>', TABLE)
    .description('Forecasts the steps after a table. The table is read as the one in training was.')
    .option('--json', 'print one JSON object')
    .option('--csv', 'print CSV: id, time, step, forecast, lower and upper border of each interval')
    .option('--out <file>', 'write there instead, as CSV or, with --json, as JSON')
    .option('--quiet', 'print the result only');
  addReadOptions(command);
  command
    .addHelpText('after', '\nExample:\n  $ recurve predict runs/weather weather.csv --csv > next.csv')
    .action(async (model: string, table: string, values) => {
      const { predict } = await import('../predict.ts');
      await predict(model, table, values);
    });
}
