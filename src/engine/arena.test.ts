import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena } from './arena.ts';
import { ENGINES } from './engines.case.ts';
import { ReferenceEngine } from './reference.ts';

const MIB = 2 ** 20;

/** An arena over a heap that only counts, 4 bytes a slot, its first slot at 16. */
function counted(limitBytes = 64 * MIB, host = Number.POSITIVE_INFINITY): Arena {
  let capacity = 64;
  const heap = {
    slotBytes: 4,
    capacity: () => capacity,
    grow(slots: number) {
      if (slots > host) return false;
      capacity = slots;
      return true;
    },
  };
  return new Arena(heap, 16, limitBytes);
}

/** Persistent bytes of a block of `slots`: whole lines of 16 slots, at least one. */
const kept = (slots: number): number => Math.max(Math.ceil(slots / 16), 1) * 64;

describe('persistent blocks', () => {
  it('never overlap, start on 64-byte borders and are counted to the byte, whatever is kept and released (300 cases)', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ keep: fc.integer({ min: 0, max: 200 }) }),
        fc.record({ release: fc.nat() }),
        fc.record({ scope: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 3 }) }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (actions) => {
        const arena = counted();
        const blocks: { address: number; slots: number }[] = [];
        for (const action of actions) {
          if ('keep' in action) {
            blocks.push({ address: arena.keep(action.keep), slots: action.keep });
          } else if ('release' in action) {
            const [gone] = blocks.splice(action.release % (blocks.length || 1), 1);
            if (gone) arena.release(gone.address);
          } else {
            arena.scope(() => {
              const taken = action.scope.map((slots) => ({ address: arena.take(slots), slots }));
              expectApart([...blocks, ...taken]);
            });
          }
          expectApart(blocks);
          const usage = arena.usage();
          expect(usage.persistent).toBe(blocks.reduce((total, { slots }) => total + kept(slots), 0));
          expect(usage.workspace).toBe(0);
        }
        for (const { address } of blocks) arena.release(address);
        // Everything given back has merged into one: a new block starts at the very beginning again.
        expect(arena.usage().persistent).toBe(0);
        expect(arena.keep(5000)).toBe(16);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('reuse a gap that fits, and merge neighbouring gaps into one', () => {
    const arena = counted();
    const [a, b, c, d] = [16, 16, 16, 16].map((slots) => arena.keep(slots));
    arena.release(b);
    expect(arena.keep(10)).toBe(b);
    arena.release(b);
    arena.release(c);
    expect(arena.keep(32)).toBe(b);
    arena.release(b);
    arena.release(a);
    expect(arena.keep(48)).toBe(a);
    expect(d).toBeGreaterThan(a);
  });

  it('cannot be made inside a scope', () => {
    const arena = counted();
    expect(() => arena.scope(() => arena.keep(1))).toThrow(
      'arena: expected persistent blocks to be made outside a step, got a request inside one; create layers, optimisers and streams before the step',
    );
    expect(arena.insideScope).toBe(false);
  });

  it('can be released inside a scope without moving the workspace', () => {
    const arena = counted();
    const block = arena.keep(16);
    arena.scope(() => {
      const taken = arena.take(16);
      arena.release(block);
      expect(arena.take(16)).toBe(taken + 16);
    });
    expect(arena.keep(16)).toBe(block);
  });

  it('are released once', () => {
    const arena = counted();
    const block = arena.keep(1);
    arena.release(block);
    for (const address of [block, 3]) {
      expect(() => arena.release(address)).toThrow(
        `arena: expected the address of a persistent block, got ${address}; release each block once`,
      );
    }
  });
});

describe('the workspace', () => {
  it('is a stack: scopes nest and drop what was taken in them', () => {
    const arena = counted();
    arena.keep(16);
    arena.scope(() => {
      const outer = arena.take(10);
      const inner = arena.scope(() => arena.take(20));
      expect(inner).toBe(outer + 16);
      expect(arena.take(5)).toBe(inner);
      expect(arena.usage().workspace).toBe(2 * 64);
    });
    expect(arena.usage()).toMatchObject({ workspace: 0, persistent: 64 });
  });

  it('remembers its peak until that is reset', () => {
    const arena = counted();
    arena.scope(() => arena.take(160));
    expect(arena.usage().peak).toBe(640);
    arena.resetPeak();
    expect(arena.usage().peak).toBe(0);
  });

  it('is only there inside a scope', () => {
    expect(() => counted().take(1)).toThrow(
      'arena: expected workspace to be taken inside a step, got a request outside; wrap the computation in tape.run or tape.evaluate',
    );
  });

  it.each([-16, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a size of %s, which would make arrays overlap',
    (slots) => {
      const arena = counted();
      const message = `arena: expected a whole number of slots of at least 0, got ${slots}; give shapes of whole numbers`;
      expect(() => arena.scope(() => arena.take(slots))).toThrow(message);
      expect(() => arena.keep(slots)).toThrow(message);
    },
  );

  it('says of a size beyond whole numbers in f64 that it does not fit', () => {
    const arena = counted();
    expect(() => arena.keep(2 ** 60)).toThrow(
      /^arena: expected the memory of a step to fit into .*; lower the batch size/,
    );
  });
});

describe('running out of memory', () => {
  it('says what the limit is, what was needed and what to lower, and leaves the arena usable', () => {
    const arena = counted(2 * MIB);
    const message =
      'arena: expected the memory of a step to fit into 2 MiB, got a need of 5 MiB; lower the batch size, the window length or the hidden size';
    expect(() => arena.scope(() => arena.take(MIB + 20_000))).toThrow(message);
    expect(() => arena.keep(MIB + 20_000)).toThrow(message);
    expect(arena.usage()).toMatchObject({ persistent: 0, workspace: 0 });
    expect(arena.keep(16)).toBe(16);
  });

  it('does not begin before the limit: its last slot is handed out', () => {
    const arena = counted(2 * MIB);
    expect(arena.keep((2 * MIB) / 4 - 16)).toBe(16);
    expect(() => arena.keep(1)).toThrow('expected the memory of a step to fit into 2 MiB');
  });

  it('says so when the host refuses below the limit', () => {
    const arena = counted(64 * MIB, MIB);
    expect(() => arena.scope(() => arena.take(2 * MIB))).toThrow(
      'arena: expected the host to give 9 MiB of memory, got a refusal; lower the batch size, the window length or the hidden size',
    );
  });

  it.each(ENGINES)(
    'is an error with code memory on $name with a limit, and numbers survive growth',
    async ({ name }) => {
      const engine =
        name === 'reference'
          ? new ReferenceEngine({ memoryLimit: 4 * MIB })
          : await (await import('./create.ts')).createEngine({ tier: name, memoryLimit: 4 * MIB });
      const block = engine.arena.keep(4);
      engine.write(block, [1, 2, 3, 4]);
      engine.arena.scope(() => engine.fill(engine.arena.take(200_000), 200_000, 7));
      expect([...engine.read(block, 4)]).toEqual([1, 2, 3, 4]);
      expect(() => engine.arena.scope(() => engine.arena.take(2 * MIB))).toThrow(
        expect.objectContaining({ name: 'RecurveError', code: 'memory' }),
      );
      expect([...engine.read(block, 4)]).toEqual([1, 2, 3, 4]);
    },
  );

  it('is an error with code memory on the reference when no array of that size can exist', () => {
    const engine = new ReferenceEngine({ memoryLimit: Number.POSITIVE_INFINITY });
    expect(() => engine.arena.scope(() => engine.arena.take(2 ** 50))).toThrow('of memory, got a refusal');
  });
});

describe('an engine that has ended', () => {
  it.each(ENGINES)('refuses to compute in one sentence, and takes blocks back ($name)', async ({ open }) => {
    const engine = await open();
    const block = engine.arena.keep(4);
    engine[Symbol.dispose]();
    const ended = expect.objectContaining({
      code: 'usage',
      message: 'engine: expected an engine in use, got one that has ended; make a new one',
    });
    expect(() => engine.arena.scope(() => 1)).toThrow(ended);
    expect(() => engine.arena.keep(4)).toThrow(ended);
    engine.arena.release(block);
  });
});

function expectApart(blocks: readonly { address: number; slots: number }[]): void {
  const sorted = blocks.filter(({ slots }) => slots > 0).sort((a, b) => a.address - b.address);
  sorted.forEach(({ address }, i) => {
    expect(address % 16).toBe(0);
    expect(address).toBeGreaterThanOrEqual(16);
    const next = sorted[i + 1];
    if (next) expect(next.address).toBeGreaterThanOrEqual(address + sorted[i].slots);
  });
}
