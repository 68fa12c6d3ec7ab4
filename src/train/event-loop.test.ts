import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEngine } from '../engine/index.ts';
import { visitor, yieldToEventLoop } from './event-loop.ts';
import { fit } from './fit.ts';
import { smallNetwork, smallTask } from './training.case.ts';

/** Milliseconds this thread has computed: other programs on a busy machine do not count. */
function worked(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Most computing between two visits of a timer, in milliseconds, and how often it came. */
async function gapsDuring(body: () => Promise<unknown>): Promise<{ longest: number; visits: number }> {
  let longest = 0;
  let visits = 0;
  let last = worked();
  const timer = setInterval(() => {
    const now = worked();
    longest = Math.max(longest, now - last);
    last = now;
    visits++;
  }, 1);
  await body();
  clearInterval(timer);
  return { longest: Math.max(longest, worked() - last), visits };
}

describe('yieldToEventLoop', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each(['setImmediate', 'a message channel'])('lets timers that are due fire, by %s', async (way) => {
    if (way !== 'setImmediate') vi.stubGlobal('setImmediate', undefined);
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 0);
    const until = performance.now() + 5;
    while (performance.now() < until);
    // A message may come before a timer that is due at the same moment, but not again and again.
    for (let n = 0; n < 20 && !fired; n++) await yieldToEventLoop();
    expect(fired).toBe(true);
  });
});

describe('a visitor', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it('visits where the last visit is more than 25 ms ago, and not before', async () => {
    let visits = 0;
    vi.stubGlobal('setImmediate', (callback: () => void) => {
      visits++;
      callback();
    });
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1000);
    const visit = visitor();
    for (const [now, expected] of [
      [1025, 0],
      [1026, 1],
      [1051, 1],
      [1052, 2],
    ]) {
      clock.mockReturnValue(now);
      await visit();
      expect(visits, `at ${now} ms`).toBe(expected);
    }
  });
});

describe('while training on the main thread', () => {
  const burn = (ms: number): void => {
    const until = worked() + ms;
    while (worked() < until);
  };

  it.each([
    ['many short steps', 1, 60],
    ['steps of 30 ms', 30, 3],
  ])('a timer fires after at most 60 ms of computing and one step: %s', async (_name, ms, epochs) => {
    using network = smallNetwork(await createEngine());
    const task = smallTask(network);
    const { longest, visits } = await gapsDuring(() =>
      fit(network, {
        ...task,
        epochs,
        patience: epochs,
        onProgress: () => burn(ms),
      }),
    );
    expect(longest).toBeLessThan(60 + ms);
    expect(visits).toBeGreaterThanOrEqual((ms * epochs * 6) / (60 + ms));
  });

  it('the timer also fires during a long evaluation', async () => {
    using network = smallNetwork(await createEngine());
    const { training, validation, ...task } = smallTask(network);
    const watched = {
      examples: 40,
      loss: (batch: Int32Array, ...rest: [never, never]) => {
        burn(20);
        return training.loss(
          batch.map((i) => i % 20),
          ...rest,
        );
      },
    };
    const { longest } = await gapsDuring(() => fit(network, { ...task, training, validation: watched, epochs: 2 }));
    expect(longest).toBeLessThan(60 + 20);
  });
});
