import { type Address, NONE } from '../../engine/engine.ts';
import { RecurveError } from '../../errors.ts';
import { kindOf } from '../../options.ts';
import type { Tape } from '../tape.ts';
import { describeShape, expectShape, expectTensor, type Shape, sizeOf, type Tensor } from '../tensor.ts';

/** Class numbers or other indices and their shape. */
export interface Indices {
  values: ArrayLike<number>;
  shape: Shape;
}

/** `y[..., :] = table[indices[...], :]`; gradient: rows of dy added to the rows they came from. table[K, D]. */
export function gather(table: Tensor, indices: Indices): Tensor {
  expectTensor('gather', 'table', table);
  const { tape } = table;
  expectShape('gather', 'table', table.shape, ['K', 'D'], 'one row per index');
  const [K, D] = table.shape;
  const rows = checkIndices('gather', indices, 0, K);
  const address = tape.engine.arena.take(rows);
  tape.engine.writeIndices(address, indices.values);
  const y = tape.output([...indices.shape, D], [table]);
  tape.engine.gatherRows(y.address, table.address, address, rows, D);
  tape.record(
    [y],
    () => tape.engine.scatterAddRows(tape.gradientOf(table), tape.gradientOf(y), address, rows, D),
    'gather',
  );
  return y;
}

/** Softmax over the last axis. */
export function softmax(x: Tensor): Tensor {
  expectTensor('softmax', 'x', x);
  const { tape } = x;
  const K = x.shape.at(-1) ?? 1;
  const y = tape.output(x.shape, [x]);
  tape.engine.softmax(y.address, x.address, x.size / K, K);
  tape.record(
    [y],
    () => tape.engine.softmaxBackward(tape.gradientOf(x), tape.gradientOf(y), y.address, x.size / K, K),
    'softmax',
  );
  return y;
}

/** `−log softmax(x)[target]` per row: x[..., K] and targets [...] give [...]. A target of −1 gives 0 and no gradient. */
export function crossEntropyRows(x: Tensor, targets: Indices): Tensor {
  expectTensor('crossEntropy', 'logits', x);
  const { tape } = x;
  const K = x.shape.at(-1) ?? 0;
  const rows = x.size / K;
  const address = checkTargets(x.shape, targets, tape);
  const loss = tape.output(targets.shape, [x]);
  const probabilities = tape.engine.arena.take(x.size);
  tape.engine.crossEntropy(loss.address, probabilities, x.address, address, rows, K);
  tape.record(
    [loss],
    () => tape.engine.crossEntropyBackward(tape.gradientOf(x), tape.gradientOf(loss), probabilities, address, rows, K),
    'crossEntropy',
  );
  return loss;
}

/** Places the targets of logits of some shape [..., K] in the heap: class numbers, or −1. */
export function checkTargets(logits: Shape, targets: Indices, { engine }: Tape): Address {
  const K = logits.at(-1) ?? 0;
  const rows = checkIndices('crossEntropy', targets, -1, K);
  expectShape('crossEntropy', 'logits', logits, [...targets.shape, K], 'give one target per row of logits');
  const address = engine.arena.take(rows);
  engine.writeIndices(address, targets.values);
  return address;
}

/** `(x − mean)/√(variance + ε)·gain + bias` over the last axis. Ba, Kiros & Hinton 2016. gain[D], bias[D]. */
export function layerNorm(x: Tensor, gain: Tensor, bias: Tensor, epsilon = 1e-5): Tensor {
  expectTensor('layerNorm', 'x', x);
  expectTensor('layerNorm', 'gain', gain);
  expectTensor('layerNorm', 'bias', bias);
  const { tape } = x;
  const D = x.shape.at(-1) ?? 1;
  expectShape('layerNorm', 'gain', gain.shape, [D], 'gain and bias have one number per feature');
  expectShape('layerNorm', 'bias', bias.shape, [D], 'gain and bias have one number per feature');
  const rows = x.size / D;
  const y = tape.output(x.shape, [x, gain, bias]);
  const mean = tape.engine.arena.take(rows);
  const rstd = tape.engine.arena.take(rows);
  if (!(epsilon > 0 && epsilon < Infinity))
    throw new RecurveError('usage', `layerNorm: expected epsilon above 0, got ${epsilon}; 1e-5 is usual`);
  tape.engine.layerNorm(y.address, mean, rstd, x.address, gain.address, bias.address, rows, D, epsilon);
  tape.record(
    [y],
    () => {
      const wanted = [x, gain, bias].map((t) => {
        const gradient = tape.gradientOf(t);
        return gradient === NONE ? tape.engine.arena.take(t.size) : gradient;
      });
      tape.engine.layerNormBackward(
        wanted[0],
        wanted[1],
        wanted[2],
        tape.gradientOf(y),
        x.address,
        gain.address,
        mean,
        rstd,
        rows,
        D,
      );
    },
    'layerNorm',
  );
  return y;
}

function checkIndices(who: string, indices: Indices, low: number, end: number): number {
  if (!Array.isArray(indices?.shape) || typeof indices.values?.length !== 'number') {
    throw new RecurveError(
      'usage',
      `${who}: expected indices as { values, shape }, got ${kindOf(indices)}; values are whole numbers, shape says how they stand`,
    );
  }
  const rows = sizeOf(indices.shape);
  if (indices.values.length !== rows) {
    throw new RecurveError(
      'shape',
      `${who}: expected ${rows} indices for shape ${describeShape(indices.shape)}, got ${indices.values.length}; give one per row`,
    );
  }
  for (let i = 0; i < rows; i++) {
    const index = indices.values[i];
    if (!(Number.isInteger(index) && index >= low && index < end)) {
      throw new RecurveError(
        'shape',
        `${who}: expected indices from ${low} to ${end - 1}, got ${index} at position ${i}; check the vocabulary or the number of classes`,
      );
    }
  }
  return rows;
}
