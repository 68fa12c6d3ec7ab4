import { type Command, Option } from 'commander';
import { FAST } from '../environment.ts';
import { choiceOption, listOption, numberOption, wholeOption } from '../options.ts';
import { MODEL } from '../read-options.ts';
import { addTaskOptions, runVerb, TABLE_TASKS } from '../verbs.ts';

export function define(command: Command): void {
  command
    .argument('<model>', MODEL)
    .description(
      'Reads a row per line from standard input and answers each with what the model says, a JSON object per line.',
    )
    .option('--fast', FAST);
  addTaskOptions(
    command,
    ['forecast', 'tag', 'generate', 'compose'],
    [new Option('--state <file>', 'keep the state there after every line, and go on from it')],
  );
  addTaskOptions(command, TABLE_TASKS, [
    choiceOption('--format <kind>', 'of the lines', ['auto', 'csv', 'tsv', 'jsonl'], 'auto'),
  ]);
  addTaskOptions(
    command,
    ['forecast', 'tag'],
    [
      new Option('--skip-seen', 'the input is the whole one from its first row: pass over the rows taken before'),
      new Option('--delimiter <sign>', 'one character, or tab'),
      choiceOption('--decimal <sign>', 'decimal sign', ['.', ',']),
      new Option('--header', 'the first line holds the names of the columns'),
      new Option('--no-header', 'the first line holds data; columns are column_1, column_2, …'),
      listOption('--missing-texts <a,b>', 'texts that mean a missing cell'),
      new Option('--encoding <name>', 'of the lines, one that extends ASCII'),
    ],
  );
  addTaskOptions(
    command,
    ['compose'],
    [
      new Option('--key <key>', 'of a melody, such as G or Em, which the model reads before the first note; default C'),
      new Option('--metre <metre>', 'of a melody, such as 4/4 or 6/8, by which bars are counted; default 4/4'),
      new Option('--title <text>', 'of a melody'),
      numberOption('--pickup <quarters>', 'of a melody, before its first full bar; default 0'),
      new Option('--accompany', 'of voices: answer each note of a soprano with the other voices'),
      numberOption('--temperature <t>', 'with --accompany: below 1 safer, 0 always the likeliest; default 1'),
      wholeOption('--seed <n>', 'with --accompany: default 0'),
    ],
  );
  command
    .addHelpText(
      'after',
      `
Lines in: CSV under a header, or JSON objects, written as the table of the training was said to be. Lines out: row, id, time (of the row), and of a forecast times and point
(of the steps ahead; null until the context is full) and intervals, of a label told (the time of its step), label and
probabilities.

To a classifier each line is a text, or with --format jsonl an object with one (of numbers: a list of steps), answered with its label.

To a language model each line is a piece of the text, its line break included, answered with tokens, unknown (how many of them the
model does not know), nats and bits (what they cost), and next, the likeliest tokens that may follow.

To a model of music each line is a step: the notes that sound (C4 E4 G4 or [60, 64, 67], [] for silence), of a melody a note or
rest and its quarters (C4 1/2), of voices four notes or the soprano alone; "end" ends the piece. Answered with nats, what the step
cost, and next, the likeliest notes of the next step (of voices the soprano's); the end with steps, nats and nll of the piece. A melody
begins in C and 4/4 unless --key and --metre say otherwise. With --accompany a line is a note of the soprano or rest, answered at once
with the notes of the four voices.

With --state, a row counts as taken when its answer is in the state file, which is written before the answer is
printed. After a kill, send every row again whose answer was not read, or more: a row with a time that was taken before
is not taken twice, and the answer to the last row taken is printed again. Without time stamps, send the whole
input with --skip-seen, or the rows after the last one taken.

Examples:
  $ tail -f sensor.csv | recurve stream runs/weather --state weather.state
  $ tail -f notes.txt | recurve stream runs/shakespeare --state notes.state
  $ printf 'G4 1\\nB4 1/2\\n' | recurve stream runs/tunes --key G --metre 4/4
  $ printf 'G4\\nG4\\nA4\\nB4\\n' | recurve stream runs/chorales --accompany --temperature 0.5`,
    )
    .action((model: string, values: object) => runVerb(command, model, [], values));
}
