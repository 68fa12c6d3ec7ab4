import type { Random } from 'recurve';
import type { Tensor } from 'recurve/autograd';
import type { SymbolProblem } from 'recurve/data';
import type { Network } from 'recurve/nn';
import type { Objective } from 'recurve/train';
import type { Task } from './task.ts';

interface Symbols<P extends SymbolProblem> {
  kinds: number;
  make(count: number, random: Random): P;
  /** Loss of the network's output. */
  loss(output: Tensor, problem: P): Tensor;
}

/** The part of a task that follows from its sequences of symbols, given to the network one-hot. */
export function symbolTask<P extends SymbolProblem>({
  kinds,
  make,
  loss,
}: Symbols<P>): Pick<Task, 'input' | 'training' | 'watched'> {
  const lossOf =
    (network: Network, drawn: (batch: Int32Array) => P): Objective['loss'] =>
    (batch, pass, tape) => {
      const problem = drawn(batch);
      const x = tape.constant(oneHot(problem.symbols, kinds), [...problem.shape, kinds]);
      return loss(network.root.forward(x, { ...pass, lengths: problem.lengths }), problem);
    };
  return {
    input: kinds,
    training: (network, random) => lossOf(network, ({ length }) => make(length, random)),
    watched: (network, count, random) => ({
      examples: count,
      // Looked at in order, so the first example names the batch.
      loss: lossOf(network, ({ length, 0: first }) => make(length, random.fork(String(first)))),
    }),
  };
}

/** What the network gives at the end or at each step, without a record. */
export function outputs(network: Network, { symbols, shape, lengths }: SymbolProblem, kinds: number) {
  return network.predict(oneHot(symbols, kinds), [...shape, kinds], { lengths }).values;
}

/** Symbols as numbers: x[B, T, kinds], 1 at the symbol of a step. */
function oneHot(symbols: Int32Array, kinds: number): Float32Array {
  const x = new Float32Array(symbols.length * kinds);
  symbols.forEach((symbol, i) => {
    x[i * kinds + symbol] = 1;
  });
  return x;
}
