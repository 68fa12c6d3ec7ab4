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

  /** A state and the one after it: the kernels write row t + 1. */
  state(H: number): Address {
    const address = this.keep(2 * this.B * H);
    this.states.push({ address, size: H });
    return address;
  }

  pack(w: Address, N: number, K: number): Address {
    const packed = this.keep(this.engine.packedSize(N, K));
    this.engine.pack(packed, w, N, K);
    return packed;
  }

  /** `y[B, N] = bias + x·wᵀ`, in the order of additions of a linear layer. */
  product(y: Address, bias: Address | undefined, x: Rows, w: Address, N: number): void {
    const { engine, B } = this;
    const packed = this.pack(w, N, x.width);
    const options = { accumulate: bias !== undefined };
    this.add(() => {
      if (bias !== undefined) engine.expand(y, bias, 1, B, N);
      engine.gemmPacked(y, x.address, packed, B, N, x.width, options);
    });
  }
}
