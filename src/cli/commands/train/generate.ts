import type { Command } from 'commander';
import { TEXT_UNITS } from '../../../data/index.ts';
import { choiceOption, numberOption, wholeOption } from '../../options.ts';
import { addFitOptions, addRunOptions, RUN_HELP } from '../../train-options.ts';

export function define(command: Command): void {
  command
    .argument('[text...]', 'files or folders of texts, http(s) addresses, - for standard input, or dataset:NAME; UTF-8')
    .description(
      'Trains a language model that writes on: by characters, words or subwords, measured on the end of the text beside n-grams.',
    )
    .optionsGroup('What is read:')
    .addOption(choiceOption('--unit <kind>', 'what is read and written one of per step', TEXT_UNITS, 'characters'))
    .addOption(wholeOption('--vocabulary <n>', 'most words (default 20,000), or subwords in all (default 1,024)'))
    .addOption(wholeOption('--min-count <n>', 'words seen less often are unknown; default 2'))
    .addOption(
      numberOption('--validation-share <share>', 'end of the text that measures the model; 0 for none; default 0.1'),
    )
    .optionsGroup('Model:')
    .addOption(choiceOption('--cell <kind>', 'recurrent cell', ['lstm', 'gru'], 'lstm'))
    .addOption(wholeOption('--hidden <units>', 'hidden units per layer; default 256'))
    .addOption(wholeOption('--layers <n>', 'recurrent layers; default 1'))
    .addOption(wholeOption('--embedding <width>', 'features per token; default 64'))
    .option('--tied', 'the output uses the weights of the embedding: for large vocabularies')
    .addOption(numberOption('--dropout <p>', 'share left out between layers and before the output; default 0.1'))
    .addOption(numberOption('--input-dropout <p>', 'share of the embeddings left out; default 0'))
    .addOption(numberOption('--weight-drop <p>', 'share of recurrent weights left out; default 0'))
    .optionsGroup('Training:')
    .addOption(wholeOption('--window <steps>', 'steps that gradients flow back; default 128'))
    .addOption(numberOption('--weight-decay <d>', 'of AdamW; default 0.01'))
    .addOption(numberOption('--average <decay>', 'running average of the weights, 0 for none; default 0.99'))
    .addOption(wholeOption('--patience <epochs>', 'epochs without a better one before stopping; default never'))
    .addOption(wholeOption('--order <n>', 'of the n-gram model beside the score; default 5, of words and subwords 3'));
  addFitOptions(
    command,
    { epochs: '8, of short texts up to 40', batchSize: '32, of short texts 16 or 8', rate: 0.004, clip: 1, seed: 0 },
    'text',
    'places of the text read side by side',
  );
  addRunOptions(command, 'runs/generate-<text>');
  command
    .addHelpText(
      'after',
      `${RUN_HELP}
With --unit subwords also tokenizer.json, for Hugging Face's tokenizers.
With --json: task, seconds, epochs, model, validation (nats, bits, perplexity …), baselines, sample and more.

Example:
  $ recurve train generate shakespeare.txt --hidden 256 --epochs 8 --out runs/shakespeare
  $ recurve generate runs/shakespeare --prompt "ROMEO:" --temperature 0.8`,
    )
    .action(async (places: string[], values) => {
      const { trainCommand } = await import('../../generate/train.ts');
      await trainCommand(places, values);
    });
}
