import { RecurveError } from '../../errors.ts';
import { bytesOf } from './byte-alphabet.ts';

/** A `tokenizer.json` of byte-level BPE, as Hugging Face's tokenizers read it. */
export interface BpeDocument {
  version: '1.0';
  truncation: null;
  padding: null;
  added_tokens: [];
  normalizer: null;
  pre_tokenizer: { type: 'ByteLevel'; add_prefix_space: false; trim_offsets: true; use_regex: true };
  post_processor: null;
  decoder: { type: 'ByteLevel'; add_prefix_space: true; trim_offsets: true; use_regex: true };
  model: {
    type: 'BPE';
    dropout: null;
    unk_token: null;
    continuing_subword_prefix: null;
    end_of_word_suffix: null;
    fuse_unk: false;
    byte_fallback: false;
    ignore_merges: false;
    vocab: Record<string, number>;
    merges: [string, string][];
  };
}

/** Puts a document together: tokens by id, merges in the order of their rank. */
export function bpeDocument(tokens: readonly string[], merges: readonly [string, string][]): BpeDocument {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(([left, right]) => [left, right]),
    },
  };
}

/** What may come from anywhere under the names of {@link BpeDocument}. */
type Foreign = Partial<Record<keyof BpeDocument, unknown>> & {
  model?: Partial<Record<Exclude<keyof BpeDocument['model'], 'vocab'>, unknown>> & { vocab?: Record<string, number> };
  pre_tokenizer?: Partial<Record<keyof BpeDocument['pre_tokenizer'], unknown>>;
};

/** Reads tokens by id and merges out of a document. Throws `model`, naming `path`, where it is something else. */
export function readBpeDocument(
  document: unknown,
  path: string,
): { tokens: string[]; merges: (readonly [string, string])[] } {
  const refuse = (got: string): RecurveError =>
    new RecurveError(
      'model',
      `${path}: expected a tokenizer.json of byte-level BPE, got ${got}; the file is damaged or of another kind of tokenizer`,
    );
  const { model, pre_tokenizer: pre, normalizer, added_tokens } = (document ?? {}) as Foreign;
  if (model?.type !== 'BPE' || pre?.type !== 'ByteLevel') throw refuse('something else');
  if (pre.add_prefix_space !== false) throw refuse('one that adds a space in front');
  // Whatever else a tokenizer may do to a text would give other ids.
  if (pre.use_regex === false) throw refuse('one that does not cut texts into words');
  if (normalizer) throw refuse('one that rewrites texts first');
  if (Array.isArray(added_tokens) && added_tokens.length > 0) throw refuse('one with added tokens');
  const off = ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix', 'ignore_merges'] as const;
  const other = off.find((name) => model[name]);
  if (other) throw refuse(`one with ${other}`);
  const { vocab, merges } = model;
  if (typeof vocab !== 'object' || vocab === null || !Array.isArray(merges)) throw refuse('no vocabulary or no merges');
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(vocab)) {
    if (!(Number.isSafeInteger(id) && id >= 0 && id < 2 ** 20) || tokens[id] !== undefined)
      throw refuse(`the id ${id} for a token`);
    if (bytesOf(token) === undefined) throw refuse(`the token "${token}", which spells no bytes`);
    tokens[id] = token;
  }
  if (tokens.length !== Object.keys(vocab).length || tokens.length === 0) throw refuse('ids with gaps');
  const known = (token: unknown): token is string => typeof token === 'string' && Object.hasOwn(vocab, token);
  for (const merge of merges) {
    const [left, right] = Array.isArray(merge) ? merge : [];
    if (!(known(left) && known(right) && known(left + right))) throw refuse(`the merge ${JSON.stringify(merge)}`);
  }
  return { tokens, merges };
}
