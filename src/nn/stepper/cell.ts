import { type Address, NONE } from '../../engine/engine.ts';
import type { Cell } from '../cells/cell.ts';
import type { Layer } from '../layer.ts';
import type { Plan, Rows } from './plan.ts';

/**
 * A cell's step, in the recurrent layer's own order of additions: biases, input products, then W_hh h' inside the kernel. With a `table`,
 * an embedding, `x` holds indices and input products are looked up.
 */
export function planCell(plan: Plan, cell: Cell, x: Rows, table: Layer | undefined): Rows {
  const { engine, B } = plan;
  const { weight_ih, weight_hh, bias_ih, bias_hh } = cell.parameters;
  const H = cell.hidden;
  const [G] = weight_ih.shape;
  const gru = cell.kind === 'gru';
  const resetAfter = gru && cell.options.reset !== 'before';
  const bias = plan.keep(G);
  engine.copy(bias, bias_ih.tensor.address, G);
  engine.axpy(bias, bias_hh.tensor.address, resetAfter ? 2 * H : G, 1);
  const gates = plan.keep(B * G);
  if (table) lookUpProducts(plan, table, cell, bias, gates, x.address);
  else plan.product(gates, bias, x, weight_ih.tensor.address, G);

  const hidden = plan.state(H);
  const sequence = { T: 1, B, H, lengths: NONE, hidden, gates };
  const w = weight_hh.tensor.address;
  if (cell.kind === 'lstm') {
    const cells = plan.state(H);
    const call = { ...sequence, cells, w: plan.pack(w, G, H) };
    plan.add(() => {
      engine.lstmForward(call);
      engine.copy(cells, cells + B * H, B * H);
    });
  } else if (gru) {
    const call = {
      ...sequence,
      reset: resetAfter ? ('after' as const) : ('before' as const),
      candidate: plan.keep(B * H),
      bias: bias_hh.tensor.address + 2 * H,
      wrz: plan.pack(w, 2 * H, H),
      wn: plan.pack(w + 2 * H * H, H, H),
    };
    plan.add(() => engine.gruForward(call));
  } else {
    const activation = cell.options.activation === 'relu' ? ('relu' as const) : ('tanh' as const);
    const call = { ...sequence, activation, w: plan.pack(w, H, H) };
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
