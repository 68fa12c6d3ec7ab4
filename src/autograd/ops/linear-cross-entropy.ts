import { NONE } from '../../engine/engine.ts';
import type { Tensor } from '../tensor.ts';
import { expectFactors, linear } from './matmul.ts';
import { checkTargets, crossEntropyRows, type Indices } from './rows.ts';

/** So many logits are held whole: 64 MiB, and as much again for probabilities and for gradients. */
const WHOLE = 2 ** 24;
/** Of more, so many at a time; but a product of fewer rows would wait for the weights. */
const PIECE = 2 ** 20;
const FEWEST_ROWS = 128;

/**
 * `crossEntropyRows(linear(x, w, bias), targets)`, to the bit, for many classes: x[..., D], w[K, D], bias[K] and targets [...] give [...].
 *
 * Logits exist for `rowsAtOnce` rows at a time only, and are computed again on the way back, so N rows of K classes need no N·K numbers; the price is one more
 * product with w. By default that begins where there are more than 16 million logits; fewer are computed at once, as the two operations do.
 */
export function linearCrossEntropyRows(
  x: Tensor,
  w: Tensor,
  bias: Tensor | undefined,
  targets: Indices,
  { rowsAtOnce = rowsFor(x.size / x.shape[x.shape.length - 1], w.shape[0]) }: { rowsAtOnce?: number } = {},
): Tensor {
  const { tape } = x;
  const { engine } = tape;
  const { arena } = engine;
  const { M, N: K, D } = expectFactors(x, w, bias);
  if (M <= rowsAtOnce) return crossEntropyRows(linear(x, w, bias), targets);
  const classes = checkTargets([...x.shape.slice(0, -1), K], targets, tape);
  const loss = tape.output(targets.shape, bias ? [x, w, bias] : [x, w]);

  /** Losses and probabilities of some rows; `logits` is theirs while they are computed. */
  const compute = (packed: number, logits: number, probabilities: number, from: number, rows: number): void => {
    if (bias) engine.expand(logits, bias.address, 1, rows, K);
    engine.gemmPacked(logits, x.address + from * D, packed, rows, K, D, { accumulate: bias !== undefined });
    engine.crossEntropy(loss.address + from, probabilities, logits, classes + from, rows, K);
  };
  const room = () => {
    const packed = arena.take(engine.packedSize(K, D));
    engine.pack(packed, w.address, K, D);
    return { packed, logits: arena.take(rowsAtOnce * K), probabilities: arena.take(rowsAtOnce * K) };
  };

  arena.scope(() => {
    const { packed, logits, probabilities } = room();
    for (let from = 0; from < M; from += rowsAtOnce)
      compute(packed, logits, probabilities, from, Math.min(rowsAtOnce, M - from));
  });
  tape.record(
    [loss],
    () => {
      // The first to ask for a gradient makes room for it, which has to outlive the scope.
      const [dx, dw, dloss] = [tape.gradientOf(x), tape.gradientOf(w), tape.gradientOf(loss)];
      const db = bias ? tape.gradientOf(bias) : NONE;
      arena.scope(() => {
        const { packed, logits, probabilities } = room();
        const back = arena.take(engine.packedSize(D, K));
        engine.pack(back, w.address, D, K, true);
        // From the last row to the first, the order in which gradients of weights are summed.
        for (let from = Math.floor((M - 1) / rowsAtOnce) * rowsAtOnce; from >= 0; from -= rowsAtOnce) {
          const rows = Math.min(rowsAtOnce, M - from);
          compute(packed, logits, probabilities, from, rows);
          const dlogits = logits;
          engine.fill(dlogits, rows * K, 0);
          engine.crossEntropyBackward(dlogits, dloss + from, probabilities, classes + from, rows, K);
          if (dx !== NONE) engine.gemmPacked(dx + from * D, dlogits, back, rows, D, K);
          if (dw !== NONE) engine.gemmTn(dw, dlogits, x.address + from * D, K, D, rows);
          if (db !== NONE) engine.reduce(db, dlogits, 1, rows, K, true);
        }
      });
    },
    'linearCrossEntropy',
  );
  return loss;
}

function rowsFor(M: number, K: number): number {
  return M * K <= WHOLE ? M : Math.max(FEWEST_ROWS, Math.floor(PIECE / K));
}
