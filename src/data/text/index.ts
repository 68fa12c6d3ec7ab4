import { RecurveError } from '../../errors.ts';
import { expectChoice, expectOptions } from '../../options.ts';
import { vocabularyFromDocument } from '../vocabulary.ts';
import type { BpeOptions } from './bpe-train.ts';
import { TEXT_UNITS, type TextCodec, type TextUnit } from './codec.ts';
import { characterCodec, codecOf, type WordOptions, wordCodec } from './plain.ts';
import { bpeCodec, subwordCodec } from './subwords.ts';
import type { BpeDocument } from './tokenizer-json.ts';

export { type BpeOptions, trainBpe } from './bpe-train.ts';
export { TEXT_UNITS, type TextCodec, type TextDecoding, type TextUnit } from './codec.ts';
export { characterCodec, type WordOptions, wordCodec } from './plain.ts';
export { subwordCodec } from './subwords.ts';
export type { BpeDocument } from './tokenizer-json.ts';
export { decodeText } from './utf8.ts';
export { readWordVectors, type WordVectorOptions, type WordVectors } from './vectors.ts';
export { type Word, type WordRules, type WordTokenizer, wordTokenizer } from './words.ts';

/** Makes the codec of a text's units. */
export function createTextCodec(unit: TextUnit, text: string, options: WordOptions & BpeOptions = {}): TextCodec {
  expectChoice('codec', 'unit', unit, TEXT_UNITS);
  expectOptions('codec', options, { minCount: 'number', maxSize: 'number', size: 'number' });
  const { maxSize, size, ...shared } = options;
  if (unit === 'characters') return characterCodec(text);
  return unit === 'words'
    ? wordCodec(text, { ...shared, ...(maxSize !== undefined && { maxSize }) })
    : subwordCodec(text, { ...shared, ...(size !== undefined && { size }) });
}

/** Reads what {@link TextCodec.toJSON} wrote. Throws `model`, naming `path`, where it is something else. */
export function textCodecFromDocument(document: unknown, path: string): TextCodec {
  const { unit, vocabulary, tokenizer } = (document ?? {}) as Record<string, unknown>;
  if (unit === 'subwords') return bpeCodec(tokenizer as BpeDocument, `${path}.tokenizer`);
  if (unit === 'characters' || unit === 'words') {
    const read = vocabularyFromDocument(vocabulary, `${path}.vocabulary`);
    if (read.specials.includes('unknown')) return codecOf(unit, read);
  }
  throw new RecurveError(
    'model',
    `${path}: expected units ${TEXT_UNITS.join(', ')} with their vocabulary, got ${String(unit)}; the file is damaged`,
  );
}
