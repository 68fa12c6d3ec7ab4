import { describe, expect, test } from 'vitest';
import { decodeEmbedded } from '../embedded.ts';
import { TIERS } from '../tiers.ts';
import { withSharedMemory } from './share-memory.ts';

const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const ENV_MEMORY = [3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2];

describe('withSharedMemory', () => {
  test('makes the import shared and leaves every other section as it was', () => {
    const types = [1, 4, 1, 0x60, 0, 0]; // one type, () → ()
    const functions = [3, 2, 1, 0];
    const code = [10, 4, 1, 2, 0, 0x0b];
    const plain = Uint8Array.of(...HEAD, ...types, 2, 15, 1, ...ENV_MEMORY, 0, 1, ...functions, ...code);
    const shared = withSharedMemory(plain);
    const imports = [2, 18, 1, ...ENV_MEMORY, 3, 1, 0x80, 0x80, 4];
    expect([...shared]).toEqual([...HEAD, ...types, ...imports, ...functions, ...code]);
    expect(WebAssembly.validate(plain)).toBe(true);
    expect(WebAssembly.validate(shared)).toBe(true);
  });

  test('replaces a maximum, and reads sizes of several bytes', () => {
    const custom = [0, 0x81, 0x01, 1, 0x78, ...Array(127).fill(7)]; // a section of 129 bytes named "x"
    const plain = Uint8Array.of(...HEAD, ...custom, 2, 18, 1, ...ENV_MEMORY, 1, 0x90, 0x01, 0xff, 0x01);
    const shared = withSharedMemory(plain);
    expect([...shared]).toEqual([...HEAD, ...custom, 2, 19, 1, ...ENV_MEMORY, 3, 0x90, 0x01, 0x80, 0x80, 4]);
    expect(WebAssembly.validate(shared)).toBe(true);
  });

  test('refuses a module without an imported memory', () => {
    expect(() => withSharedMemory(Uint8Array.of(...HEAD))).toThrow('imports its memory');
  });

  test.each(TIERS.filter((tier) => tier.numerics === 'exact').map((tier) => [tier.name, tier] as const))(
    'kernels of tier %s keep nothing in memory that one thread could take from another',
    async (_, tier) => {
      const { text, byteLength } = await tier.load();
      const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
      const module = await WebAssembly.compile(withSharedMemory(decodeEmbedded(text, byteLength)));
      await WebAssembly.instantiate(module, { env: { memory } });
      const [first, all] = [new Uint8Array(memory.buffer, 0, 4096).slice(), new Uint8Array(memory.buffer).slice()];
      // A worker's instance writes the tables of constants again, the same ones, all below the first scratch.
      await WebAssembly.instantiate(module, { env: { memory } });
      expect(new Uint8Array(memory.buffer, 0, 4096).slice()).toEqual(first);
      expect(all.subarray(4096).every((byte) => byte === 0)).toBe(true);
      expect(first.some((byte) => byte !== 0)).toBe(true);
    },
  );
});
