import type { Command } from 'commander';
import { FAST } from '../environment.ts';
import { listOption, numberOption, wholeOption } from '../options.ts';
import { MODEL } from '../read-options.ts';
import { runVerb } from '../verbs.ts';

export function define(command: Command): void {
  command
    .argument('<model>', MODEL)
    .description(
      'Composes a piece with a model of music and writes it as MIDI. The same options and seed give the same notes.',
    )
    .requiredOption('--out <file>', 'MIDI file to write')
    .option('--picture <file>', 'also draw the piano roll, as SVG')
    .optionsGroup('What to begin with:')
    .addOption(listOption('--start <notes>', 'first note, such as C4 or 60; of a model of keys also several: C4,E4,G4'))
    .option(
      '--opening <file>',
      'MIDI or ABC with the first bars, which are kept: of a melody the first voice, of four voices all or the soprano',
    )
    .option('--harmonise <file>', 'MIDI or ABC with a soprano; a model of voices finds the other voices')
    .option('--key <key>', 'such as G, Em or D dorian; read by a model of melodies, of others written into the file')
    .option('--metre <metre>', 'such as 4/4 or 6/8, by which bars are counted')
    .option('--title <text>', 'title of a melody, which the model reads')
    .optionsGroup('How to go on:')
    .addOption(wholeOption('--bars <n>', 'bars in all; default 16, of a melody until it ends by itself'))
    .option('--keep-key', 'only notes of the scale of --key')
    .option('--keep-metre', 'of a melody: no note over a bar line, no pickup')
    .addOption(wholeOption('--notes <n>', 'of a model of keys: exactly this many notes at every step'))
    .addOption(numberOption('--tempo <quarters>', 'quarters a minute, 4 to 1000; default 100'))
    .addOption(numberOption('--temperature <t>', 'below 1 safer, above 1 bolder, 0 always the likeliest; default 1'))
    .addOption(wholeOption('--top-k <k>', 'draw from the k likeliest only'))
    .addOption(numberOption('--top-p <p>', 'draw from the likeliest that together reach p'))
    .addOption(numberOption('--min-p <p>', 'draw from those at least p times as likely as the likeliest'))
    .addOption(wholeOption('--seed <n>', 'default 0'))
    .optionsGroup('Output:')
    .option('--fast', FAST)
    .option('--quiet', 'print the result only')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
With --json: task, model, kind, out, seed, quarters, key and metre where the piece has them, notes (pitch, start, duration, voice; 48 ticks a quarter).

Example:
  $ recurve compose runs/tunes --key G --metre 6/8 --bars 16 --keep-metre --seed 7 --out jig.mid
  $ recurve compose runs/chorales --harmonise melody.mid --temperature 0.5 --out chorale.mid`,
    )
    .action((model: string, values: object) => runVerb(command, model, [], values));
}
