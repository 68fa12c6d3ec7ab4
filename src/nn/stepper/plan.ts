import type { Address, Engine } from '../../engine/engine.ts';

/** Where rows [B, width] lie. */
export interface Rows {
  address: Address;
  width: number;
}

/** One state [B, size] at an address. */
export interface Held {
  address: Address;
  size: number;
}

/** What a step does, laid out once: memory that is kept, packed weights, and the calls in their order. */
export class Plan {
  readonly engine: Engine;
  readonly B: number;
  /** The states of all cells, layer by layer. */
  readonly states: Held[] = [];
  readonly #runs: (() => void)[] = [];
  readonly #blocks: Address[] = [];

  constructor(engine: Engine, B: number) {
    this.engine = engine;
    this.B = B;
  }

  /** Puts a call behind those of before. */
  add(run: () => void): void {
    this.#runs.push(run);
  }

  /** Runs all calls: one step. */
  run(): void {
    for (const run of this.#runs) run();
  }

  /** Zeros that stay until {@link Plan.release}. */
  keep(slots: number): Address {
    const address = this.engine.arena.keep(slots);
    this.#blocks.push(address);
    this.engine.fill(address, slots, 0);
    return address;
  }

  release(): void {
    for (const block of this.#blocks.splice(0)) this.engine.arena.release(block);
  }

  /** A copy of `n` numbers as they are now: what the plan reads, the network may change. */
  copyOf(x: Address, n: number): Address {
    const copy = this.keep(n);
    this.engine.copy(copy, x, n);
    return copy;
  }

  /** A state and the one after it: the kernels write row t + 1. In front of it lie `before` more numbers. */
  state(H: number, before = 0): Address {
    const address = this.keep(before + 2 * this.B * H) + before;
    this.states.push({ address, size: H });
    return address;
  }

  pack(w: Address, N: number, K: number): Address {
    const packed = this.keep(this.engine.packedSize(N, K));
    this.engine.pack(packed, w, N, K);
    return packed;
  }

  /** w[N, D] and v[N, H] side by side. */
  packBeside(w: Address, D: number, v: Address, H: number, N: number): Address {
    const { engine } = this;
    const K = D + H;
    const both = engine.arena.keep(N * K);
    engine.copyBlock(both, K, w, D, N, D);
    engine.copyBlock(both + D, K, v, H, N, H);
    const packed = this.pack(both, N, K);
    engine.arena.release(both);
    return packed;
  }

  /** `y[B, N] = bias + x·wᵀ` with `w` packed, in the order of additions of a linear layer. */
  product(y: Address, bias: Address | undefined, x: Rows, packed: Address, N: number): void {
    const { engine, B } = this;
    const options = { accumulate: bias !== undefined };
    this.add(() => {
      if (bias !== undefined) engine.expand(y, bias, 1, B, N);
      engine.gemmPacked(y, x.address, packed, B, N, x.width, options);
    });
  }
}
