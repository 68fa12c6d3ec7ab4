import type { Command } from 'commander';
import { choiceOption, listOption, numberOption, wholeOption } from '../../options.ts';
import { addReadOptions, TABLE } from '../../read-options.ts';
import { addSeriesOptions } from '../../series-options.ts';
import { addFitOptions, addRunOptions, RUN_HELP } from '../../train-options.ts';

export function define(command: Command): void {
  command
    .argument('[data]', `a table (with --target) or tagged text: ${TABLE}`)
    .description(
      'Trains a tagger: a label or probability for each step of a table or each word of a text, calibrated, measured beside the share of each class, climatology, a Markov chain and logistic regression.',
    )
    .optionsGroup('What to predict from what:')
    .option('--target <what>', 'of a table: a column of labels, or a comparison such as "precipitation > 0"')
    .addOption(
      wholeOption('--ahead <steps>', 'of a table: how many steps ahead the label lies; default 1, 0 for the same step'),
    )
    .option(
      '--positive <class>',
      'of two classes the one that probabilities are about; default yes, or the second by name',
    )
    .option('--time <column>', 'time column, or none; default found by type and name')
    .addOption(listOption('--past <a,b>', 'columns read, or none; default all others of numbers'))
    .option('--series <column>', 'column that tells several series apart')
    .addOption(choiceOption('--tagged <kind>', 'how text is tagged', ['auto', 'conll', 'jsonl'], 'auto'))
    .addOption(wholeOption('--token-column <n>', 'of CoNLL text: the word, from 1; default 1, of ten columns 2'))
    .addOption(wholeOption('--label-column <n>', 'of CoNLL text: the label; default the last, of ten columns 4'));
  addSeriesOptions(command);
  command
    .optionsGroup('Model:')
    .addOption(choiceOption('--cell <kind>', 'recurrent cell', ['gru', 'lstm', 'rnn'], 'gru'))
    .addOption(
      wholeOption('--hidden <units>', 'hidden units per layer and direction; default 16 for tables, 64 for text'),
    )
    .addOption(wholeOption('--layers <n>', 'recurrent layers; default 1'))
    .option('--bidirectional', 'read both ways: better labels, no stream; default for text')
    .option('--causal', 'read forwards only; default for tables')
    .addOption(numberOption('--dropout <p>', 'share of inputs and hidden units left out in training; default 0.3'))
    .addOption(wholeOption('--members <n>', 'networks whose mean answers; default 5 for tables, 1 for text'))
    .addOption(
      wholeOption('--lags <rows>', 'of a table: rows each step sees beside its memory, itself included; default 1'),
    )
    .option('--no-logs', 'of a table: do not take logarithms of columns that reach far to the right')
    .option('--no-calendar', 'of a table: leave out time of day, of week, of year')
    .option('--no-regression', 'of a table: the network alone answers, no logistic regression beside it')
    .addOption(wholeOption('--embedding <width>', "of text: width of a word's vector; default 64"))
    .addOption(wholeOption('--min-count <n>', 'of text: words seen less often count as unknown; default 2'))
    .optionsGroup('Training:')
    .option('--class-weights <what>', 'none, balanced, or a weight per class as in B-PER=3,O=0.5; default none')
    .option(
      '--threshold <what>',
      'of two classes, chosen on validation for accuracy or f1, or a number; default accuracy',
    )
    .option('--test-from <date>', 'of a table: where the test span begins; default the last quarter')
    .addOption(numberOption('--test-share <fraction>', 'the same as a share; 0 for no test; default of text 0.2'))
    .option('--test-until <date>', 'of a table: where the test span ends; default with the data')
    .addOption(
      choiceOption(
        '--validation <kind>',
        'what chooses the epoch and calibrates',
        ['cross', 'holdout'],
        'cross, above 4,096 steps holdout',
      ),
    )
    .option('--holdout <part>', 'end of the training part for holdout: 0.15, 15%, 365 steps or a date')
    .addOption(wholeOption('--chunk <steps>', 'of a table: length of a training sequence; default 64'))
    .addOption(wholeOption('--patience <epochs>', 'with holdout: epochs without a better one; default 5'));
  addFitOptions(
    command,
    {
      epochs: '60 for tables, 20 for text',
      batchSize: '4 for tables, 32 for text',
      rate: '0.02 for tables, 0.003 for text',
      clip: 1,
      seed: 0,
    },
    'sequences',
  );
  addRunOptions(command, 'runs/tag-<target>, of text runs/tag');
  addReadOptions(command);
  command
    .addHelpText(
      'after',
      `${RUN_HELP}
With --json: task, seconds, epochs, model, test (brier, logLoss, accuracy, f1 …), baselines, classes, threshold,
temperature, confusion, reliability, next.

Example:
  $ recurve train tag weather.csv --target "precipitation > 0" --test-from 2015-01-01 --seed 7 --out runs/rain
  $ recurve train tag train.conll --out runs/pos`,
    )
    .action(async (data: string | undefined, values) => {
      const { trainCommand } = await import('../../tag/train.ts');
      await trainCommand(data, values);
    });
}
