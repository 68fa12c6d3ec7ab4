import type { Command } from 'commander';
import { choiceOption, numberOption, wholeOption } from '../../options.ts';
import { addFitOptions, addRunOptions, RUN_HELP } from '../../train-options.ts';

export function define(command: Command): void {
  command
    .argument(
      '[music...]',
      'files, folders, http(s) addresses, - for standard input, or dataset:NAME: MIDI, ABC, or piano rolls in JSON',
    )
    .description(
      'Trains a model that composes: melodies, what 88 keys play, or four voices; measured beside models without memory.',
    )
    .optionsGroup('Model:')
    .addOption(
      choiceOption(
        '--kind <kind>',
        'how music is heard',
        ['keys', 'melody', 'voices'],
        'by the data: mostly single lines melody, four numbers a step voices, else keys',
      ),
    )
    .addOption(choiceOption('--cell <kind>', 'recurrent cell', ['lstm', 'gru', 'rnn'], 'lstm'))
    .addOption(wholeOption('--hidden <units>', 'hidden units per layer; default 256, of melody 192, of voices 160'))
    .addOption(wholeOption('--layers <n>', 'recurrent layers; default 1'))
    .addOption(
      wholeOption('--embedding <n>', 'features per token or pitch, of melody and voices; default 64, of voices 32'),
    )
    .addOption(numberOption('--dropout <p>', 'share of hidden units left out in training; default 0.3, of keys 0.5'))
    .addOption(numberOption('--input-dropout <p>', 'share of keys left out in training, of keys; default 0.1'))
    .addOption(numberOption('--weight-drop <p>', 'share of recurrent weights left out for each pass; default 0'))
    .optionsGroup('Music:')
    .addOption(
      wholeOption(
        '--steps-per-quarter <n>',
        'grid of keys and voices: 1, 2, 4 or what else divides 48, 3 for triplets; default 2, of voices 4',
      ),
    )
    .addOption(wholeOption('--transpose <semitones>', 'learn every piece up to so far higher and lower; default 5'))
    .option('--related', 'transpose only to keys at most two fifths away, and half of the time not at all')
    .addOption(wholeOption('--segment <steps>', 'longest part read at once in training, of keys; default 128'))
    .addOption(numberOption('--validation-share <f>', 'where the data do not say; default 0.15'))
    .addOption(numberOption('--test-share <f>', 'where the data do not say; default 0.15'))
    .optionsGroup('Training:')
    .addOption(numberOption('--weight-decay <w>', 'of AdamW; default 0.01'))
    .addOption(
      numberOption('--average <decay>', 'average of the weights over 1/(1 − decay) steps; 0 for none; default 0.99'),
    )
    .addOption(
      wholeOption(
        '--patience <epochs>',
        'epochs without a better one before stopping; default 30, of melody 5, of voices 15',
      ),
    );
  addFitOptions(
    command,
    {
      epochs: '100, of melody 20, of voices 60',
      batchSize: '8, of melody 16',
      rate: '0.004, of keys 0.005',
      clip: 1,
      seed: 0,
    },
    'pieces',
  );
  addRunOptions(command, 'runs/compose');
  command
    .addHelpText(
      'after',
      `${RUN_HELP}
With --json: task, kind, seconds, epochs, model, pieces, test (nll), baselines, measure, settings.

Example:
  $ recurve train compose tunes/ --kind melody --seed 7 --out runs/tunes
  $ recurve train compose dataset:jsb-chorales --kind keys --steps-per-quarter 1 --out runs/chords
  $ recurve train compose dataset:jsb-chorales-voices --out runs/chorales`,
    )
    .action(async (music: string[], values) => {
      const { trainCommand } = await import('../../compose/train.ts');
      await trainCommand(music, values);
    });
}
