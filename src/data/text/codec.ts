import type { VocabularyDocument } from '../vocabulary.ts';
import type { BpeDocument } from './tokenizer-json.ts';

/** What a language model reads and writes one of per step. */
export const TEXT_UNITS = ['characters', 'words', 'subwords'] as const;
/** One of {@link TEXT_UNITS}. */
export type TextUnit = (typeof TEXT_UNITS)[number];

/** Text to token numbers and back. */
export interface TextCodec {
  readonly unit: TextUnit;
  /** Numbers in use: ids are 0 … size − 1. */
  readonly size: number;
  /** The id of everything that is not known; undefined where everything is (subwords). */
  readonly unknown: number | undefined;
  encode(text: string): Int32Array;
  /** The text of some ids; U+FFFD stands for what is not known. */
  decode(ids: ArrayLike<number>): string;
  /** The same for ids that arrive one by one. */
  decoder(): TextDecoding;
  /** What the text is cut into, in order: the units as they are spelled. */
  split(text: string): string[];
  /** Plain data for a model file. */
  toJSON(): TextCodecDocument;
}

/** Turns ids into text one by one. */
export interface TextDecoding {
  /** The text that this id completes; may be empty in the middle of a character of several bytes. */
  push(id: number): string;
  /** What is left over at the end: U+FFFD for a character that was not completed, else nothing. */
  end(): string;
}

export type TextCodecDocument =
  | { unit: 'characters' | 'words'; vocabulary: VocabularyDocument }
  | { unit: 'subwords'; tokenizer: BpeDocument };

/** Stands for what has no spelling. */
export const REPLACEMENT = '\ufffd';
