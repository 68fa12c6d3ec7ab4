import { type Address, NONE } from '../../engine/engine.ts';
import type { Cell } from '../cells/cell.ts';
import type { Layer } from '../layer.ts';
import type { Plan, Rows } from './plan.ts';

/**
 * A cell's step, in the recurrent layer's own order of additions: biases, input products, then W_hh h'. With a `table`, an embedding, `x`
 * holds indices and input products are looked up.
 *
 * One stream has its input in front of its state, and one product over both: the chain is the same, and weights that are larger than the
 * caches are read from one end to the other and back, not one matrix in the way of the other.
 */
export function planCell(plan: Plan, cell: Cell, x: Rows, table: Layer | undefined): Rows {
  const { engine, B } = plan;
  const { weight_ih, weight_hh, bias_ih, bias_hh } = cell.parameters;
  const H = cell.hidden;
  const [G] = weight_ih.shape;
  const gru = cell.kind === 'gru';
  const resetAfter = gru && cell.options.reset !== 'before';
  const bias = plan.copyOf(bias_ih.tensor.address, G);
  engine.axpy(bias, bias_hh.tensor.address, resetAfter ? 2 * H : G, 1);
  const gates = plan.keep(B * G);
  const beside = B === 1 && !table;
  const D = x.width;
  const hidden = plan.state(H, beside ? D : 0);
  const [w, v] = [weight_ih.tensor.address, weight_hh.tensor.address];
  /** Gate rows whose state's part the time loop need not add. */
  const whole = beside ? (gru ? 2 * H : G) : 0;
  if (table) lookUpProducts(plan, table, cell, bias, gates, x.address);
  else if (beside) {
    const both = { address: hidden - D, width: D + H };
    plan.add(() => engine.copy(both.address, x.address, D));
    plan.product(gates, bias, both, plan.packBeside(w, D, v, H, whole), whole);
    if (gru) plan.product(gates + whole, bias + whole, x, plan.pack(w + whole * D, H, D), H);
  } else plan.product(gates, bias, x, plan.pack(w, G, D), G);

  const sequence = { T: 1, B, H, lengths: NONE, hidden, gates };
  if (cell.kind === 'lstm') {
    const cells = plan.state(H);
    const call = { ...sequence, cells, w: whole ? NONE : plan.pack(v, G, H) };
    plan.add(() => {
      engine.lstmForward(call);
      engine.copy(cells, cells + B * H, B * H);
    });
  } else if (gru) {
    const call = {
      ...sequence,
      reset: resetAfter ? ('after' as const) : ('before' as const),
      candidate: plan.keep(B * H),
      bias: plan.copyOf(bias_hh.tensor.address + 2 * H, H),
      wrz: whole ? NONE : plan.pack(v, 2 * H, H),
      wn: plan.pack(v + 2 * H * H, H, H),
    };
    plan.add(() => engine.gruForward(call));
  } else {
    const activation = cell.options.activation === 'relu' ? ('relu' as const) : ('tanh' as const);
    const call = { ...sequence, activation, w: whole ? NONE : plan.pack(v, H, H) };
    plan.add(() => engine.rnnForward(call));
  }
  plan.add(() => engine.copy(hidden, hidden + B * H, B * H));
  return { address: hidden, width: H };
}

/** Most slots of a table that holds a cell's input products for every index. */
const TABLE_LIMIT = 2 ** 22;

/** Whether the input products of a cell behind an embedding are few enough to be kept for every index. */
export function tabled(embedding: Layer, cell: Cell): boolean {
  const [G] = cell.parameters.weight_ih.shape;
  return (embedding.config.vocabulary as number) * G <= TABLE_LIMIT;
}

/** Products of every embedding with the input weights, computed once; a step copies its row. */
function lookUpProducts(
  plan: Plan,
  { parameters: { weight } }: Layer,
  { parameters: { weight_ih } }: Cell,
  bias: Address,
  gates: Address,
  indices: Address,
): void {
  const { engine, B } = plan;
  const [G, D] = weight_ih.shape;
  const [K] = weight.shape;
  const products = plan.keep(K * G);
  engine.expand(products, bias, 1, K, G);
  engine.gemmNt(products, weight.tensor.address, weight_ih.tensor.address, K, G, D);
  plan.add(() => engine.gatherRows(gates, products, indices, B, G));
}
