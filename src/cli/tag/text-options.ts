import type { Option } from 'commander';
import { choiceOption, wholeOption } from '../options.ts';

/** Flags of {@link textOptions}, for data that are a table. */
export const TEXT_FLAGS = ['--tagged', '--token-column', '--label-column'];

/** Options that say how the words of a text come to a tagger. */
export function textOptions(): Option[] {
  return [
    choiceOption('--tagged <kind>', 'how text is written', ['auto', 'conll', 'jsonl', 'plain'], 'auto'),
    wholeOption('--token-column <n>', 'of CoNLL text: the word, from 1; default 1, of ten columns 2'),
    wholeOption('--label-column <n>', 'of CoNLL text: the label; default the last, of ten columns 4'),
  ];
}
