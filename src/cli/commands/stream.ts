import type { Command } from 'commander';
import { FAST } from '../environment.ts';
import { choiceOption, listOption } from '../options.ts';
import { MODEL } from '../read-options.ts';
import { runVerb } from '../verbs.ts';

export function define(command: Command): void {
  command
    .argument('<model>', MODEL)
    .description(
      'Reads a row per line from standard input and answers each with what the model says, a JSON object per line.',
    )
    .option('--fast', FAST)
    .option('--state <file>', 'keep the state there after every row, and go on from it')
    .option('--skip-seen', 'the input is the whole one from its first row: pass over the rows taken before')
    .addOption(choiceOption('--format <kind>', 'of the lines', ['auto', 'csv', 'tsv', 'jsonl'], 'auto'))
    .option('--delimiter <sign>', 'one character, or tab; default found by the header')
    .addOption(choiceOption('--decimal <sign>', 'decimal sign', ['.', ',']))
    .addOption(listOption('--missing-texts <a,b>', 'texts that mean a missing cell; default NA, NaN, null, - …'))
    .addHelpText(
      'after',
      `
Lines in: CSV under a header, or JSON objects. Lines out: row, id, time (of the row), and of a forecast times and point
(of the steps ahead; null until the context is full) and intervals, of a label told (the time of its step), label and
probabilities.

To a classifier each line is a text, or with --format jsonl an object with one (of numbers: a list of steps), answered with its label.

With --state, a row counts as taken when its answer is in the state file, which is written before the answer is
printed. After a kill, send every row again whose answer was not read, or more: a row with a time that was taken before
is not taken twice, and the answer to the last row taken is printed again. Without time stamps, send the whole
input with --skip-seen, or the rows after the last one taken.

Example:
  $ tail -f sensor.csv | recurve stream runs/weather --state weather.state`,
    )
    .action((model: string, values: object) => runVerb(command, model, [], values));
}
