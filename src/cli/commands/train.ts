import type { Command } from 'commander';
import { RecurveError } from '../../errors.ts';
import { choiceOption, listOption, numberOption, numbersOption, wholeOption } from '../options.ts';
import { addReadOptions, TABLE } from '../read-options.ts';

export function define(command: Command): void {
  command
    .description('Trains a model and measures it beside the baselines.')
    .helpCommand(false)
    .addHelpText('after', '\nExample:\n  $ recurve train forecast weather.csv --target temp_max --out runs/weather');
  command.action(() => {
    throw new RecurveError('usage', 'train: expected a task, got none; give forecast, or see recurve train --help');
  });
  const forecast = command
    .command('forecast')
    .argument('[table]', TABLE)
    .description(
      'Trains a forecaster of one column: the next steps with intervals, measured on the end of the table beside persistence, climatology, AR and ridge regression.',
    );
  forecast
    .optionsGroup('What to forecast from what:')
    .option('--target <column>', 'column to forecast (needed, except with --resume alone)')
    .option('--time <column>', 'time column, or none; default found by type and name')
    .addOption(listOption('--past <a,b>', 'columns read up to now, or none; default all others of numbers'))
    .addOption(listOption('--future <c,d>', 'columns known in advance: their future values stand in the last rows'))
    .option('--series <column>', 'column that tells several series apart')
    .option('--unit <text>', 'unit of the target, such as °C')
    .optionsGroup('How rows become steps:')
    .option('--step <length>', 'such as 15min, 1h, 1d, 1mo; default the most frequent spacing')
    .option('--zone <name>', 'time zone of stamps without one, such as Europe/Rome; default UTC')
    .addOption(
      choiceOption(
        '--time-format <kind>',
        'how stamps are written',
        [
          ...['auto', 'day-first', 'month-first', 'yyyymmdd', 'year'],
          ...['epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns'],
        ],
        'auto',
      ),
    )
    .addOption(choiceOption('--spacing <rule>', 'uneven stamps', ['grid', 'bin', 'ignore', 'refuse'], 'grid'))
    .addOption(
      choiceOption('--duplicates <rule>', 'several rows of one time', ['refuse', 'mean', 'first', 'last'], 'refuse'),
    )
    .addOption(choiceOption('--missing <rule>', 'missing values', ['forward', 'linear', 'refuse'], 'forward'))
    .addOption(wholeOption('--max-gap <steps>', 'longest run of missing steps to fill; default 48'))
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
      choiceOption('--scaler <kind>', 'of every column', ['standard', 'robust', 'min-max', 'none'], 'standard'),
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
    .addOption(wholeOption('--epochs <n>', 'passes over the training windows; default 20'))
    .addOption(numberOption('--max-time <seconds>', 'end the training in time for this many seconds'))
    .addOption(wholeOption('--batch-size <n>', 'windows per step; default 64'))
    .addOption(wholeOption('--stride <steps>', 'distance between training windows; default 1'))
    .addOption(numberOption('--rate <r>', 'learning rate; default 0.002'))
    .addOption(numberOption('--clip <norm>', 'largest norm of the gradient; default 1'))
    .addOption(wholeOption('--patience <epochs>', 'with holdout: epochs without a better one; default 5'))
    .addOption(wholeOption('--seed <n>', 'the same seed gives the same weights to the bit; default 0'))
    .optionsGroup('Run:')
    .option('--out <folder>', 'run folder; default runs/forecast-<target>')
    .option('--resume', 'go on with the run in the folder; without a table, as it was begun')
    .option('--overwrite', 'begin anew in a folder that holds a run')
    .addOption(numberOption('--checkpoint-every <seconds>', 'between checkpoints').default(30))
    .option('--detect-anomaly', 'name the first operation that gives NaN or infinity; several times slower')
    .option('--quiet', 'print the result only')
    .option('--json', 'print one JSON object');
  addReadOptions(forecast);
  forecast
    .addHelpText(
      'after',
      `
Writes model.safetensors, checkpoint.safetensors, metrics.jsonl, config.json and report.html into the run folder.
Ctrl-C saves a checkpoint and says how to go on; a second Ctrl-C ends at once.

With --json: task, seconds, epochs, model, test (mae, rmse …), baselines, coverage, forecasts and more.

Example:
  $ recurve train forecast weather.csv --target temp_max --context 30 --horizon 7 --seed 7 --out runs/weather`,
    )
    .action(async (table: string | undefined, values) => {
      const { trainForecastCommand } = await import('../train-forecast.ts');
      await trainForecastCommand(table, values);
    });
}
