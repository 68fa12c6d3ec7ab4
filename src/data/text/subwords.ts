import { RecurveError } from '../../errors.ts';
import { expectList, expectText } from '../../options.ts';
import { type BpeOptions, PIECE, pairOf, trainBpe } from './bpe-train.ts';
import { bytesOf, toByteText } from './byte-alphabet.ts';
import type { TextCodec } from './codec.ts';
import { type BpeDocument, readBpeDocument } from './tokenizer-json.ts';

/** Learns byte-pair encoding from a text and gives the codec of it: see {@link trainBpe}. */
export function subwordCodec(text: string, options?: BpeOptions): TextCodec {
  return bpeCodec(trainBpe(text, options), 'bpe');
}

/** Most pieces whose encoding is remembered. */
const CACHE = 50_000;

/**
 * Merges in place the pair of lowest rank wherever it stands, from the left, over and over. Ranks are looked up only where tokens changed,
 * which a word of a million letters needs.
 *
 * @param rankOf the place of a pair among the merges, or their number for none
 * @param merged what each merge makes
 */
function mergeByRank(
  parts: number[],
  rankOf: (left: number, right: number) => number,
  merged: readonly number[],
): void {
  const ranks = parts.slice(1).map((right, i) => rankOf(parts[i], right));
  let best = ranks.reduce((least, rank) => Math.min(least, rank), merged.length);
  while (best < merged.length) {
    let next = merged.length;
    let length = 0;
    let fresh = false;
    for (let i = 0; i < parts.length; i++) {
      const hit = ranks[i] === best;
      const token = hit ? merged[best] : parts[i];
      if (length > 0) {
        const rank = hit || fresh ? rankOf(parts[length - 1], token) : ranks[i - 1];
        ranks[length - 1] = rank;
        if (rank < next) next = rank;
      }
      parts[length++] = token;
      fresh = hit;
      if (hit) i++;
    }
    parts.length = length;
    ranks.length = length - 1;
    best = next;
  }
}

/** The codec of a `tokenizer.json`. Every text can be spelled: what was never seen falls apart into bytes. */
export function bpeCodec(document: BpeDocument, path: string): TextCodec {
  const { tokens, merges } = readBpeDocument(document, path);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const idOf = (token: string): number => ids.get(token) as number;
  const ranks = new Map(merges.map(([left, right], rank) => [pairOf(idOf(left), idOf(right)), rank]));
  const mergedIds = merges.map(([left, right]) => idOf(left + right));
  const bytes = tokens.map((token) => bytesOf(token) as Uint8Array);
  const cache = new Map<string, readonly number[]>();

  const encodePiece = (piece: string): readonly number[] => {
    const known = cache.get(piece);
    if (known) return known;
    const parts = Array.from(toByteText(piece), (character) => {
      const id = ids.get(character);
      if (id !== undefined) return id;
      throw new RecurveError(
        'data',
        `${path}: expected a token for every byte, got none for "${character}"; train it again`,
      );
    });
    mergeByRank(parts, (left, right) => ranks.get(pairOf(left, right)) ?? merges.length, mergedIds);
    if (cache.size >= CACHE) cache.clear();
    cache.set(piece, parts);
    return parts;
  };
  const encode = (text: string): number[] => {
    expectText('codec', 'what to encode', text);
    const all: number[] = [];
    for (const [piece] of text.matchAll(PIECE)) for (const id of encodePiece(piece)) all.push(id);
    return all;
  };
  const expectId = (id: number): Uint8Array => {
    if (bytes[id]) return bytes[id];
    throw new RecurveError(
      'shape',
      `${path}: expected ids from 0 to ${tokens.length - 1}, got ${id}; use the tokenizer they were made with`,
    );
  };

  const codec: TextCodec = {
    unit: 'subwords',
    size: tokens.length,
    unknown: undefined,
    encode: (text) => Int32Array.from(encode(text)),
    decode(sequence) {
      expectList('codec', 'ids', sequence, 'give what encode returned');
      const decoding = codec.decoder();
      let text = '';
      for (let i = 0; i < sequence.length; i++) text += decoding.push(sequence[i]);
      return text + decoding.end();
    },
    decoder() {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      return {
        push: (id) => decoder.decode(expectId(id), { stream: true }),
        end: () => decoder.decode(),
      };
    },
    split: (text) => encode(text).map((id) => tokens[id]),
    toJSON: () => ({ unit: 'subwords', tokenizer: document }),
  };
  return codec;
}
