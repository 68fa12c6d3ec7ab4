import type { Address, Engine } from '../engine/engine.ts';
import { NONE } from '../engine/engine.ts';
import { RecurveError } from '../errors.ts';
import { expectList, kindOf } from '../options.ts';
import type { AnomalyDetector } from './anomaly.ts';
import type { replay } from './ops/replay.ts';
import { describeShape, type Shape, sizeOf, Tensor } from './tensor.ts';
import type { SequenceNews } from './watch.ts';

interface Node {
  outputs: readonly Tensor[];
  backward(): void;
  name: string;
}

/** Packed weights that outlive a pass. */
export interface KeptWeights {
  /** Where w[N, K] lies packed, up to date; undefined where it does not. */
  of(w: Address, N: number, K: number): Address | undefined;
  /** Outside every scope: makes room for what was not there. */
  settle(): void;
  release(): void;
}

/**
 * An append-only list of what was computed, walked backwards to differentiate it: the order of appending is already a
 * topological order. One tape belongs to one engine and is reused step after step.
 *
 * @example
 * const loss = tape.run(() => {
 *   const y = tanh(linear(tape.constant(x, [4, 3]), w, b));
 *   const loss = mean(square(y));
 *   tape.backward(loss);
 *   return loss.item();
 * });
 */
export class Tape {
  #engine: Engine;
  #nodes: Node[] = [];
  #recording = false;
  #scope = 0;
  #open: number[] = [];
  #detector: AnomalyDetector | undefined;
  /** Told by every whole sequence, in forward order, where its states and gates lie; used by `inspect`. Unset: nobody looks. */
  announce: ((news: SequenceNews) => void) | undefined;
  /** How cells that say `uniform` run whole sequences; an optimiser sets it. Unset: step by step, with the same numbers. */
  repeat: typeof replay | undefined;
  /** Set by `keepPacked`. Unset: every pass packs its own weights. */
  kept: KeptWeights | undefined;
  /** Called when {@link Tape.backward} is done and all gradients of the run still stand. */
  walked: (() => void) | undefined;

  constructor(engine: Engine) {
    if (!engine?.arena) {
      throw new RecurveError(
        'usage',
        `tape: expected an engine, got ${kindOf(engine)}; await createEngine() and give what it returns`,
      );
    }
    this.#engine = engine;
  }

  get engine(): Engine {
    return this.#engine;
  }

  /** Runs `body` in a workspace of its own with recording on. Tensors made inside end with it; return numbers, not tensors. */
  run<R>(body: () => R): R {
    return this.#enter(true, body);
  }

  /** The same without recording: for predictions. */
  evaluate<R>(body: () => R): R {
    return this.#enter(false, body);
  }

  /** Runs `body` with every operation, forward and backward, shown to a detector: see `detectAnomaly`. */
  inspected<R>(detector: AnomalyDetector, body: () => R): R {
    const outer = this.#detector;
    this.#detector = detector;
    try {
      return body();
    } finally {
      this.#detector = outer;
    }
  }

  /**
   * For operations that are made of others: gives a function that runs bodies on another engine, whose nodes go on a list of their own.
   * {@link Tape.walk} there goes back through that list alone.
   */
  aside(engine: Engine): <R>(body: () => R) => R {
    const nodes: Node[] = [];
    return (body) => {
      const outer = { engine: this.#engine, nodes: this.#nodes, detector: this.#detector, kept: this.kept };
      this.#engine = engine;
      this.#nodes = nodes;
      this.#detector = undefined;
      this.kept = undefined;
      try {
        return body();
      } finally {
        this.#engine = outer.engine;
        this.#nodes = outer.nodes;
        this.#detector = outer.detector;
        this.kept = outer.kept;
      }
    };
  }

  #enter<R>(recording: boolean, body: () => R): R {
    if (typeof body !== 'function')
      throw new RecurveError('usage', `tape: expected a function to run, got ${kindOf(body)}; give () => …`);
    const outer = { recording: this.#recording, nodes: this.#nodes };
    this.#recording = recording;
    this.#nodes = [];
    this.#open.push(++this.#scope);
    let result: R;
    try {
      result = this.engine.arena.scope(body);
      if (result instanceof Promise) {
        throw new RecurveError(
          'usage',
          'tape: expected a function that returns when it is done, got one that returns a promise; await before or after tape.run',
        );
      }
    } finally {
      this.#open.pop();
      this.#nodes = outer.nodes;
      this.#recording = outer.recording;
    }
    this.kept?.settle();
    return result;
  }

  /** Whether operations are being recorded for {@link Tape.backward}. */
  get recording(): boolean {
    return this.#recording;
  }

  /** A tensor of given numbers; gradients do not reach it. */
  constant(values: ArrayLike<number>, shape: Shape): Tensor {
    return this.#given(values, shape, false);
  }

  /** A tensor of given numbers whose gradient is wanted. */
  variable(values: ArrayLike<number>, shape: Shape): Tensor {
    return this.#given(values, shape, true);
  }

  #given(values: ArrayLike<number>, shape: Shape, tracked: boolean): Tensor {
    if (!Array.isArray(shape) || typeof values?.length !== 'number') {
      throw new RecurveError(
        'shape',
        `tensor: expected numbers and their shape, got ${values === undefined ? 'nothing' : typeof values} and ${typeof shape}; give both, as in [1, 2, 3, 4, 5, 6] and [2, 3]`,
      );
    }
    if (values.length !== sizeOf(shape)) {
      throw new RecurveError(
        'shape',
        `tensor: expected ${sizeOf(shape)} numbers for shape ${describeShape(shape)}, got ${values.length}; give as many numbers as the shape holds`,
      );
    }
    const tensor = this.#workspace(shape, tracked);
    this.engine.write(tensor.address, values);
    return tensor;
  }

  zeros(shape: Shape): Tensor {
    expectList('tape', 'shape', shape, 'give sizes, as in tape.zeros([2, 3])');
    const tensor = this.#workspace(shape, false);
    this.engine.fill(tensor.address, tensor.size, 0);
    return tensor;
  }

  /** For operations: room for a result, tracked if any input is. Contents are undefined. */
  output(shape: Shape, inputs: readonly Tensor[]): Tensor {
    let tracked = false;
    for (const input of inputs) {
      this.check(input);
      tracked ||= input.tracked;
    }
    this.#detector?.reads(inputs);
    return this.#workspace(shape, this.#recording && tracked);
  }

  /**
   * For operations that have nothing to compute: a result that shares the memory of `x`, `offset` elements in, with a gradient of its own.
   */
  shared(x: Tensor, shape: Shape, offset = 0): Tensor {
    this.check(x);
    this.#detector?.reads([x]);
    return new Tensor(this, shape, x.address + offset, {
      tracked: this.#recording && x.tracked,
      scope: this.#scopeNow(),
    });
  }

  #workspace(shape: Shape, tracked: boolean): Tensor {
    const scope = this.#scopeNow();
    return new Tensor(this, shape, this.#engine.arena.take(sizeOf(shape)), { tracked, scope });
  }

  #scopeNow(): number {
    const scope = this.#open.at(-1);
    if (scope === undefined) {
      throw new RecurveError(
        'usage',
        'tape: expected tensors to be made inside tape.run or tape.evaluate, got a request outside; wrap the computation in one of them',
      );
    }
    return scope;
  }

  /** The same numbers under another shape, or a contiguous part of them, `offset` elements in. Nothing is copied. */
  view(tensor: Tensor, shape: Shape, offset = 0): Tensor {
    this.check(tensor);
    if (offset < 0 || offset + sizeOf(shape) > tensor.size) {
      throw new RecurveError(
        'shape',
        `view: expected ${describeShape(shape)} at ${offset} to lie inside ${describeShape(tensor.shape)}, got ${sizeOf(shape)} elements; check the shape`,
      );
    }
    return new Tensor(this, shape, tensor.address + offset, {
      tracked: tensor.tracked,
      scope: tensor.scope,
      base: { tensor, offset },
    });
  }

  /** For operations: where `w[N, K]`, from its element `offset` on, lies packed from passes before; never in training. */
  packed(w: Tensor, N: number, K: number, offset = 0): Address | undefined {
    return this.#recording || w.scope !== 0 ? undefined : this.kept?.of(w.address + offset, N, K);
  }

  /**
   * For operations: remembers how gradients flow from the outputs back to the inputs. Only if some output is tracked.
   * Outputs hold their numbers by now. `name` is the operation's, for `detectAnomaly`.
   */
  record(outputs: readonly Tensor[], backward: () => void, name: string): void {
    this.#detector?.checkOutputs(outputs, name);
    if (this.#recording && outputs.some((t) => t.tracked)) this.#nodes.push({ outputs, backward, name });
  }

  /** For operations: the gradient of `tensor`, zero at first use, or `NONE` when it is not wanted. */
  gradientOf(tensor: Tensor): Address {
    return this.#gradientOf(tensor, 0, 0);
  }

  /**
   * For operations that reach all of a tracked tensor at once: its gradient, and whether there is one to add to. Where there is not, the
   * place holds anything, and the operation writes all of it: that saves filling it with zeros and reading them again.
   */
  receiverOf(tensor: Tensor): { gradient: Address; accumulate: boolean } {
    const accumulate = tensor.gradientAddress !== NONE;
    return { gradient: this.#gradientOf(tensor, 0, tensor.size), accumulate };
  }

  /** At first use zero but from element `start` to `end`. */
  #gradientOf(tensor: Tensor, start: number, end: number): Address {
    if (!tensor.tracked) return NONE;
    this.#detector?.touches(tensor);
    if (tensor.base) {
      const { tensor: whole, offset } = tensor.base;
      return this.#gradientOf(whole, offset + start, offset + end) + offset;
    }
    if (tensor.spent) {
      throw new RecurveError(
        'usage',
        'backward: expected a computation that was not differentiated before, got one that was; add the losses up and go back once',
      );
    }
    if (tensor.gradientAddress === NONE) {
      if (tensor.scope !== this.#open.at(-1)) {
        throw new RecurveError(
          'usage',
          `backward: expected gradients to stay inside one tape.run, got a tensor of shape ${describeShape(tensor.shape)} from an outer one; make variables in the run that differentiates`,
        );
      }
      const address = this.engine.arena.take(tensor.size);
      if (start > 0) this.engine.fill(address, start, 0);
      if (end < tensor.size) this.engine.fill(address + end, tensor.size - end, 0);
      tensor.bindGradient(address);
    }
    return tensor.gradientAddress;
  }

  /** Adds share·∂loss/∂t to the gradient of every tracked tensor t. `loss` has one element. The tape is empty afterwards. */
  backward(loss: Tensor, share = 1): void {
    this.check(loss);
    if (loss.size !== 1) {
      throw new RecurveError(
        'shape',
        `backward: expected a loss of one element, got shape ${describeShape(loss.shape)}; reduce it with mean or sum`,
      );
    }
    if (!this.#recording || !loss.tracked) {
      throw new RecurveError(
        'usage',
        'backward: expected a loss that depends on a tracked tensor inside tape.run, got one that does not; compute it in tape.run from parameters or variables',
      );
    }
    this.engine.fill(this.gradientOf(loss), 1, share);
    this.walk();
    this.walked?.();
  }

  /** For {@link Tape.aside}: goes back through the nodes, from the gradients that their outputs have by now. */
  walk(): void {
    for (let node = this.#nodes.pop(); node; node = this.#nodes.pop()) {
      if (node.outputs.some((t) => t.gradientAddress !== NONE)) {
        node.backward();
        this.#detector?.checkGradients(node.name);
      }
      for (const output of node.outputs) output.spent = true;
    }
  }

  /** Refuses tensors of other tapes and of scopes that have ended. */
  check(tensor: Tensor): void {
    if (tensor?.tape !== this) {
      throw new RecurveError(
        'usage',
        tensor?.tape
          ? 'tape: expected tensors of one engine, got one of another; build the whole computation on one tape'
          : `tape: expected a tensor, got ${String(tensor)}; make one with tape.constant(values, shape), or return what an operation gave`,
      );
    }
    if (tensor.scope !== 0 && !this.#open.includes(tensor.scope)) {
      throw new RecurveError(
        'usage',
        `tape: expected a living tensor, got one of shape ${describeShape(tensor.shape)} whose scope has ended; copy its values() before the scope ends`,
      );
    }
  }
}
