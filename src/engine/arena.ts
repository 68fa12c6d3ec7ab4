import { engineEnded, RecurveError } from '../errors.ts';
import type { Address } from './engine.ts';

/** Allocations start on 64-byte borders of an f32 heap, so that a vector load never straddles two arrays. */
const ALIGN = 16;

/** What an engine lends to its arena: the heap's size in slots and the way to make it larger. */
export interface Heap {
  readonly slotBytes: number;
  /** Slots there are now. */
  capacity(): number;
  /** Grows to at least `slots`; false when the host refuses. */
  grow(slots: number): boolean;
}

/**
 * The one memory of an engine, handed out in two ways.
 *
 * ```
 * 0        base                      kept                          top              capacity
 * | engine | parameters | optimiser  | workspace of the step →      | free            |
 *          └─ persistent blocks, freed one by one ─┘└─ a stack, dropped whole at the end of a scope ─┘
 * ```
 *
 * Persistent blocks live until {@link Arena.release}: weights, gradients, moments, stream states. The workspace is a stack that
 * {@link Arena.scope} resets, so a training step allocates by moving one number and frees everything at once.
 */
export class Arena {
  readonly #heap: Heap;
  readonly #limit: number;
  readonly #base: number;
  /** Free gaps among the persistent blocks: [start, end), ascending, never adjacent. */
  #gaps: { start: number; end: number }[] = [];
  readonly #sizes = new Map<Address, number>();
  #kept: number;
  #top: number;
  #peak: number;
  #depth = 0;
  #ended = false;

  /**
   * @param heap the engine's memory
   * @param base first slot that may be handed out
   * @param limitBytes most bytes the arena may take; running over it is a `memory` error
   */
  constructor(heap: Heap, base: number, limitBytes: number) {
    this.#heap = heap;
    this.#limit = Math.floor(limitBytes / heap.slotBytes);
    this.#base = align(base);
    this.#kept = this.#base;
    this.#top = this.#base;
    this.#peak = this.#base;
  }

  /** A block that lives until {@link Arena.release}. Only outside a scope, since the workspace lies above all blocks. */
  keep(slots: number): Address {
    if (this.#ended) throw engineEnded();
    if (this.#depth > 0) {
      throw new RecurveError(
        'memory',
        'arena: expected persistent blocks to be made outside a step, got a request inside one; create layers, optimisers and streams before the step',
      );
    }
    const size = align(Math.max(countOf(slots), 1));
    const gap = this.#gaps.find((g) => g.end - g.start >= size);
    let address: Address;
    if (gap) {
      address = gap.start;
      gap.start += size;
      if (gap.start === gap.end) this.#gaps = this.#gaps.filter((g) => g !== gap);
    } else {
      address = this.#kept;
      this.#reach(this.#kept + size);
      this.#kept += size;
      this.#top = this.#kept;
    }
    this.#sizes.set(address, size);
    return address;
  }

  /** Gives a persistent block back. */
  release(address: Address): void {
    const size = this.#sizes.get(address);
    if (size === undefined) {
      throw new RecurveError(
        'memory',
        `arena: expected the address of a persistent block, got ${address}; release each block once`,
      );
    }
    this.#sizes.delete(address);
    const gaps = [...this.#gaps, { start: address, end: address + size }].sort((a, b) => a.start - b.start);
    this.#gaps = [];
    for (const gap of gaps) {
      const last = this.#gaps.at(-1);
      if (last && last.end === gap.start) last.end = gap.end;
      else this.#gaps.push(gap);
    }
    const last = this.#gaps.at(-1);
    if (last && last.end === this.#kept && this.#depth === 0) {
      this.#gaps.pop();
      this.#kept = last.start;
      this.#top = this.#kept;
    }
  }

  /** Slots of workspace, valid until the enclosing {@link Arena.scope} ends. Contents are undefined. */
  take(slots: number): Address {
    if (this.#depth === 0) {
      throw new RecurveError(
        'memory',
        'arena: expected workspace to be taken inside a step, got a request outside; wrap the computation in tape.run or tape.evaluate',
      );
    }
    const address = this.#top;
    const end = address + align(countOf(slots));
    this.#reach(end);
    this.#top = end;
    return address;
  }

  /** Runs `body` with a workspace of its own and drops that afterwards, also when `body` throws. Scopes nest. Synchronous only. */
  scope<R>(body: () => R): R {
    if (this.#ended) throw engineEnded();
    const mark = this.#top;
    this.#depth++;
    try {
      return body();
    } finally {
      this.#depth--;
      this.#top = mark;
    }
  }

  /** Hands out nothing any more; blocks can be given back. */
  end(): void {
    this.#ended = true;
  }

  /** Slots that may still be kept without the highest mark so far running over the limit. */
  get room(): number {
    return this.#limit - this.#peak;
  }

  get insideScope(): boolean {
    return this.#depth > 0;
  }

  /** Bytes now: persistent blocks (gaps not counted), workspace, the highest mark since the last {@link Arena.resetPeak}, and the heap. */
  usage(): { persistent: number; workspace: number; peak: number; capacity: number } {
    const b = this.#heap.slotBytes;
    let persistent = 0;
    for (const size of this.#sizes.values()) persistent += size;
    return {
      persistent: persistent * b,
      workspace: (this.#top - this.#kept) * b,
      peak: (this.#peak - this.#base) * b,
      capacity: this.#heap.capacity() * b,
    };
  }

  resetPeak(): void {
    this.#peak = this.#top;
  }

  #reach(slots: number): void {
    if (slots > this.#limit || (slots > this.#heap.capacity() && !this.#heap.grow(slots))) {
      const mib = (n: number): string => `${Math.ceil((n * this.#heap.slotBytes) / 2 ** 20)} MiB`;
      const got =
        slots > this.#limit
          ? `expected the memory of a step to fit into ${mib(this.#limit)}, got a need of ${mib(slots)}`
          : `expected the host to give ${mib(slots)} of memory, got a refusal`;
      throw new RecurveError('memory', `arena: ${got}; lower the batch size, the window length or the hidden size`);
    }
    if (slots > this.#peak) this.#peak = slots;
  }
}

/** A negative or fractional size would let two arrays overlap; one that is too large to be counted exceeds every limit. */
function countOf(slots: number): number {
  if (!(Number.isInteger(slots) && slots >= 0)) {
    throw new RecurveError(
      'shape',
      `arena: expected a whole number of slots of at least 0, got ${slots}; give shapes of whole numbers`,
    );
  }
  return slots;
}

function align(slots: number): number {
  return Math.ceil(slots / ALIGN) * ALIGN;
}
