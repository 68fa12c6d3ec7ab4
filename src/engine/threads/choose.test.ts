import { availableParallelism } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { chooseThreads } from './choose.ts';

afterEach(() => vi.unstubAllGlobals());

test('auto is one thread per processor, at most 8, and says so', () => {
  const processors = availableParallelism();
  const choice = chooseThreads('auto');
  expect(choice.count).toBe(Math.min(8, processors));
  expect(choice.reason).toContain(`${processors === 1 ? 'one' : processors} processor`);
});

test('a number is taken as it is, up to 31', () => {
  expect(chooseThreads(3)).toEqual({ count: 3, reason: 'as asked for' });
  expect(chooseThreads(31).count).toBe(31);
  expect(chooseThreads(1).count).toBe(1);
});

test.each([0, -1, 1.5, 32, Number.NaN])('refuses %s threads', (threads) => {
  expect(() => chooseThreads(threads)).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('is one thread, with the reason, where memory cannot be shared', () => {
  vi.stubGlobal('crossOriginIsolated', false);
  expect(chooseThreads(4)).toEqual({ count: 1, reason: expect.stringContaining('not cross-origin isolated') });
  vi.stubGlobal('crossOriginIsolated', true);
  expect(chooseThreads(4).count).toBe(4);
  vi.stubGlobal('SharedArrayBuffer', undefined);
  expect(chooseThreads('auto')).toEqual({ count: 1, reason: expect.stringContaining('no shared memory') });
});
