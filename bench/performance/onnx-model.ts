import { reorderGates } from 'recurve/nn';
import type { CellName, Shape } from './cases.ts';

/** PyTorch's weights of one layer, rows as Recurve has them: `weight_ih_l0` [G·H, D], `weight_hh_l0` [G·H, H], `bias_ih_l0`, `bias_hh_l0` [G·H]. */
export type Weights = Readonly<Record<string, Float32Array>>;

const OPERATORS = { LSTM: 'LSTM', GRU: 'GRU', RNN: 'RNN' } satisfies Record<CellName, string>;
const KINDS = { LSTM: 'lstm', GRU: 'gru', RNN: undefined } as const;
/** ONNX 1.19 and its operator set 14: LSTM, GRU and RNN as they stand since. */
const IR_VERSION = 8;
const OPERATOR_SET = 14;
const FLOAT = 1;
const INT = 2;

/** An ONNX file of one recurrent layer, x[T, B, D] to y[T, 1, B, H]; field numbers of onnx.proto beside what they are. */
export function onnxModel(cell: CellName, { T, B, D, H }: Shape, weights: Weights): Uint8Array {
  const G = weights.bias_ih_l0.length / H;
  const kind = KINDS[cell];
  const order = (rows: Float32Array): Float32Array =>
    kind ? Float32Array.from(reorderGates(kind, rows, 'pytorch', 'onnx')) : rows;
  const bias = [order(weights.bias_ih_l0), order(weights.bias_hh_l0)].flatMap((part) => [...part]);
  const attribute = (name: string, value: number): Uint8Array =>
    message(text(1, name), integer(3, value), integer(20, INT));
  const node = message(
    ...['x', 'W', 'R', 'B'].map((name) => text(1, name)),
    text(2, 'y'),
    text(4, OPERATORS[cell]),
    bytes(5, attribute('hidden_size', H)),
    // Reset after the product, as in PyTorch and cuDNN.
    ...(cell === 'GRU' ? [bytes(5, attribute('linear_before_reset', 1))] : []),
  );
  const graph = message(
    bytes(1, node),
    text(2, cell),
    bytes(5, tensor('W', [1, G * H, D], order(weights.weight_ih_l0))),
    bytes(5, tensor('R', [1, G * H, H], order(weights.weight_hh_l0))),
    bytes(5, tensor('B', [1, 2 * G * H], Float32Array.from(bias))),
    bytes(11, valueInfo('x', [T, B, D])),
    bytes(12, valueInfo('y', [T, 1, B, H])),
  );
  return message(integer(1, IR_VERSION), bytes(7, graph), bytes(8, message(text(1, ''), integer(2, OPERATOR_SET))));
}

function tensor(name: string, dims: readonly number[], values: Float32Array): Uint8Array {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return message(...dims.map((d) => integer(1, d)), integer(2, FLOAT), text(8, name), bytes(9, raw));
}

function valueInfo(name: string, dims: readonly number[]): Uint8Array {
  const shape = message(...dims.map((d) => bytes(1, message(integer(1, d)))));
  return message(text(1, name), bytes(2, message(bytes(1, message(integer(1, FLOAT), bytes(2, shape))))));
}

// Protocol buffers: a field is its number and wire type, then a varint (type 0) or a length and bytes (type 2).

const message = (...fields: Uint8Array[]): Uint8Array => Buffer.concat(fields);
const integer = (field: number, value: number): Uint8Array => message(varint(8 * field), varint(value));
const bytes = (field: number, value: Uint8Array): Uint8Array =>
  message(varint(8 * field + 2), varint(value.length), value);
const text = (field: number, value: string): Uint8Array => bytes(field, new TextEncoder().encode(value));

function varint(value: number): Uint8Array {
  const groups: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) groups.push((rest % 128) + 128);
  return Uint8Array.from([...groups, rest]);
}
