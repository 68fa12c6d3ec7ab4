import { log } from '../../exact.ts';
import { type Visit, visitor } from '../../train/event-loop.ts';

/**
 * An n-gram model, interpolated after Witten and Bell (1991; as in Chen & Goodman 1999):
 * `P(w|h) = (c(h,w) + n(h)·P(w|h′)) / (c(h) + n(h))`, where n(h) counts the different tokens seen after h and h′ is h without its oldest
 * token; the shortest context falls back on 1/K. The bar a language model has to pass.
 */
export interface NgramModel {
  /** What each token of a text costs in nats, given those before it, for all but the first: [tokens − 1]. */
  surprises(ids: Int32Array): Promise<Float64Array>;
}

/** Tokens between two visits to the event loop. */
const PIECE = 20_000;

/**
 * Counts a text.
 *
 * @param K tokens of the vocabulary
 * @param order tokens looked at, the predicted one included
 * @param visit called now and then, so that others can run
 */
export async function wittenBell(
  ids: Int32Array,
  K: number,
  order: number,
  visit: Visit = visitor(),
): Promise<NgramModel> {
  const counts = new Counts(K, order);
  for (let i = 0; i < ids.length; i++) {
    counts.learn(ids, i);
    if (i % PIECE === 0) await visit();
  }
  return {
    async surprises(text) {
      const surprises = new Float64Array(text.length - 1);
      for (let i = 0; i < surprises.length; i++) {
        surprises[i] = -log(counts.probability(text, i + 1));
        if (i % PIECE === 0) await visit();
      }
      return surprises;
    },
  };
}

/** {@link NgramModel.surprises} of a text by a model that knows nothing at first and learns each token once it has predicted it. */
export async function wittenBellAsItReads(
  ids: Int32Array,
  K: number,
  order: number,
  visit: Visit = visitor(),
): Promise<Float64Array> {
  const counts = new Counts(K, order);
  const surprises = new Float64Array(ids.length - 1);
  for (let i = 0; i < ids.length; i++) {
    if (i > 0) surprises[i - 1] = -log(counts.probability(ids, i));
    counts.learn(ids, i);
    if (i % PIECE === 0) await visit();
  }
  return surprises;
}

/** How often each token followed each context of up to order − 1 tokens. */
class Counts {
  readonly #K: number;
  readonly #order: number;
  /** Contexts are numbered as they appear; 0 is the empty one. A longer context hangs on the shorter one by its oldest token. */
  readonly #longer = new PairTable();
  readonly #counts = new PairTable();
  #total: Int32Array = new Int32Array(1024);
  #kinds: Int32Array = new Int32Array(1024);
  #contexts = 1;

  constructor(K: number, order: number) {
    this.#K = K;
    this.#order = order;
  }

  /** Counts token i of a text after its contexts. */
  learn(ids: Int32Array, i: number): void {
    let context = 0;
    for (let n = 0; ; n++) {
      const slot = this.#counts.slotOf(context, ids[i]);
      if (this.#counts.values[slot]++ === 0) this.#kinds[context]++;
      this.#total[context]++;
      if (n + 1 >= this.#order || i - 1 - n < 0) return;
      context = this.#longerContext(context, ids[i - 1 - n]);
    }
  }

  probability(ids: Int32Array, i: number): number {
    let p = 1 / this.#K;
    let context = 0;
    for (let n = 0; ; n++) {
      const seen = this.#kinds[context];
      if (seen === 0) return p;
      p = (this.#counts.valueOf(context, ids[i]) + seen * p) / (this.#total[context] + seen);
      if (n + 1 >= this.#order || i - 1 - n < 0) return p;
      context = this.#longer.valueOf(context, ids[i - 1 - n]);
      if (context === 0) return p;
    }
  }

  #longerContext(context: number, token: number): number {
    const slot = this.#longer.slotOf(context, token);
    if (this.#longer.values[slot] === 0) {
      this.#longer.values[slot] = this.#contexts++;
      if (this.#contexts > this.#total.length) {
        this.#total = grown(this.#total);
        this.#kinds = grown(this.#kinds);
      }
    }
    return this.#longer.values[slot];
  }
}

function grown(values: Int32Array): Int32Array {
  const larger = new Int32Array(2 * values.length);
  larger.set(values);
  return larger;
}

/** A hash table from pairs of whole numbers to whole numbers, 0 where nothing was set; open addressing. */
class PairTable {
  values = new Int32Array(4096);
  #first = new Int32Array(4096).fill(-1);
  #second = new Int32Array(4096);
  #used = 0;

  valueOf(first: number, second: number): number {
    return this.values[this.#find(first, second)];
  }

  /** The place of a pair, made where it is new. */
  slotOf(first: number, second: number): number {
    if (2 * this.#used > this.values.length) this.#grow();
    const slot = this.#find(first, second);
    if (this.#first[slot] < 0) {
      this.#first[slot] = first;
      this.#second[slot] = second;
      this.#used++;
    }
    return slot;
  }

  #find(first: number, second: number): number {
    const mask = this.values.length - 1;
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second + 1, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    while (this.#first[slot] >= 0 && (this.#first[slot] !== first || this.#second[slot] !== second))
      slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [values, firsts, seconds] = [this.values, this.#first, this.#second];
    const size = 2 * values.length;
    this.values = new Int32Array(size);
    this.#first = new Int32Array(size).fill(-1);
    this.#second = new Int32Array(size);
    for (let i = 0; i < values.length; i++) {
      if (firsts[i] < 0) continue;
      const slot = this.#find(firsts[i], seconds[i]);
      this.#first[slot] = firsts[i];
      this.#second[slot] = seconds[i];
      this.values[slot] = values[i];
    }
  }
}
