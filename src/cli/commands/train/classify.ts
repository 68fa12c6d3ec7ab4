import type { Command } from 'commander';
import { choiceOption, listOption, numberOption, wholeOption } from '../../options.ts';
import { addReadOptions } from '../../read-options.ts';
import { addFitOptions, addRunOptions, RUN_HELP } from '../../train-options.ts';

const EXAMPLES =
  'a table; a folder with a folder of texts per class; LABEL=file,LABEL=file of a text per line; images,labels in IDX; dataset:NAME; - for a table on standard input';

export function define(command: Command): void {
  command
    .argument('[data]', EXAMPLES)
    .description(
      'Trains a classifier of texts or of sequences of numbers, measured on a part kept away beside naive Bayes and the most frequent class.',
    );
  command
    .optionsGroup('What to classify by what:')
    .option('--text <column>', 'column of texts of a table; default text')
    .option('--label <column>', 'column of classes of a table; default label')
    .option(
      '--sequence <column>',
      'column that tells sequences apart: their rows are steps of numbers; or of lists of steps, a sequence each',
    )
    .addOption(
      wholeOption(
        '--step-width <n>',
        'each row is a sequence: its columns of numbers in their order, n of them a step, as 28 of 784 pixels; --sequence may name its rows',
      ),
    )
    .addOption(listOption('--columns <a,b>', 'with --sequence or --step-width: columns of numbers; default all others'))
    .option('--test <data>', 'a test set of its own, in the form of the data')
    .addOption(numberOption('--test-share <s>', 'share of each class kept for the test; 0 for none; default 0.1'))
    .addOption(numberOption('--validation-share <s>', 'share that chooses the epoch; default 0.1'))
    .optionsGroup('Words:')
    .option('--keep-case', 'Good and good are two words')
    .addOption(wholeOption('--max-words <n>', 'of longer texts the first and last half are read; default 512'))
    .addOption(wholeOption('--min-count <n>', 'words seen less often are unknown to the network; default 2'))
    .addOption(wholeOption('--max-vocabulary <n>', 'most words known; default 30000'))
    .addOption(wholeOption('--embedding <width>', 'numbers per word; default 64, or as the vectors'))
    .option('--vectors <file>', 'pretrained vectors: text format of word2vec, GloVe or fastText')
    .addOption(numberOption('--word-dropout <p>', 'share of words hidden in training; default 0.1'))
    .option('--no-bayes', 'the network alone, without the evidence of naive Bayes')
    .optionsGroup('Network:')
    .addOption(choiceOption('--cell <kind>', 'recurrent cell', ['gru', 'lstm', 'rnn'], 'gru'))
    .addOption(wholeOption('--hidden <units>', 'hidden units per layer and direction; default 64'))
    .addOption(wholeOption('--layers <n>', 'recurrent layers; default 1'))
    .option('--causal', 'read forwards only; default both ways')
    .addOption(
      choiceOption(
        '--pooling <kind>',
        'steps into one vector',
        ['mean-max', 'mean', 'max', 'last', 'attention'],
        'mean-max',
      ),
    )
    .addOption(numberOption('--dropout <p>', 'share of the pooled vector left out in training; default 0.5'))
    .addOption(numberOption('--input-dropout <p>', 'the same of the inputs; default 0.3'))
    .addOption(wholeOption('--members <n>', 'networks trained side by side, answers averaged; default 1'))
    .optionsGroup('Training:')
    .option('--class-weights <what>', 'none, balanced, or a weight per class as in spam=3,ham=1; default none')
    .addOption(wholeOption('--patience <epochs>', 'epochs without a better one; default half of them'));
  addFitOptions(command, { epochs: 4, batchSize: 50, rate: 0.003, clip: 1, seed: 0 }, 'examples');
  addRunOptions(command, 'runs/classify-<data>');
  addReadOptions(command, 'empty cells alone');
  command
    .addHelpText(
      'after',
      `${RUN_HELP}
Small sets are passed over more often by default, up to 40 times: about 700 steps.

With --json: task, seconds, epochs, model, classes, test (accuracy, f1, logLoss, auc of two classes), baselines, network, confusion …

Examples:
  $ recurve train classify reviews.csv --text review --label stars --out runs/reviews
  $ recurve train classify pos=rt-polarity.pos,neg=rt-polarity.neg --out runs/films
  $ recurve train classify sensors.csv --sequence window --label activity --out runs/activity
  $ recurve train classify mnist_train.csv --label label --step-width 28 --out runs/digits
  $ recurve train classify train-images-idx3-ubyte.gz,train-labels-idx1-ubyte.gz --out runs/digits`,
    )
    .action(async (data: string | undefined, values) => {
      const { trainCommand } = await import('../../classify/train.ts');
      await trainCommand(data, values);
    });
}
