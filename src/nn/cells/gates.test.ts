import { describe, expect, it } from 'vitest';
import { Tape } from '../../autograd/index.ts';
import { ReferenceEngine } from '../../engine/reference.ts';
import { GATE_ORDER, type GateConvention, type GatedKind, gateCount, gateOf, reorderGates } from './gates.ts';

const KINDS = Object.keys(GATE_ORDER) as GatedKind[];

describe('gate order', () => {
  it('has the gates of each source’s documentation', () => {
    expect(GATE_ORDER.lstm).toEqual({
      pytorch: ['i', 'f', 'g', 'o'],
      keras: ['i', 'f', 'g', 'o'],
      onnx: ['i', 'o', 'f', 'g'],
    });
    expect(GATE_ORDER.gru).toEqual({ pytorch: ['r', 'z', 'n'], keras: ['z', 'r', 'n'], onnx: ['z', 'r', 'n'] });
    expect(KINDS.map(gateCount)).toEqual([1, 4, 3, 3]);
  });

  it('moves blocks of H rows', () => {
    const rows = [10, 11, 20, 21, 30, 31, 40, 41];
    expect([...reorderGates('lstm', rows, 'pytorch', 'onnx')]).toEqual([10, 11, 40, 41, 20, 21, 30, 31]);
    expect([...reorderGates('gru', rows.slice(0, 6), 'pytorch', 'keras')]).toEqual([20, 21, 10, 11, 30, 31]);
  });

  it.each(KINDS)('of %s comes back to the bit from every convention', (kind) => {
    const rows = Array.from({ length: gateCount(kind) * 6 }, (_, i) => Math.cos(i));
    for (const other of ['keras', 'onnx', 'pytorch'] as GateConvention[]) {
      expect([...reorderGates(kind, reorderGates(kind, rows, 'pytorch', other), other, 'pytorch')]).toEqual(rows);
    }
  });

  it('gives a gate’s columns by name, and refuses a name that is none', () => {
    const tape = new Tape(new ReferenceEngine());
    tape.evaluate(() => {
      const gates = tape.constant([1, 2, 3, 4, 5, 6], [1, 6]);
      expect([...gateOf('gru', 'z', gates).values()]).toEqual([3, 4]);
      expect(() => gateOf('gru', 'f', gates)).toThrow(
        'gates: expected one of r, z, n for gru, got f; use the names of the field',
      );
    });
  });
});
