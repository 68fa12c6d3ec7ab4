import { createHash } from 'node:crypto';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { runConformance } from './conformance.case.ts';
import { createEngine } from './create.ts';
import { decodeEmbedded } from './embedded.ts';
import { ReferenceEngine } from './reference.ts';
import { TIERS } from './tiers.ts';

runConformance('reference', () => new ReferenceEngine(), 1e-12);
for (const { name, obstacle } of TIERS)
  if (obstacle() === undefined) runConformance(`tier ${name}`, () => createEngine({ tier: name }), 2e-6);

describe('createEngine', () => {
  test('a memory limit gives an error that says how much was needed and what to lower', async () => {
    const engine = await createEngine({ memoryLimit: 2 ** 21 });
    expect(() => engine.arena.scope(() => engine.arena.take(2 ** 20))).toThrow(
      expect.objectContaining({
        code: 'memory',
        message: expect.stringMatching(/fit into 2 MiB, got a need of 5 MiB; lower the batch size/),
      }),
    );
    // Up to the limit it works, to the last slot.
    engine.arena.scope(() => {
      const n = 2 ** 19 - 12 * 2 ** 14;
      const x = engine.arena.take(n);
      engine.fill(x, n, 1);
      expect(engine.sum(x, n)).toBe(n);
    });
  });

  test('a host that refuses the memory gives an error of one sentence, after a shared one was refused too', async () => {
    let asked = 0;
    class Memory {
      constructor() {
        asked++;
        throw new RangeError('WebAssembly.Memory(): could not allocate memory');
      }
    }
    vi.stubGlobal('WebAssembly', Object.assign(Object.create(WebAssembly), { Memory }));
    onTestFinished(() => void vi.unstubAllGlobals());
    const error = {
      name: 'RecurveError',
      code: 'memory',
      message: expect.stringMatching(/^engine: .* got a refusal;/),
    };
    await expect(createEngine({ tier: 'simd' })).rejects.toMatchObject(error);
    await expect(createEngine({ tier: 'simd', threads: 2 })).rejects.toMatchObject(error);
    expect(asked).toBe(3);
  });

  test.each([
    { options: { memoryLimit: Number.NaN }, got: /memoryLimit to be at least 1048576 bytes, got NaN; leave it out/ },
    { options: { memoryLimit: 1000 }, got: /memoryLimit to be at least 1048576 bytes, got 1000/ },
    { options: { memoryLimit: '64 MB' as unknown as number }, got: /memoryLimit to be a number, got "64 MB"/ },
    { options: { numerics: 'Fast' as 'fast' }, got: /numerics to be exact or fast, got 'Fast'; leave it out/ },
  ])('refuses $options in one sentence', async ({ options, got }) => {
    await expect(createEngine(options)).rejects.toEqual(
      expect.objectContaining({ name: 'RecurveError', code: 'usage', message: expect.stringMatching(got) }),
    );
  });

  test('engines do not share memory', async () => {
    const [a, b] = [await createEngine(), await createEngine()];
    const [p, q] = [a.arena.keep(1), b.arena.keep(1)];
    a.write(p, [1]);
    b.write(q, [2]);
    expect(a.read(p, 1)[0]).toBe(1);
  });

  test('arrays behind the second GiB are addressed as well as the first', async () => {
    const engine = await createEngine();
    engine.arena.scope(() => {
      engine.arena.take(2 ** 29 + 2 ** 20);
      const [x, y] = [engine.arena.take(100), engine.arena.take(100)];
      engine.write(x, Array(100).fill(0.5));
      engine.affine(y, x, 100, 2, 1);
      expect(Array.from(engine.read(y, 100))).toEqual(Array(100).fill(2));
      engine.gemmNt(y, x, x, 1, 1, 100, { accumulate: false });
      expect(engine.read(y, 1)[0]).toBe(25);
    });
  });

  test('each embedded module has the digest and the size that it claims', async () => {
    for (const tier of TIERS) {
      const { text, byteLength, sha256 } = await tier.load();
      expect(createHash('sha256').update(decodeEmbedded(text, byteLength)).digest('hex')).toBe(sha256);
    }
  });
});
