import { RecurveError } from '../../errors.ts';
import { expectOptions, expectText } from '../../options.ts';
import { BYTE_ALPHABET, toByteText } from './byte-alphabet.ts';
import { type BpeDocument, bpeDocument } from './tokenizer-json.ts';

/**
 * Pieces within which merges happen: contractions, words and numbers with the space before them, runs of other signs, white space. The
 * pattern of GPT-2's byte-level tokenizers, Radford et al. 2019.
 */
export const PIECE = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** How many byte pairs to learn. */
export interface BpeOptions {
  /** Tokens in all, at least 256 (the bytes); default 1,024. */
  size?: number;
  /** A pair seen less often is not merged, at least 1; default 2. */
  minCount?: number;
}

/** Ids stay below 2^20, so a pair is one whole number. */
const SHIFT = 2 ** 20;

/**
 * Learns byte-pair encoding from a text: the most frequent pair of neighbouring tokens becomes a token, over and over; among equals the
 * pair whose tokens came first. Sennrich et al. 2016, over bytes.
 *
 * @returns the document of a `tokenizer.json`, as Hugging Face's tokenizers write and read it
 */
export function trainBpe(text: string, options: BpeOptions = {}): BpeDocument {
  expectText('bpe', 'what to learn from', text);
  expectOptions('bpe', options, { size: 'number', minCount: 'number' });
  const { size = 1024, minCount = 2 } = options;
  if (!(Number.isSafeInteger(size) && size >= BYTE_ALPHABET.length && size < SHIFT)) {
    throw new RecurveError(
      'usage',
      `bpe: expected a size from ${BYTE_ALPHABET.length} to ${SHIFT - 1} tokens, got ${size}; try 1024`,
    );
  }
  const tokens = [...BYTE_ALPHABET];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const words = countPieces(text).map(({ piece, count }) => ({
    count,
    ids: Array.from(toByteText(piece), (character) => ids.get(character) as number),
  }));
  const pairs = new PairQueue();
  for (const [w, { ids: word, count }] of words.entries())
    for (let i = 0; i + 1 < word.length; i++) pairs.add(pairOf(word[i], word[i + 1]), w, count);
  pairs.fill();

  const merges: [string, string][] = [];
  while (tokens.length < size) {
    const best = pairs.take();
    if (!best || best.count < minCount) break;
    const { left, right } = best;
    const merged = tokens[left] + tokens[right];
    // Two paths may lead to one spelling, e.g. a + aa and aa + a.
    let id = ids.get(merged);
    if (id === undefined) {
      id = tokens.push(merged) - 1;
      ids.set(merged, id);
    }
    merges.push([tokens[left], tokens[right]]);
    for (const w of best.words) {
      const word = words[w];
      mergeIn(word.ids, left, right, id, (pair, by) => pairs.add(pair, w, by * word.count));
    }
    pairs.fill();
  }
  return bpeDocument(tokens, merges);
}

/** Distinct pieces in the order of their first appearance. */
function countPieces(text: string): { piece: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const [piece] of text.matchAll(PIECE)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return Array.from(counts, ([piece, count]) => ({ piece, count }));
}

/**
 * Replaces every `left, right` of a word in place, from the left, and counts the pairs that this takes away and those it makes: of a word
 * of a million letters only what changes.
 */
function mergeIn(
  ids: number[],
  left: number,
  right: number,
  merged: number,
  count: (pair: number, by: 1 | -1) => void,
): void {
  let length = 0;
  // The last pair of the old word that is counted as gone, and whether the last token of the new one is merged.
  let gone = -1;
  let fresh = false;
  for (let i = 0; i < ids.length; i++) {
    const hit = ids[i] === left && ids[i + 1] === right;
    if (hit) {
      for (let p = Math.max(i - 1, gone + 1); p <= i + 1 && p + 1 < ids.length; p++) {
        count(pairOf(ids[p], ids[p + 1]), -1);
        gone = p;
      }
      i++;
    }
    const token = hit ? merged : ids[i];
    if (length > 0 && (hit || fresh)) count(pairOf(ids[length - 1], token), 1);
    ids[length++] = token;
    fresh = hit;
  }
  ids.length = length;
}

/** A pair of ids as one number. */
export function pairOf(left: number, right: number): number {
  return left * SHIFT + right;
}

interface Entry {
  pair: number;
  count: number;
}

/** Counts of pairs, and the most frequent one. Counts change under the heap: an entry that is out of date is put right when it comes up. */
class PairQueue {
  readonly #counts = new Map<number, { count: number; words: Set<number> }>();
  readonly #heap: Entry[] = [];
  readonly #changed = new Set<number>();

  /** Adds `count` for a pair of a word; negative takes away. */
  add(pair: number, word: number, count: number): void {
    let known = this.#counts.get(pair);
    if (!known) {
      known = { count: 0, words: new Set() };
      this.#counts.set(pair, known);
    }
    known.count += count;
    if (count > 0) {
      known.words.add(word);
      this.#changed.add(pair);
    }
  }

  /** Puts pairs whose count rose into the heap; those that fell are found out when they come up. */
  fill(): void {
    for (const pair of this.#changed) this.#push({ pair, count: this.#counts.get(pair)?.count ?? 0 });
    this.#changed.clear();
  }

  /** The most frequent pair; whoever merges it takes its count away. */
  take(): { left: number; right: number; count: number; words: number[] } | undefined {
    for (;;) {
      const entry = this.#pop();
      if (!entry) return undefined;
      const known = this.#counts.get(entry.pair);
      if (!known || known.count <= 0) continue;
      if (known.count !== entry.count) {
        // Only a count that fell needs a new entry; one that rose got its own.
        if (known.count < entry.count) this.#push({ pair: entry.pair, count: known.count });
        continue;
      }
      const left = Math.floor(entry.pair / SHIFT);
      return { left, right: entry.pair % SHIFT, count: entry.count, words: [...known.words].sort((a, b) => a - b) };
    }
  }

  #before(a: Entry, b: Entry): boolean {
    return a.count > b.count || (a.count === b.count && a.pair < b.pair);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#before(entry, heap[parent])) break;
      heap[place] = heap[parent];
      place = parent;
    }
    heap[place] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return top;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1], heap[child])) child++;
      if (!this.#before(heap[child], last)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = last;
    return top;
  }
}
