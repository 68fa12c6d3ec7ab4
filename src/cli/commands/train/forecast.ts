import type { Command } from 'commander';
import { choiceOption, listOption, numberOption, numbersOption, wholeOption } from '../../options.ts';
import { addReadOptions, TABLE } from '../../read-options.ts';
import { addSeriesOptions } from '../../series-options.ts';
import { addFitOptions, addRunOptions, RUN_HELP } from '../../train-options.ts';

export function define(command: Command): void {
  command
    .argument('[table]', TABLE)
    .description(
      'Trains a forecaster of one column: the next steps with intervals, measured on the end of the table beside persistence, climatology, AR and ridge regression.',
    );
  command
    .optionsGroup('What to forecast from what:')
    .option('--target <column>', 'column to forecast (needed, except with --resume alone)')
    .option('--time <column>', 'time column, or none; default found by type and name')
    .addOption(listOption('--past <a,b>', 'columns read up to now, or none; default all others of numbers'))
    .addOption(listOption('--future <c,d>', 'columns known in advance: their future values stand in the last rows'))
    .option('--series <column>', 'column that tells several series apart')
    .option('--unit <text>', 'unit of the target, such as °C');
  addSeriesOptions(command);
  command
    .optionsGroup('Model:')
    .addOption(wholeOption('--context <steps>', 'steps read before a forecast; default 30'))
    .addOption(wholeOption('--horizon <steps>', 'steps forecast at once; default 7'))
    .addOption(choiceOption('--cell <kind>', 'recurrent cell', ['gru', 'lstm', 'rnn'], 'gru'))
    .addOption(wholeOption('--hidden <units>', 'hidden units per layer; default 64'))
    .addOption(wholeOption('--layers <n>', 'recurrent layers; default 1'))
    .addOption(numberOption('--dropout <p>', 'share of hidden units left out in training; default 0.3'))
    .addOption(
      choiceOption('--output <kind>', 'what the intervals come from', ['quantile', 'gaussian', 'point'], 'quantile'),
    )
    .addOption(numbersOption('--levels <list>', 'intervals in per cent; default 80,95'))
    .addOption(
      choiceOption(
        '--scaler <kind>',
        'of every column, where it is read as it is or there are several series',
        ['standard', 'robust', 'min-max', 'none'],
        'standard',
      ),
    )
    .option('--shared-scaler', 'one scaler for all series, to forecast series not seen in training')
    .addOption(choiceOption('--anchor <kind>', 'what the target is relative to', ['last', 'none'], 'last'))
    .addOption(
      choiceOption(
        '--inputs <kind>',
        'relative to their window, or also as they are',
        ['auto', 'relative', 'both'],
        'auto',
      ),
    )
    .option('--no-calendar', 'leave out time of day, of week, of year')
    .optionsGroup('Training:')
    .option('--test-from <date>', 'where the test span begins; default the last quarter')
    .addOption(numberOption('--test-share <fraction>', 'the same as a share of the steps; 0 for no test'))
    .option('--test-until <date>', 'where the test span ends; default with the data')
    .addOption(
      choiceOption(
        '--validation <kind>',
        'what chooses the epoch and calibrates',
        ['cross', 'holdout'],
        'cross, of long tables holdout',
      ),
    )
    .option('--holdout <part>', 'end of the training span for holdout: 0.2, 20%, 365 steps or a date')
    .addOption(wholeOption('--stride <steps>', 'distance between training windows; default 1'))
    .addOption(wholeOption('--patience <epochs>', 'with holdout: epochs without a better one; default 5'));
  addFitOptions(command, { epochs: 20, batchSize: 64, rate: 0.002, clip: 1, seed: 0 }, 'windows');
  addRunOptions(command, 'runs/forecast-<target>');
  addReadOptions(command);
  command
    .addHelpText(
      'after',
      `${RUN_HELP}
With --json: task, seconds, epochs, model, test (mae, rmse …), baselines, coverage, forecasts and more.

Example:
  $ recurve train forecast weather.csv --target temp_max --context 30 --horizon 7 --seed 7 --out runs/weather`,
    )
    .action(async (table: string | undefined, values) => {
      const { trainCommand } = await import('../../forecast/train.ts');
      await trainCommand(table, values);
    });
}
