import { RecurveError } from '../errors.ts';
import { expectBytes, expectOptions } from '../options.ts';
import { readAll, streamOf } from './bytes.ts';
import { unpacked } from './gzip.ts';

/** Numbers of a file in IDX, the format of MNIST: row-major, the first axis counts the examples. */
export interface IdxArray {
  shape: readonly number[];
  values: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

/** Type codes of the format: bytes per number, how to make room and how to read one (big-endian). */
const TYPES: Record<
  number,
  { bytes: number; room(n: number): IdxArray['values']; read(view: DataView, at: number): number }
> = {
  8: { bytes: 1, room: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
  9: { bytes: 1, room: (n) => new Int8Array(n), read: (view, at) => view.getInt8(at) },
  11: { bytes: 2, room: (n) => new Int16Array(n), read: (view, at) => view.getInt16(at) },
  12: { bytes: 4, room: (n) => new Int32Array(n), read: (view, at) => view.getInt32(at) },
  13: { bytes: 4, room: (n) => new Float32Array(n), read: (view, at) => view.getFloat32(at) },
  14: { bytes: 8, room: (n) => new Float64Array(n), read: (view, at) => view.getFloat64(at) },
};

/**
 * Reads an IDX file, plain or gzip. LeCun, "The MNIST database", file formats.
 *
 * @throws `data` where the bytes are no IDX file, damaged, cut off or followed by others
 */
export async function readIdx(bytes: Uint8Array, options: { name?: string } = {}): Promise<IdxArray> {
  expectBytes('readIdx', bytes);
  expectOptions('readIdx', options, { name: true });
  const { name = 'idx' } = options;
  return parse(await readAll(unpacked(streamOf(bytes), name)), name);
}

function parse(bytes: Uint8Array, name: string): IdxArray {
  const [zero0, zero1, code, axes] = bytes;
  const type = TYPES[code];
  if (bytes.length < 4 || zero0 !== 0 || zero1 !== 0 || !type || axes === 0) {
    const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new RecurveError(
      'data',
      `${name}: expected an IDX file (00 00, type 08 to 0e, number of axes), got ${start || 'no bytes'}; name a file as MNIST's`,
    );
  }
  const head = 4 + 4 * axes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A file too short for its own head has no size and is refused below.
  const shape = Array.from({ length: axes }, (_, axis) =>
    head <= bytes.length ? view.getUint32(4 + 4 * axis) : Number.NaN,
  );
  const size = shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== head + size * type.bytes) {
    throw new RecurveError(
      'data',
      `${name}: expected ${Number.isNaN(size) ? `a head of ${head} bytes` : `${head + size * type.bytes} bytes for shape [${shape.join(', ')}]`}, got ${bytes.length}; fetch the file again`,
    );
  }
  // Pixels and labels are bytes already.
  if (code === 8) return { shape, values: bytes.slice(head) };
  const values = type.room(size);
  for (let i = 0; i < size; i++) values[i] = type.read(view, head + i * type.bytes);
  return { shape, values };
}
