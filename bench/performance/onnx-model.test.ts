import { describe, expect, it } from 'vitest';
import { onnxModel } from './onnx-model.ts';

/** Fields of a protocol buffer message: numbers as they are, the rest as bytes. */
function fields(bytes: Uint8Array): [field: number, value: number | Uint8Array][] {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const found: [number, number | Uint8Array][] = [];
  while (at < bytes.length) {
    const key = varint();
    const value = varint();
    if (key % 8 === 0) found.push([key >> 3, value]);
    else {
      found.push([key >> 3, bytes.subarray(at, at + value)]);
      at += value;
    }
  }
  expect(at).toBe(bytes.length);
  return found;
}

const all = (bytes: Uint8Array, field: number) => fields(bytes).flatMap(([n, value]) => (n === field ? [value] : []));
const inner = (bytes: Uint8Array, field: number) => all(bytes, field) as Uint8Array[];
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('onnxModel', () => {
  const [T, B, D, H] = [2, 1, 1, 2];
  const weights = {
    weight_ih_l0: Float32Array.of(10, 11, 20, 21, 30, 31, 40, 41),
    weight_hh_l0: Float32Array.from({ length: 16 }, (_, i) => i),
    bias_ih_l0: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    bias_hh_l0: new Float32Array(8),
  };
  const [graph] = inner(onnxModel('LSTM', { T, B, D, H }, weights), 7);

  it('names its node, inputs and output', () => {
    const [node] = inner(graph, 1);
    expect(inner(node, 1).map(textOf)).toEqual(['x', 'W', 'R', 'B']);
    expect(inner(node, 4).map(textOf)).toEqual(['LSTM']);
    expect(
      inner(graph, 5)
        .flatMap((tensor) => inner(tensor, 8))
        .map(textOf),
    ).toEqual(['W', 'R', 'B']);
  });

  it('puts the gates i, f, g, o of PyTorch into the order i, o, f, c, both biases behind each other', () => {
    const [W, R, bias] = inner(graph, 5);
    const values = (tensor: Uint8Array) => {
      const [raw] = inner(tensor, 9);
      return [...new Float32Array(Uint8Array.from(raw).buffer)];
    };
    expect(all(W, 1)).toEqual([1, 4 * H, D]);
    expect(values(W)).toEqual([10, 11, 40, 41, 20, 21, 30, 31]);
    expect(all(R, 1)).toEqual([1, 4 * H, H]);
    expect(values(R).slice(4, 8)).toEqual([12, 13, 14, 15]);
    expect(all(bias, 1)).toEqual([1, 8 * H]);
    expect(values(bias)).toEqual([1, 2, 7, 8, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('writes sizes above 127 in several bytes', () => {
    const [wide] = inner(
      onnxModel(
        'RNN',
        { T: 300, B: 1, D: 1, H: 1 },
        {
          ...{ weight_ih_l0: Float32Array.of(1), weight_hh_l0: Float32Array.of(2) },
          ...{ bias_ih_l0: Float32Array.of(3), bias_hh_l0: Float32Array.of(4) },
        },
      ),
      7,
    );
    const [x] = inner(wide, 11);
    const [type] = inner(x, 2);
    const [tensor] = inner(type, 1);
    const [shape] = inner(tensor, 2);
    expect(inner(shape, 1).map((dim) => all(dim, 1)[0])).toEqual([300, 1, 1]);
  });
});
