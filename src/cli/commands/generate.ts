import { type Command, Option } from 'commander';
import { FAST } from '../environment.ts';
import { numberOption, textsOption, wholeOption } from '../options.ts';
import { MODEL } from '../read-options.ts';
import { runVerb } from '../verbs.ts';

export function define(command: Command): void {
  command
    .argument('<model>', MODEL)
    .description('Lets a language model write: prints as it goes.')
    .option('--prompt <text>', 'text to go on from; default the start of a line')
    .addOption(wholeOption('--length <tokens>', 'most characters, words or subwords to write; default 500'))
    .addOption(textsOption('--stop <text...>', 'end before the first of these'))
    .addOption(wholeOption('--seed <n>', 'same seed, same text; default 0'))
    .optionsGroup('How the next token is drawn:')
    .addOption(numberOption('--temperature <t>', 'below 1 safer, above 1 bolder, 0 always the likeliest; default 1'))
    .addOption(wholeOption('--top-k <k>', 'among the k likeliest only'))
    .addOption(numberOption('--top-p <p>', 'among the likeliest that together reach p only'))
    .addOption(numberOption('--min-p <p>', 'among those at least p times as likely as the likeliest only'))
    .addOption(numberOption('--repetition-penalty <f>', 'above 1 repeats less; for words and subwords'))
    .addOption(wholeOption('--repetition-window <tokens>', 'that count as repeated; default 64'))
    .addOption(
      wholeOption(
        '--beam <width>',
        'search for the likeliest texts instead of drawing, this many side by side (at most 1,024)',
      ),
    )
    .optionsGroup('Verse:')
    .addOption(
      new Option(
        '--rhyme <scheme>',
        'lines that rhyme, such as aabb or abab; English, needs cmu-pronouncing-dictionary',
      ),
    )
    .addOption(wholeOption('--lines <n>', 'with --rhyme: lines to write; default the length of the scheme'))
    .addOption(wholeOption('--syllables <n>', 'with --rhyme: syllables per line to aim at'))
    .optionsGroup('Output:')
    .option('--fast', FAST)
    .option('--quiet', 'print the text only')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ recurve generate runs/shakespeare --prompt "ROMEO:" --length 400 --temperature 0.8 --seed 7',
    )
    .action((model: string, values: object) => runVerb(command, model, [], values));
}
