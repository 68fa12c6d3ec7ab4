import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { nodeBinary, root } from '../../../tools/setup.mjs';
import { openEngine } from '../create.ts';
import type { Engine } from '../engine.ts';
import { type PoolOptions, WITH_SCRATCH } from './pool.ts';
import { READY } from './protocol.ts';
import { type Handle, startWorker } from './start-worker.ts';

const N = 1000;

async function openWith(options: Partial<PoolOptions>, threads = 2): Promise<Engine> {
  return openEngine({ threads }, { worth: 0, help: false, ...options });
}

/** y = 2x + 1 over an array that is split. */
function double(engine: Engine, n = N): number[] {
  return engine.arena.scope(() => {
    const [x, y] = [engine.arena.take(n), engine.arena.take(n)];
    engine.write(
      x,
      Float32Array.from({ length: n }, (_, i) => i),
    );
    engine.affine(y, x, n, 2, 1);
    return Array.from(engine.read(y, n));
  });
}

const doubled = (n = N): number[] => Array.from({ length: n }, (_, i) => 2 * i + 1);

test('the kernels that take scratch are those whose last argument it is', () => {
  const text = readFileSync(`${root}/src/engine/kernels.ts`, 'utf8');
  const taking = [...text.matchAll(/^ {2}(\w+)\(([^)]*)\): /gm)].filter(([, , list]) =>
    /scratch: number,?\s*$/.test(list),
  );
  expect(new Set(taking.map(([, name]) => name))).toEqual(WITH_SCRATCH);
});

test('a worker that dies in the middle of a call is an error, not a hang, and the engine stays refused', async () => {
  // Says that it is ready, takes the first call it sees and ends without a word.
  const deserter = `
    const { workerData: { control, thread } } = require('node:worker_threads');
    const words = new Int32Array(control, 0, 32);
    Atomics.or(words, 5, 1 << thread);
    while (Atomics.load(words, 0) === 0);
    Atomics.store(words, 0, 0);
    process.exit(0);`;
  const engine = await openWith({
    patience: 3,
    startWorker(workerData) {
      const worker = new Worker(deserter, { eval: true, workerData });
      worker.unref();
      return { stop: () => worker.terminate() };
    },
  });
  await engine.threads.start();
  const lost = expect.objectContaining({ code: 'thread', message: expect.stringContaining('it does not answer') });
  expect(() => double(engine)).toThrow(lost);
  expect(() => double(engine)).toThrow(lost);
});

test('a worker that ends between two calls is an error at the next one', async () => {
  const handles: Handle[] = [];
  const engine = await openWith({
    help: true,
    startWorker(start, failed) {
      handles.push(startWorker(start, failed));
      return handles[0];
    },
  });
  await engine.threads.start();
  expect(double(engine)).toEqual(doubled());
  handles[0].stop();
  // Until the host tells of it, the calling thread does what the worker does not begin.
  await vi.waitFor(
    () => expect(() => engine.affine(0, 0, 17, 1, 0)).toThrow(expect.objectContaining({ code: 'thread' })),
    30_000,
  );
});

test('a kernel that fails in a worker is an error', async () => {
  const engine = await openWith({});
  await engine.threads.start();
  // The second half lies behind the end of the memory.
  const end = engine.arena.usage().capacity / 4;
  expect(() => engine.affine(end - 512, end - 512, 1024, 2, 1)).toThrow(
    expect.objectContaining({ code: 'thread', message: expect.stringContaining('a kernel failed in it') }),
  );
});

test('a worker that cannot start leaves one thread, the reason and the results', async () => {
  const engine = await openWith({
    startWorker(_, failed) {
      setTimeout(() => failed('the policy forbids it'));
      return { stop() {} };
    },
  });
  expect(engine.threads.count).toBe(2);
  await engine.threads.start();
  expect(engine.threads).toMatchObject({
    count: 1,
    reason: 'workers could not start: the policy forbids it',
    shared: 0,
  });
  expect(double(engine)).toEqual(doubled());
});

test('of three workers the two that start compute', async () => {
  const engine = await openWith(
    {
      startWorker(start, failed) {
        if (start.thread !== 2) return startWorker(start, failed);
        setTimeout(() => failed('no room'));
        return { stop() {} };
      },
    },
    4,
  );
  await engine.threads.start();
  await vi.waitFor(() => expect(engine.threads.count).toBe(3), 30_000);
  expect(double(engine)).toEqual(doubled());
  expect(engine.threads.shared).toBe(2);
  engine[Symbol.dispose]();
});

test('workers start by themselves after work that was worth it, and small calls never start them', async () => {
  const started: number[] = [];
  const engine = await openEngine(
    { threads: 2 },
    {
      worth: 0.01,
      startWorker(start, failed) {
        started.push(start.thread);
        return startWorker(start, failed);
      },
    },
  );
  for (let i = 0; i < 1000; i++) double(engine, 100);
  expect(started).toEqual([]);
  engine.arena.scope(() => {
    const x = engine.arena.take(2_000_000);
    for (let i = 0; i < 100; i++) engine.affine(x, x, 2_000_000, 0.5, 1);
  });
  expect(started).toEqual([1]);
  expect(engine.threads.count).toBe(2);
  engine[Symbol.dispose]();
});

test('a call that is hardly worth it does not wake workers, one of twice the length does', async () => {
  const engine = await openWith({ worth: 0.01 });
  await engine.threads.start();
  // Milliseconds of an affine call are taken to be 1.5e-7 n.
  const x = engine.arena.keep(200_000);
  const shares = async (n: number): Promise<number> => {
    const before = engine.threads.shared;
    await new Promise((resolve) => setTimeout(resolve, 100));
    engine.affine(x, x, n, 2, 1);
    return engine.threads.shared - before;
  };
  // Not asleep in time on a machine that is busy elsewhere: then once more.
  await vi.waitFor(async () => expect(await shares(100_000)).toBe(0), 10_000);
  expect(await shares(200_000)).toBe(1);
  engine[Symbol.dispose]();
});

test('workers see memory that has grown since they started', async () => {
  const engine = await openWith({}, 3);
  await engine.threads.start();
  for (const n of [10, 300_000, 3_000_000]) {
    const before = engine.threads.shared;
    const x = engine.arena.keep(n);
    engine.fill(x, n, 3);
    engine.affine(x, x, n, 2, 1);
    expect(new Set(engine.read(x, n))).toEqual(new Set([7]));
    if (n > 16) expect(engine.threads.shared).toBeGreaterThan(before);
  }
  engine[Symbol.dispose]();
});

const ended = expect.objectContaining({ code: 'usage', message: expect.stringContaining('got one that has ended') });

test('a disposed engine ends its workers and refuses calls that would need them', async () => {
  const engine = await openWith({});
  await engine.threads.start();
  const x = engine.arena.keep(N);
  engine[Symbol.dispose]();
  expect(() => engine.affine(x, x, N, 2, 1)).toThrow(ended);
  expect(() => double(engine)).toThrow(ended);
});

test('an engine that is disposed of while its workers start says so, and one that was before starts none', async () => {
  const starting = await openWith({}, 3);
  const started = starting.threads.start();
  starting[Symbol.dispose]();
  await expect(started).rejects.toEqual(ended);
  const engine = await openWith({
    startWorker() {
      throw new Error('expected no worker to be started');
    },
  });
  engine[Symbol.dispose]();
  await expect(engine.threads.start()).rejects.toEqual(ended);
});

test('a worker that dies while another starts is an error, and nobody waits for the other', async () => {
  const engine = await openWith(
    {
      startWorker({ control, thread }, failed) {
        if (thread === 1) {
          Atomics.or(new Int32Array(control), READY, 1 << thread);
          setTimeout(() => failed('it ended with code 1'), 20);
        }
        return { stop() {} };
      },
    },
    3,
  );
  await expect(engine.threads.start()).rejects.toEqual(
    expect.objectContaining({ code: 'thread', message: expect.stringContaining('it ended with code 1') }),
  );
});

test('idle workers sleep, and do not keep a program alive', () => {
  const program = `
    const { createEngine } = await import(${JSON.stringify(`${root}/src/engine/index.ts`)});
    const engine = await createEngine({ threads: 3 });
    await engine.threads.start();
    engine.arena.scope(() => {
      const x = engine.arena.take(2_000_000);
      engine.fill(x, 2_000_000, 1);
      engine.affine(x, x, 2_000_000, 2, 1);
    });
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    console.log(JSON.stringify({ threads: engine.threads.count, idle: process.cpuUsage(before).user / 1e6 }));`;
  const { stdout, status, signal } = spawnSync(nodeBinary(), ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect({ status, signal }).toEqual({ status: 0, signal: null });
  const { threads, idle } = JSON.parse(stdout);
  expect(threads).toBe(3);
  // Seconds of processor time in that second: two workers that spun would take up to two.
  expect(idle).toBeLessThan(0.2);
});
