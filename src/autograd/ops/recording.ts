import { type Address, type DropoutKey, type Engine, NONE } from '../../engine/engine.ts';
import { RecurveError } from '../../errors.ts';

/** Arrays of a recording start here, where no memory has any. */
const RECORDED = 2 ** 40;

/** A kernel call as it was asked for. */
export interface Call {
  name: string;
  args: unknown[];
}

/** An array of the recorded step; in step t it lies at `base + t·stride`. */
export interface Region {
  start: number;
  size: number;
  base: Address;
  stride: number;
}

/** A call, or the address of an array, as a function of the step. */
type AtStep<R> = (t: number) => R;

/** Kernels that give numbers back: what is decided by them cannot be repeated. */
const READING: readonly (keyof Engine)[] = ['read', 'readIndices', 'sum', 'sumSquares'];

/** The calls of one step, written down on an engine that computes nothing, to be repeated for others. */
export class Recording {
  readonly regions: Region[] = [];
  /** Gives out addresses that lie in no memory, and keeps what it is asked for. */
  readonly engine: Engine;
  readonly #real: Engine;
  #calls: Call[] = [];
  #next = RECORDED;

  constructor(real: Engine) {
    this.#real = real;
    const arena = { take: (slots: number) => this.take(slots), scope: (body: () => unknown) => body() };
    this.engine = new Proxy(real, {
      get: (_, name) => (name === 'arena' ? arena : this.#answer(name as keyof Engine & string)),
    });
  }

  #answer(name: keyof Engine & string): unknown {
    const given: unknown = this.#real[name];
    if (typeof given !== 'function') return given;
    if (name === 'packedSize') return given.bind(this.#real);
    return (...args: unknown[]): void => {
      if (READING.includes(name)) {
        throw new RecurveError(
          'usage',
          'recurrent: expected a uniform cell to compute with operations alone, got a step that reads numbers; leave uniform out of the cell',
        );
      }
      this.#calls.push({ name, args });
    };
  }

  /** The calls since the last time. */
  taken(): Call[] {
    return this.#calls.splice(0);
  }

  take(size: number): Address {
    const start = this.#next;
    this.regions.push({ start, size, base: NONE, stride: 0 });
    this.#next += size + 1;
    return start;
  }

  place(address: Address, base: Address, stride: number): void {
    Object.assign(this.regionOf(address) as Region, { base, stride });
  }

  /** The array an argument points into, if it points into a recorded one. */
  regionOf(arg: unknown): Region | undefined {
    if (!(typeof arg === 'number' && arg >= RECORDED)) return undefined;
    return this.regions.findLast(({ start }) => start <= arg);
  }

  /** The array an argument points to, if that is recorded and exactly `size` large. */
  whole(arg: unknown, size: number): Region | undefined {
    const region = this.regionOf(arg);
    return region?.start === arg && region?.size === size ? region : undefined;
  }

  touched({ args }: Call): Region[] {
    return args.map((arg) => this.regionOf(arg)).filter((region) => region !== undefined);
  }

  /** What a call of forward writes: its first array, and the means and deviations of a layer norm. */
  written({ name, args }: Call): Region[] {
    const first = typeof args[0] === 'string' ? 1 : 0;
    return args.slice(first, name === 'layerNorm' ? 3 : first + 1).map((arg) => this.regionOf(arg) as Region);
  }

  /** Where an argument lies in each step; places have been given. */
  at(arg: Address): AtStep<Address> {
    const region = this.regionOf(arg);
    if (!region) return () => arg;
    const first = region.base + arg - region.start;
    return (t) => first + t * region.stride;
  }

  /** The call on the real engine; with `rows`, the argument that counts rows, those of T steps at once. */
  bind(call: Call, rows?: number, T = 1): AtStep<void> {
    const { name, args } = call;
    const key = keyOf(call);
    const real = this.#real;
    const kernel = real[name as keyof Engine] as unknown as (...args: unknown[]) => void;
    const now = args.map((arg) => (this.regionOf(arg) ? this.at(arg as Address)(0) : arg));
    if (rows !== undefined) now[rows] = (now[rows] as number) * T;
    const moves: AtStep<void>[] = [];
    args.forEach((arg, i) => {
      const by = key && i === 4 ? key : this.regionOf(arg)?.stride ? this.at(arg as Address) : undefined;
      if (by) {
        moves.push((t) => {
          now[i] = by(t);
        });
      }
    });
    return (t) => {
      for (const move of moves) move(t);
      kernel.apply(real, now);
    };
  }

  /** {@link bind}; a product with weights that stay, `plain` w[N, K] or [K, N], has them packed before: the same to the bit. */
  bindPacked(call: Call, plain: 'gemmNt' | 'gemmNn'): AtStep<void> {
    const [c, a, w, M, N, K, options] = call.args as [Address, Address, Address, number, number, number, object?];
    if (call.name !== plain || this.regionOf(w)) return this.bind(call);
    const packed = this.#real.arena.take(this.#real.packedSize(N, K));
    this.#real.pack(packed, w, N, K, plain === 'gemmNn');
    return this.bind({ name: 'gemmPacked', args: [c, a, packed, M, N, K, options] });
  }
}

/** The key of each step, where a call draws masks anew. */
export function keyOf({ name, args }: Call): DropoutKey['at'] {
  return name === 'dropout' ? (args[4] as DropoutKey).at : undefined;
}
