import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecurveError } from '../errors.ts';
import { decodeModelFile, encodeModelFile, type ModelDocument, type ModelFile } from './metadata.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const document: ModelDocument = {
  kind: 'model',
  task: 'forecast',
  step: 120,
  architecture: { cell: 'gru', hidden: 3, layers: [3, 2] },
  data: { target: 'temp_max', unit: '°C', mean: 16.439 },
  training: { seed: 7 },
  versions: { recurve: '0.1.0' },
};
const model: ModelFile = {
  tensors: {
    weight_ih_l0: { dtype: 'F32', shape: [3, 2], data: Float32Array.of(0.1, -0.2, 0.3, 1e-9, 5, -6) },
    'head.bias': { dtype: 'F64', shape: [2], data: Float64Array.of(0.25, -0.5) },
    order: { dtype: 'U32', shape: [3], data: Uint32Array.of(2, 0, 1) },
  },
  document,
};
const name = 'w.safetensors';
const bytes = encodeModelFile(model);

/** The same file with its metadata changed, as another program could. */
function withMetadata(change: (metadata: Record<string, string>) => void): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes, { name });
  const copy = { ...metadata };
  change(copy);
  return writeSafetensors(tensors, copy);
}

/** The outcome of decoding: the content, or the refusal; anything else fails the test. */
function outcome(damaged: Uint8Array): 'refused' | ModelFile {
  try {
    const { tensors, document } = decodeModelFile(damaged, { name });
    return { tensors, document };
  } catch (error) {
    expect(error).toBeInstanceOf(RecurveError);
    expect((error as RecurveError).code).toBe('model');
    expect((error as Error).message).toMatch(/^w\.safetensors: .*expected .*, got .*; /);
    return 'refused';
  }
}

describe('encodeModelFile and decodeModelFile', () => {
  it('give back tensors, document and the fingerprint', () => {
    const { fingerprint, ...file } = decodeModelFile(bytes, { name, task: 'forecast', kind: 'model' });
    expect(file).toEqual(model);
    expect(fingerprint).toMatch(/^crc64:[0-9a-f]{16}$/);
    expect(encodeModelFile(file)).toEqual(bytes);
  });

  it('mark the file for Python with format pt', () => {
    expect(readSafetensors(bytes, { name }).metadata.format).toBe('pt');
  });

  it('accept a file that another program laid out anew without changing its content', () => {
    const end = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const { __metadata__, ...tensors } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end)));
    const spaced = new TextEncoder().encode(JSON.stringify({ ...tensors, __metadata__ }, undefined, 3));
    const data = bytes.subarray(end);
    const other = new Uint8Array(8 + spaced.length + data.length);
    new DataView(other.buffer).setBigUint64(0, BigInt(spaced.length), true);
    other.set(spaced, 8);
    other.set(data, 8 + spaced.length);
    expect(outcome(other)).toEqual(model);
  });

  it('refuse a document that is not plain JSON or not complete', () => {
    const encode = (over: object) => () => encodeModelFile({ ...model, document: { ...document, ...over } });
    expect(encode({ data: { mean: Number.NaN } })).toThrow(
      'model document: data.mean: expected a plain JSON value, got NaN',
    );
    expect(encode({ data: { mean: Float32Array.of(1) } })).toThrow('Float32Array');
    expect(encode({ step: -1 })).toThrow('model document.step: expected an integer from 0, got -1');
    expect(encode({ task: undefined })).toThrow('model document.task: expected a value, got nothing');
    expect(encode({ versions: {} })).toThrow('model document.versions.recurve: expected a text');
  });
});

describe('decodeModelFile refuses', () => {
  it('a file cut short at any of its bytes', () => {
    for (let length = 0; length < bytes.length; length++) expect(outcome(bytes.slice(0, length))).toBe('refused');
  });

  it('every single flipped bit of a file, or loads exactly what was saved', () => {
    let loaded = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      const result = outcome(damaged);
      if (result === 'refused') continue;
      loaded++;
      expect(result).toEqual(model);
    }
    // No flip of one bit turns anything in our header into white space or another spelling of the same content.
    expect(loaded).toBe(0);
  });

  it('a byte replaced, inserted or removed anywhere, or loads exactly what was saved', () => {
    const place = fc.nat(bytes.length - 1);
    fc.assert(
      fc.property(fc.constantFrom('replace', 'insert', 'remove'), place, fc.nat(255), (what, at, byte) => {
        const inserted = what === 'remove' ? [] : [byte];
        const damaged = Uint8Array.of(
          ...bytes.subarray(0, at),
          ...inserted,
          ...bytes.subarray(what === 'insert' ? at : at + 1),
        );
        const result = outcome(damaged);
        if (result !== 'refused') expect(result).toEqual(model);
      }),
      { numRuns: 3000 },
    );
  });

  it('two tensors of equal shape that changed places', () => {
    const { tensors, metadata } = readSafetensors(bytes, { name });
    const pair = { dtype: 'F32', shape: [1], data: Float32Array.of(1) } as const;
    const other = { ...pair, data: Float32Array.of(2) };
    const file = encodeModelFile({ ...model, tensors: { a: pair, b: other } });
    const { metadata: own } = readSafetensors(file, { name });
    expect(outcome(writeSafetensors({ a: other, b: pair }, own))).toBe('refused');
    expect(outcome(writeSafetensors(tensors, metadata))).toEqual(model);
  });

  it.each<[string, Uint8Array, string]>([
    [
      'a safetensors file of another program',
      writeSafetensors({}, { format: 'pt' }),
      'expected a model saved by Recurve, got a safetensors file of another program; ',
    ],
    [
      'a file of a newer format, whatever else is in it',
      withMetadata((m) => {
        m.recurve = '{"format":2,"versions":{"recurve":"3.1.0"},"novel":true}';
      }),
      'w.safetensors: expected model format 1, got format 2, made by a newer Recurve 3.1.0; upgrade recurve to load it',
    ],
    [
      'a file without a fingerprint',
      withMetadata((m) => {
        delete m.fingerprint;
      }),
      'expected the fingerprint of the content, got none; ',
    ],
    [
      'edited metadata',
      withMetadata((m) => {
        m.recurve = m.recurve.replace('16.439', '61.439');
      }),
      'was changed or damaged',
    ],
    [
      'a document that is no object',
      withMetadata((m) => {
        m.recurve = '[]';
      }),
      'w.safetensors: recurve: expected an object, got []; ',
    ],
    [
      'a format that is no number',
      withMetadata((m) => {
        m.recurve = '{"format":"1"}';
      }),
      'w.safetensors: recurve.format: expected an integer from 1, got "1"; ',
    ],
  ])('%s', (_, file, message) => {
    expect(() => decodeModelFile(file, { name })).toThrow(message);
  });

  it('a model of another task, naming both', () => {
    expect(() => decodeModelFile(bytes, { name, task: 'tag' })).toThrow(
      'w.safetensors: expected a model for tag, got one for forecast; give a tag model, or use it with forecast',
    );
  });

  it('a checkpoint where a model is wanted, and the reverse', () => {
    const checkpoint = encodeModelFile({ ...model, document: { ...document, kind: 'checkpoint' } });
    expect(() => decodeModelFile(checkpoint, { name, kind: 'model' })).toThrow('expected a model, got a checkpoint; ');
    expect(() => decodeModelFile(bytes, { name, kind: 'checkpoint' })).toThrow('expected a checkpoint, got a model; ');
  });
});
