import { RecurveError } from '../errors.ts';
import { kindOf } from '../options.ts';
import { parseJson } from './json.ts';
import { show } from './validate.ts';

/**
 * The safetensors file format: a little-endian u64 header length, a JSON header
 * `{"__metadata__": {…}, "name": {"dtype", "shape", "data_offsets": [begin, end]}}`, then the raw little-endian tensors.
 *
 *     | N: u64 | header: N bytes of JSON, padded with spaces to 8 | tensors, end to end, no holes |
 *
 * Nothing in such a file is ever executed. Format: https://huggingface.co/docs/safetensors
 */
const arrays = {
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** Element type of a stored tensor. F16 and BF16 are handed over as their raw 16 bits, BOOL as bytes 0 and 1. */
export type Dtype = keyof typeof arrays;

/** A tensor as it lies in a file: row-major `data` with as many elements as the product of `shape` (`[]` is one number). */
export type StoredTensor = {
  [D in Dtype]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly data: InstanceType<(typeof arrays)[D]>;
  };
}[Dtype];

/** Tensors by name. */
export type StoredTensors = Readonly<Record<string, StoredTensor>>;

/** Headers above this are refused before they are parsed; the reference reader has the same limit. */
const maxHeaderBytes = 100_000_000;

/**
 * Writes tensors and metadata as a safetensors file. The same content gives the same bytes whatever the order of the keys:
 * tensors are laid out by element size, largest first, then by name, so each starts at a multiple of its element size.
 *
 * @throws RecurveError `shape` when data and shape disagree
 */
export function writeSafetensors(tensors: StoredTensors, metadata: Readonly<Record<string, string>>): Uint8Array {
  checkTensors(tensors);
  const names = Object.keys(tensors).sort(
    (a, b) => itemBytes(tensors[b].dtype) - itemBytes(tensors[a].dtype) || (a < b ? -1 : 1),
  );
  const header: [string, unknown][] = [['__metadata__', Object.fromEntries(Object.entries(metadata).sort())]];
  let end = 0;
  for (const name of names) {
    const { dtype, shape, data } = tensors[name];
    const begin = end;
    end += data.byteLength;
    header.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  // Joined by hand: an object would move names such as "10" to the front.
  const json = `{${header.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(',')}}`;
  const text = new TextEncoder().encode(json);
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + end).fill(0x20, 8 + text.length, 8 + headerBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(text, 8);
  let at = 8 + headerBytes;
  for (const name of names) {
    bytes.set(rawBytes(tensors[name]), at);
    at += tensors[name].data.byteLength;
  }
  return bytes;
}

/** The bytes of a tensor as they stand in the file (every host of WebAssembly engines in use is little-endian). */
export function rawBytes({ data }: StoredTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function itemBytes(dtype: Dtype): number {
  return arrays[dtype].BYTES_PER_ELEMENT;
}

/** Refuses what no file can hold. */
export function checkTensors(tensors: StoredTensors): void {
  if (typeof tensors !== 'object' || tensors === null || Array.isArray(tensors)) {
    throw new RecurveError(
      'usage',
      `writeSafetensors: expected tensors by name, got ${kindOf(tensors)}; give { name: { dtype, shape, data } }`,
    );
  }
  for (const [name, tensor] of Object.entries(tensors)) checkTensor(name, tensor);
}

function checkTensor(name: string, tensor: StoredTensor): void {
  const { dtype, shape, data } = tensor ?? {};
  const refuse = (expected: string, got: string, next: string): never => {
    throw new RecurveError('shape', `writeSafetensors: expected ${expected}, got ${got}; ${next}`);
  };
  if (name === '__metadata__' || name === '__proto__') {
    refuse('a tensor name', `the reserved name "${name}"`, 'choose another name');
  }
  if (!(typeof dtype === 'string' && Object.hasOwn(arrays, dtype) && ArrayBuffer.isView(data))) {
    refuse(
      `"${name}" as { dtype, shape, data } with a dtype of ${Object.keys(arrays).join(', ')}`,
      kindOf(dtype === undefined ? tensor : dtype),
      'data are a typed array',
    );
  }
  if (!(data instanceof arrays[dtype])) {
    refuse(
      `"${name}" of dtype ${dtype} as ${arrays[dtype].name}`,
      data.constructor.name,
      'convert the data or change dtype',
    );
  }
  if (elements(shape) !== data.length) {
    refuse(`"${name}" of shape [${shape}]`, `${data.length} elements`, 'make shape and data agree');
  }
}

/** Number of elements of a shape, or undefined when it is no shape: negative, fractional or beyond 2^53. */
function elements(shape: unknown): number | undefined {
  if (!Array.isArray(shape)) return undefined;
  let product = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) return undefined;
    product *= size;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return product;
}

/**
 * Reads a safetensors file that may be damaged or hostile. The returned arrays own their memory. Tensors that lie at odd
 * addresses, as some writers leave them, are read all the same.
 *
 * @param options.name file name, at the head of every error message
 * @throws RecurveError `model` for every file that does not follow the format exactly
 */
export function readSafetensors(
  source: Uint8Array,
  options: { name: string },
): { tensors: StoredTensors; metadata: Readonly<Record<string, string>> } {
  const { name: file = 'model' } = options ?? {};
  if (!(source instanceof Uint8Array)) {
    throw new RecurveError(
      'usage',
      `${file}: expected the bytes of a file, got ${kindOf(source)}; give them as a Uint8Array`,
    );
  }
  const refuse = (expected: string, got: string): never => {
    throw new RecurveError(
      'model',
      `${file}: expected ${expected}, got ${got}; the file is damaged or no safetensors file, copy or write it again`,
    );
  };
  // Node's Buffer is a Uint8Array whose slice shares memory: see it as a plain one, whose slice copies.
  const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  const header = readHeader(bytes, file, refuse);
  const metadata = readMetadata(header.json.__metadata__, refuse);
  const entries = Object.entries(header.json)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readEntry(name, entry, refuse))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);

  // Without a prototype, so that a tensor called "constructor" is found exactly when the file has one.
  const tensors: Record<string, StoredTensor> = Object.create(null);
  const dataBytes = bytes.length - header.end;
  let at = 0;
  for (const { name, dtype, shape, begin, end } of entries) {
    if (begin !== at) refuse(`tensor ${show(name)} to begin at byte ${at} of the data`, `byte ${begin}`);
    if (end > dataBytes) refuse(`at least ${end} bytes of tensor data`, `${dataBytes}`);
    const owned = bytes.slice(header.end + begin, header.end + end);
    tensors[name] = { dtype, shape, data: new arrays[dtype](owned.buffer as ArrayBuffer) } as StoredTensor;
    at = end;
  }
  if (at !== dataBytes) refuse(`${at} bytes of tensor data`, `${dataBytes}`);
  return { tensors, metadata };
}

/** What a foreign file is, as far as its first characters tell: a page of a server that did not find the model, a table. */
function beginning(bytes: Uint8Array): string {
  const [text] = new TextDecoder('latin1').decode(bytes.subarray(0, 24)).split(/[\r\n]/);
  return /^[ -~]+$/.test(text) ? `a text that begins with ${show(text)}` : 'other bytes';
}

type Refuse = (expected: string, got: string) => never;

function readHeader(bytes: Uint8Array, file: string, refuse: Refuse): { json: Record<string, unknown>; end: number } {
  if (bytes.length < 8) refuse('at least 8 bytes', `${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  if (length > maxHeaderBytes && bytes[8] !== 0x7b) refuse('a safetensors file', beginning(bytes));
  if (length > maxHeaderBytes) refuse(`a header of at most ${maxHeaderBytes} bytes`, `${length}`);
  const end = 8 + Number(length);
  if (end > bytes.length) refuse(`${end} bytes or more`, `${bytes.length}`);
  if (bytes[8] !== 0x7b)
    refuse('a header that begins with "{"', length === 0n ? 'an empty header' : `byte ${bytes[8]}`);
  let text = '';
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.slice(8, end));
  } catch {
    refuse('a header in UTF-8', 'other bytes');
  }
  return { json: parseJson(text, `${file}: header`) as Record<string, unknown>, end };
}

function readMetadata(value: unknown, refuse: Refuse): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  if (value === undefined) return metadata;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('__metadata__ to be an object', show(value));
  }
  for (const [key, text] of Object.entries(value as object)) {
    if (typeof text !== 'string') refuse(`__metadata__ ${show(key)} to be a text`, typeof text);
    metadata[key] = text;
  }
  return metadata;
}

interface Entry {
  name: string;
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

function readEntry(name: string, value: unknown, refuse: Refuse): Entry {
  const entry = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const keys = Object.keys(entry).sort().join(', ');
  if (keys !== 'data_offsets, dtype, shape') {
    refuse(`tensor ${show(name)} with data_offsets, dtype, shape`, keys === '' ? 'none of them' : keys);
  }
  const dtype = entry.dtype as Dtype;
  if (typeof dtype !== 'string' || !Object.hasOwn(arrays, dtype)) {
    refuse(`tensor ${show(name)} of dtype ${Object.keys(arrays).join(', ')}`, show(dtype));
  }
  const count = elements(entry.shape);
  if (count === undefined)
    refuse(`tensor ${show(name)} with a shape of sizes whose product is below 2^53`, show(entry.shape));
  const offsets = entry.data_offsets as number[];
  const valid =
    Array.isArray(offsets) && offsets.length === 2 && offsets.every((o) => Number.isSafeInteger(o) && o >= 0);
  if (!valid) refuse(`tensor ${show(name)} with data_offsets [begin, end]`, show(offsets));
  const [begin, end] = offsets;
  const size = count! * itemBytes(dtype);
  if (end - begin !== size) {
    refuse(`tensor ${show(name)}, ${dtype} of shape ${show(entry.shape)}, to take ${size} bytes`, `${end - begin}`);
  }
  return { name, dtype, shape: entry.shape as number[], begin, end };
}
