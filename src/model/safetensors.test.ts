import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecurveError } from '../errors.ts';
import { type Dtype, readSafetensors, type StoredTensor, type StoredTensors, writeSafetensors } from './safetensors.ts';

const example: StoredTensors = {
  weight_ih_l0: { dtype: 'F32', shape: [2, 3], data: Float32Array.of(0.1, -0, 1e-45, 3.4e38, Number.NaN, -7) },
  mask: { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 0, 255) },
  steps: { dtype: 'I64', shape: [], data: BigInt64Array.of(-(2n ** 63n)) },
  loss: { dtype: 'F64', shape: [2], data: Float64Array.of(Math.PI, -1e300) },
  order: { dtype: 'I32', shape: [1, 2], data: Int32Array.of(-5, 2 ** 31 - 1) },
  seed: { dtype: 'U32', shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
  empty: { dtype: 'F32', shape: [0, 4], data: new Float32Array(0) },
};

const read = (bytes: Uint8Array) => readSafetensors(bytes, { name: 'm.safetensors' });

/** A file with any header and any data, however wrong. */
function file(header: unknown, data = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const makers: { [D in Dtype]?: (bytes: Uint8Array<ArrayBuffer>) => StoredTensor['data'] } = {
  F64: (b) => new Float64Array(b.buffer, 0, Math.floor(b.length / 8)),
  F32: (b) => new Float32Array(b.buffer, 0, Math.floor(b.length / 4)),
  I64: (b) => new BigInt64Array(b.buffer, 0, Math.floor(b.length / 8)),
  F16: (b) => new Uint16Array(b.buffer, 0, Math.floor(b.length / 2)),
  BOOL: (b) => b,
  I8: (b) => new Int8Array(b.buffer),
};
const anyTensor = fc
  .tuple(fc.constantFrom(...(Object.keys(makers) as Dtype[])), fc.uint8Array({ maxLength: 40 }))
  .map(([dtype, bytes]) => {
    const data = makers[dtype]!(Uint8Array.from(bytes));
    return { dtype, shape: [1, data.length], data } as StoredTensor;
  });
const anyName = fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__' && name !== '__proto__');

describe('writeSafetensors and readSafetensors', () => {
  it('give back every dtype, shape and value to the bit', () => {
    const { tensors, metadata } = read(writeSafetensors(example, { format: 'pt', note: 'Grüße "x"' }));
    expect(metadata).toEqual({ format: 'pt', note: 'Grüße "x"' });
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(example).sort());
    for (const [name, tensor] of Object.entries(example)) expect(tensors[name]).toEqual(tensor);
    expect(Object.is((tensors.weight_ih_l0.data as Float32Array)[1], -0)).toBe(true);
  });

  it('give back any tensors under any names, "constructor" and "10" among them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(anyName, fc.constantFrom('constructor', '10', '9')), anyTensor), (tensors) => {
        const result = read(writeSafetensors(tensors, {}));
        expect(Object.entries(result.tensors).sort()).toEqual(Object.entries(tensors).sort());
      }),
    );
  });

  it('write the same bytes whatever the order of the keys, with data at a multiple of 8', () => {
    const reversed = Object.fromEntries(Object.entries(example).reverse());
    const bytes = writeSafetensors(example, { a: '1', b: '2' });
    expect(writeSafetensors(reversed, { b: '2', a: '1' })).toEqual(bytes);
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
    for (const [, entry] of Object.entries(JSON.parse(headerText(bytes))).slice(1) as [string, never][]) {
      const { dtype, data_offsets } = entry as { dtype: string; data_offsets: [number, number] };
      const size = Number(/\d+/.exec(dtype)![0]) / 8;
      expect(data_offsets[0] % size).toBe(0);
    }
  });

  it.each([
    ['a view at an odd address', (size: number) => new Uint8Array(size + 1).subarray(1)],
    ['a Buffer from the pool of Node', (size: number) => Buffer.from('x'.repeat(size))],
  ])('read arrays that own their memory from %s', (_, allocate) => {
    const bytes = writeSafetensors(example, {});
    const shifted = allocate(bytes.length);
    shifted.set(bytes);
    expect(shifted.byteOffset).toBeGreaterThan(0);
    const { tensors } = read(shifted);
    shifted.fill(0);
    expect(tensors.loss).toEqual(example.loss);
  });

  it('read a foreign file without metadata whose F32 lies at an odd address', () => {
    const header = {
      a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
      b: { dtype: 'F32', shape: [1], data_offsets: [1, 5] },
    };
    const { tensors, metadata } = read(file(header, Uint8Array.of(9, 0, 0, 0x80, 0x3f)));
    expect(tensors.b.data).toEqual(Float32Array.of(1));
    expect(metadata).toEqual({});
  });

  it('refuse to write data that disagrees with its shape or dtype, and reserved names', () => {
    const write = (name: string, tensor: unknown) => () => writeSafetensors({ [name]: tensor as StoredTensor }, {});
    const data = new Float32Array(4);
    expect(write('w', { dtype: 'F32', shape: [3], data })).toThrow('expected "w" of shape [3], got 4 elements');
    expect(write('w', { dtype: 'F64', shape: [4], data })).toThrow(
      '"w" of dtype F64 as Float64Array, got Float32Array',
    );
    expect(write('__metadata__', { dtype: 'F32', shape: [4], data })).toThrow('reserved name "__metadata__"');
  });
});

const tensor = (over: object) => ({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...over } });
const eight = new Uint8Array(8);

describe('readSafetensors refuses', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /at least 8 bytes, got 0/],
    ['a header longer than the file', file('{}').fill(200, 0, 1), /expected 208 bytes or more, got 10/],
    ['a header above 100 MB', file('{}').fill(255, 0, 8), /at most 100000000 bytes, got 18446744073709551615/],
    ['other bytes', new Uint8Array(20).fill(255), /expected a safetensors file, got other bytes/],
    [
      'a page',
      new TextEncoder().encode('<!DOCTYPE html>\n<html>'),
      /expected a safetensors file, got a text that begins with "<!DOCTYPE html>"/,
    ],
    ['an empty header', file(''), /got an empty header/],
    ['text that is no JSON', file('{"a":}'), /syntax error/],
    ['a list for a header', file('[]'), /begins with "\{"/],
    ['bytes that are not UTF-8', file('{"é":1}').fill(0xff, 10, 11), /UTF-8/],
    ['a byte order mark', file('\uFEFF{}'), /begins with "\{"/],
    ['the same tensor twice', file('{"w":{},"w":{}}'), /the key "w" twice/],
    ['the key __proto__', file('{"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'), /"__proto__"/],
    ['deep nesting', file(`{"w":${'['.repeat(100_000)}`), /nesting deeper than 64/],
    ['metadata that is no object', file('{"__metadata__":[]}'), /__metadata__ to be an object/],
    ['metadata that is no text', file('{"__metadata__":{"a":1}}'), /__metadata__ "a" to be a text, got number/],
    ['an unknown dtype', file(tensor({ dtype: 'F8_E4M3' }), eight), /of dtype F64, .* got "F8_E4M3"/],
    ['a dtype of Object.prototype', file(tensor({ dtype: 'constructor' }), eight), /got "constructor"/],
    ['a tensor that is no object', file('{"w":null}'), /got none of them/],
    ['a missing shape', file({ w: { dtype: 'F32', data_offsets: [0, 8] } }, eight), /got data_offsets, dtype;/],
    ['an unknown field', file(tensor({ scale: 2 }), eight), /got data_offsets, dtype, scale, shape;/],
    ['a negative size', file(tensor({ shape: [-2] }), eight), /a shape of sizes .* got \[-2\]/],
    ['a fractional size', file(tensor({ shape: [0.5, 4] }), eight), /got \[0.5,4\]/],
    ['a text for a size', file(tensor({ shape: ['2'] }), eight), /got \["2"\]/],
    ['a shape whose product overflows', file(tensor({ shape: [2 ** 52, 2 ** 52] }), eight), /product is below 2\^53/],
    ['a size of 1e400', file('{"w":{"dtype":"F32","shape":[1e400],"data_offsets":[0,8]}}', eight), /got \[null\]/],
    [
      'a shape larger than its bytes',
      file(tensor({ shape: [2 ** 50] }), eight),
      /to take 4503599627370496 bytes, got 8/,
    ],
    ['offsets backwards', file(tensor({ data_offsets: [8, 0] }), eight), /to take 8 bytes, got -8/],
    ['negative offsets', file(tensor({ data_offsets: [-8, 0] }), eight), /data_offsets \[begin, end\], got \[-8,0\]/],
    ['three offsets', file(tensor({ data_offsets: [0, 8, 8] }), eight), /got \[0,8,8\]/],
    ['data cut short', file(tensor({}), new Uint8Array(7)), /at least 8 bytes of tensor data, got 7/],
    ['data left over', file(tensor({}), new Uint8Array(9)), /expected 8 bytes of tensor data, got 9/],
    [
      'a hole before a tensor',
      file(tensor({ data_offsets: [4, 12] }), new Uint8Array(12)),
      /begin at byte 0 .* got byte 4/,
    ],
    [
      'overlapping tensors',
      file({ ...tensor({}), v: { dtype: 'F32', shape: [2], data_offsets: [4, 12] } }, new Uint8Array(12)),
      /tensor "v" to begin at byte 8 of the data, got byte 4/,
    ],
  ])('%s', (_, bytes, message) => {
    const attempt = () => read(bytes);
    expect(attempt).toThrow(RecurveError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(/^m\.safetensors: .*expected .*, got .*; /);
  });

  it('any bytes and any JSON header with nothing but a RecurveError, when it refuses at all', () => {
    const anyFile = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.tuple(fc.json(), fc.uint8Array({ maxLength: 16 })).map(([header, data]) => file(header, data)),
      fc
        .record({ dtype: fc.jsonValue(), shape: fc.jsonValue(), data_offsets: fc.jsonValue() })
        .map((entry) => file({ w: entry }, eight)),
    );
    fc.assert(
      fc.property(anyFile, (bytes) => {
        try {
          read(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: 'RecurveError', code: 'model' });
        }
      }),
      { numRuns: 500 },
    );
  });
});

function headerText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))));
}

const script = `
import json, struct, sys
raw = open(sys.argv[1], 'rb').read()
n, = struct.unpack('<Q', raw[:8])
header = json.loads(raw[8:8+n])
meta = header.pop('__metadata__')
out = {'metadata': meta}
for name, t in header.items():
    b, e = t['data_offsets']
    code = {'F32': 'f', 'F64': 'd', 'I64': 'q', 'I32': 'i', 'U32': 'I', 'U8': 'B'}[t['dtype']]
    out[name] = [t['shape'], [repr(x) for x in struct.unpack('<%d%s' % ((e-b)//struct.calcsize(code), code), raw[8+n:][b:e])]]
print(json.dumps(out))
`;
const python = spawnSync('python3', ['-c', 'pass']).status === 0;

describe('a file of ours in Python', () => {
  it.skipIf(!python)('is read by hand with struct and json to the same numbers (skipped without python3)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'recurve-'));
    try {
      const path = join(folder, 'm.safetensors');
      writeFileSync(path, writeSafetensors(example, { format: 'pt' }));
      const run = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' });
      const result = JSON.parse(run.stdout);
      expect(result.metadata).toEqual({ format: 'pt' });
      for (const [name, { shape, data }] of Object.entries(example)) {
        expect(result[name][0]).toEqual(shape);
        const numbers = (result[name][1] as string[]).map((text) =>
          typeof data[0] === 'bigint' ? BigInt(text) : Number(text === 'nan' ? 'NaN' : text),
        );
        expect(numbers).toEqual([...data]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
