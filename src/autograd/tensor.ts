import type { Address } from '../engine/engine.ts';
import { NONE } from '../engine/engine.ts';
import { RecurveError } from '../errors.ts';
import { kindOf } from '../options.ts';
import type { Tape } from './tape.ts';

/** Sizes of a tensor's axes, the outermost first; `[]` is a single number. */
export type Shape = readonly number[];

/**
 * A shape and a place in the arena. Immutable from outside: operations make new tensors.
 * A workspace tensor is valid until the scope that made it ends; using it later is an error, never stale numbers.
 */
export class Tensor {
  readonly tape: Tape;
  readonly shape: Shape;
  readonly size: number;
  readonly address: Address;
  /** Whether back-propagation reaches this tensor. */
  readonly tracked: boolean;
  /** Scope that owns it; 0 for persistent tensors (parameters, states of streams). */
  readonly scope: number;
  /** The tensor this one is a view of, and where in it: their gradients are one. */
  readonly base: { tensor: Tensor; offset: number } | undefined;
  /** For the tape only: the operation that made it has been walked back, and no second gradient can flow through it. */
  spent = false;
  #gradient: Address;

  /** Made by {@link Tape}; users call operations. */
  constructor(
    tape: Tape,
    shape: Shape,
    address: Address,
    init: { tracked: boolean; scope: number; gradient?: Address; base?: { tensor: Tensor; offset: number } },
  ) {
    this.tape = tape;
    this.shape = shape;
    this.size = sizeOf(shape);
    this.address = address;
    this.tracked = init.tracked;
    this.scope = init.scope;
    this.base = init.base;
    this.#gradient = init.gradient ?? NONE;
  }

  /** Copies the numbers out, row-major. */
  values(): Float32Array | Float64Array {
    this.tape.check(this);
    return this.tape.engine.read(this.address, this.size);
  }

  /** The number of a one-element tensor. */
  item(): number {
    if (this.size !== 1) {
      throw new RecurveError(
        'shape',
        `item: expected a tensor of one element, got shape ${describeShape(this.shape)}; use values()`,
      );
    }
    return this.values()[0];
  }

  /** Copies the gradient out; zeros where back-propagation did not arrive. */
  gradient(): Float32Array | Float64Array {
    this.tape.check(this);
    const address = this.gradientAddress;
    return address === NONE
      ? this.tape.engine.read(this.address, this.size).fill(0)
      : this.tape.engine.read(address, this.size);
  }

  /** Where the gradient lies, or `NONE` while nothing has flowed back. */
  get gradientAddress(): Address {
    if (!this.base) return this.#gradient;
    const whole = this.base.tensor.gradientAddress;
    return whole === NONE ? NONE : whole + this.base.offset;
  }

  /** For the tape only. */
  bindGradient(address: Address): void {
    this.#gradient = address;
  }
}

/** Refuses what is no tensor. */
export function expectTensor(who: string, what: string, given: Tensor): void {
  if (given?.tape) return;
  throw new RecurveError(
    'usage',
    `${who}: expected ${what} to be a tensor, got ${kindOf(given)}; make one with tape.constant(values, shape), or give what a layer or an operation returned`,
  );
}

/** Number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) {
    if (!(n >= 0 && n % 1 === 0)) {
      throw new RecurveError(
        'shape',
        `shape: expected whole numbers of at least 0, got ${describeShape(shape)}; give sizes`,
      );
    }
    size *= n;
  }
  return size;
}

/** A shape as messages write it: `[2, 3]`. */
export function describeShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Throws a `shape` error unless `shape` fits `expected`, where a string stands for any size: `['B', 'T', 8]`. */
export function expectShape(
  who: string,
  what: string,
  shape: Shape,
  expected: readonly (number | string)[],
  next: string,
): void {
  let fits = shape.length === expected.length;
  for (let i = 0; i < expected.length; i++) fits &&= typeof expected[i] === 'string' || expected[i] === shape[i];
  if (!fits) {
    throw new RecurveError(
      'shape',
      `${who}: expected ${what} of shape [${expected.join(', ')}], got ${describeShape(shape)}; ${next}`,
    );
  }
}
