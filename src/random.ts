/**
 * The one source of randomness: a counter-based generator, so a draw is a pure function of (key, position) and any
 * machine, thread or kernel that knows both gets the same bits without passing state around.
 *
 * Generator: Threefry-2x32 with 20 rounds, Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
import { RecurveError } from './errors.ts';
import { cos, log } from './exact.ts';
import { expectWhole, kindOf } from './options.ts';

/** A Threefry key: two unsigned 32-bit words. */
export type RandomKey = readonly [number, number];

/** Everything needed to continue a stream; plain JSON. `position` counts the 32-bit words already drawn. */
export interface RandomState {
  key: [number, number];
  position: number;
}

const PARITY = 0x1bd11bda;

/** Second word of the last `threefry2x32`; the first is its return value, so a call allocates nothing. */
let secondWord = 0;

/** Threefry-2x32-20; returns word 0 and leaves word 1 in `secondWord`, both as signed 32-bit integers. */
function threefry(key0: number, key1: number, counter0: number, counter1: number): number {
  const k0 = key0 | 0;
  const k1 = key1 | 0;
  const k2 = PARITY ^ k0 ^ k1;
  let x0 = (counter0 + k0) | 0;
  let x1 = (counter1 + k1) | 0;

  // Five groups of four rounds; a key word pair and the group number are injected after each.
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + k1) | 0;
  x1 = (x1 + k2 + 1) | 0;

  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + k2) | 0;
  x1 = (x1 + k0 + 2) | 0;

  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + k0) | 0;
  x1 = (x1 + k1 + 3) | 0;

  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + k1) | 0;
  x1 = (x1 + k2 + 4) | 0;

  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  secondWord = (x1 + k0 + 5) | 0;
  return (x0 + k2) | 0;
}

/**
 * Threefry-2x32-20 of one block: two unsigned 32-bit words from a key and a counter of two words each.
 *
 * Pure, and defined by 32-bit addition, rotation and exclusive or alone, so a kernel can reproduce it bit for bit.
 */
export function threefry2x32(key0: number, key1: number, counter0: number, counter1: number): [number, number] {
  const word0 = threefry(key0, key1, counter0, counter1);
  return [word0 >>> 0, secondWord >>> 0];
}

/** The largest 32-bit word that drops an element is this minus 1: `floor(p 2^32)`, for a rate p in [0, 1). */
export function dropoutThreshold(p: number): number {
  if (!(p >= 0 && p < 1)) {
    throw new RecurveError('usage', `dropout: expected a rate in [0, 1), got ${p}; 0 switches it off`);
  }
  return Math.floor(p * 4294967296);
}

/**
 * Writes a dropout mask into `out` (1 keep, 0 drop), the definition every engine follows.
 *
 * Element i (flat, row-major) takes the block `b = i >> 1`, computes `threefry2x32(key[0], key[1], b, counterHigh)` and
 * uses word `i & 1` of it; it is kept if and only if `word >= floor(p 2^32)` as unsigned integers.
 *
 * @param key of this dropout layer, e.g. `random.fork('dropout.0').key`
 * @param counterHigh the training step, so each step has a fresh mask under one key
 * @param p probability of dropping an element, in [0, 1)
 */
export function dropoutMask(key: RandomKey, counterHigh: number, p: number, out: Uint8Array): Uint8Array {
  const threshold = dropoutThreshold(p);
  const [key0, key1] = key;
  for (let i = 0; i < out.length; i += 2) {
    out[i] = threefry(key0, key1, i >>> 1, counterHigh) >>> 0 >= threshold ? 1 : 0;
    if (i + 1 < out.length) out[i + 1] = secondWord >>> 0 >= threshold ? 1 : 0;
  }
  return out;
}

// Counters of streams have a high word below 2^20; derived keys use high words from here, so they never meet.
const DERIVATION = 0x80000000;

/** Most numbers that are shuffled at once: 400 MB, some seconds. */
export const MOST_SHUFFLED = 1e8;

/**
 * A stream of random numbers, fixed by its seed or, for a fork, by the seed and the names on the way to it.
 *
 * Word n of the stream is word `n & 1` of `threefry2x32(key, n >> 1)`; period 2^53 words. Not for cryptography.
 */
export class Random {
  #key: RandomKey;
  #position = 0;
  #block = -1;
  #word0 = 0;
  #word1 = 0;

  /** @param seed a whole number from 0 to 2^53 - 1; anything else throws (code `usage`) */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RecurveError(
        'usage',
        `random: expected a seed that is a whole number from 0 to 2^53 - 1, got ${seed}; choose e.g. 7`,
      );
    }
    this.#key = [seed >>> 0, Math.floor(seed / 4294967296)];
  }

  /** Continues a stream from a saved `state`; a malformed one throws (code `model`). */
  static restore(state: RandomState): Random {
    const isWord = (x: unknown) => Number.isInteger(x) && (x as number) >= 0 && (x as number) < 4294967296;
    const { key, position } = state ?? {};
    if (
      !Array.isArray(key) ||
      key.length !== 2 ||
      !key.every(isWord) ||
      !Number.isSafeInteger(position) ||
      position < 0
    ) {
      throw new RecurveError(
        'model',
        `random: expected a state with two 32-bit key words and a position, got ${JSON.stringify(state)}; the checkpoint is damaged`,
      );
    }
    const random = new Random(0);
    random.#key = [key[0], key[1]];
    random.#position = position;
    return random;
  }

  /** The key of this stream, for kernels that draw by counter (`dropoutMask`). */
  get key(): RandomKey {
    return this.#key;
  }

  /** What `Random.restore` needs to continue here; a copy. */
  get state(): RandomState {
    return { key: [this.#key[0], this.#key[1]], position: this.#position };
  }

  /**
   * An independent stream named `name`, starting at its own beginning.
   *
   * Depends on this stream's key and the name only: not on what was drawn or forked before, so adding a consumer
   * never changes what the others get. The new key is a chain of Threefry blocks over the name's UTF-16 code units.
   */
  fork(name: string): Random {
    let word0 = 0;
    let word1 = name.length;
    for (let i = 0; i <= name.length; i += 2) {
      const pair = ((name.charCodeAt(i) || 0) << 16) | (name.charCodeAt(i + 1) || 0);
      word0 = threefry(this.#key[0], this.#key[1], word0 ^ pair, word1 | DERIVATION);
      word1 = secondWord;
    }
    const random = new Random(0);
    random.#key = [word0 >>> 0, word1 >>> 0];
    return random;
  }

  /** The next word: an integer uniform in [0, 2^32). */
  nextUint32(): number {
    const block = Math.floor(this.#position / 2);
    if (block !== this.#block) {
      this.#word0 = threefry(this.#key[0], this.#key[1], block | 0, Math.floor(block / 4294967296)) >>> 0;
      this.#word1 = secondWord >>> 0;
      this.#block = block;
    }
    const word = this.#position % 2 === 0 ? this.#word0 : this.#word1;
    this.#position += 1;
    return word;
  }

  /** A multiple of 2^-53, uniform in [0, 1); draws two words. */
  uniform(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Uniform in [low, high), for finite low <= high; `low + (high - low) * uniform()`. */
  uniformIn(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Standard normal by Box and Muller (1958), the cosine branch only; draws four words, |z| <= 8.6. */
  normal(): number {
    // 1 - u lies in (0, 1], so the logarithm is finite.
    const radius = Math.sqrt(-2 * log(1 - this.uniform()));
    return radius * cos(2 * Math.PI * this.uniform());
  }

  /** A whole number uniform in [0, n), without bias (rejection), for whole n from 1 to 2^32; else throws (code `usage`). */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 4294967296) {
      throw new RecurveError(
        'usage',
        `random.integer: expected a whole number from 1 to 2^32, got ${n}; check the range`,
      );
    }
    const limit = 4294967296 - (4294967296 % n);
    let word = this.nextUint32();
    while (word >= limit) word = this.nextUint32();
    return word % n;
  }

  /** Shuffles `items` in place (Fisher and Yates, from the end) and returns it; every order is equally likely. */
  shuffle<Items extends unknown[] | Int32Array | Uint32Array | Float32Array | Float64Array>(items: Items): Items {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = items[i]!;
      items[i] = items[j]!;
      items[j] = kept;
    }
    return items;
  }

  /** The whole numbers 0 to n - 1 in random order, [n], for whole n from 0 to 10^8; else throws (code `usage`). */
  permutation(n: number): Int32Array {
    expectWhole('random.permutation', 'n', n, { least: 0, most: MOST_SHUFFLED, next: 'shuffle parts in turn' });
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    return this.shuffle(order);
  }
}

/** Refuses what draws no numbers: a seed, say. */
export function expectRandom(who: string, given: unknown): void {
  if (given instanceof Random) return;
  throw new RecurveError('usage', `${who}: expected random numbers, got ${kindOf(given)}; give new Random(7)`);
}
