/**
 * The same WebAssembly module with its imported memory declared shared: the only difference between kernels for one thread and
 * for several, so that each tier is embedded once.
 *
 * A module is a magic number and sections `[id][size][…]`; the import section (2) is a vector of `[module][name][kind][…]`, where a
 * memory (kind 2) is followed by its limits: flags, minimum and, where flag 1 is set, maximum. Flag 2 means shared
 * (WebAssembly core specification §5.5.5, threads proposal).
 */
export function withSharedMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  for (let at = 8; at < bytes.length; ) {
    const [size, start] = readNumber(bytes, at + 1);
    if (bytes[at] === IMPORTS) {
      const limits = findMemory(bytes, start);
      const [minimum, afterMinimum] = readNumber(bytes, limits + 1);
      const after = bytes[limits] & HAS_MAXIMUM ? readNumber(bytes, afterMinimum)[1] : afterMinimum;
      const section = [
        ...bytes.subarray(start, limits),
        ...[HAS_MAXIMUM | SHARED, ...number(minimum), ...number(MAX_PAGES)],
        ...bytes.subarray(after, start + size),
      ];
      const head = [...bytes.subarray(0, at), IMPORTS, ...number(section.length)];
      const rest = bytes.subarray(start + size);
      const result = new Uint8Array(head.length + section.length + rest.length);
      result.set(head);
      result.set(section, head.length);
      result.set(rest, head.length + section.length);
      return result;
    }
    at = start + size;
  }
  throw new Error('expected a module that imports its memory');
}

/** What the module allows; the memory itself may have a lower maximum. */
const MAX_PAGES = 65_536;
const IMPORTS = 2;
const MEMORY = 2;
const HAS_MAXIMUM = 1;
const SHARED = 2;

/** Where the limits of the imported memory lie; `at` is the start of the import section, which imports nothing before it. */
function findMemory(bytes: Uint8Array, at: number): number {
  let [, position] = readNumber(bytes, at);
  // Two names, each a length and its bytes.
  for (let name = 0; name < 2; name++) {
    const [length, start] = readNumber(bytes, position);
    position = start + length;
  }
  if (bytes[position] !== MEMORY) throw new Error('expected the memory to be the first import');
  return position + 1;
}

/** An unsigned LEB128 number and the position behind it. */
function readNumber(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function number(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}
