import { KEYS, LOWEST_KEY, type Roll } from '../../../data/music/index.ts';
import { log } from '../../../exact.ts';

/**
 * Two models without memory, fitted by counting with one imagined step of each kind (Laplace): `static` knows how often each key
 * sounds, `markov` how often it does after it sounded and after it did not; the first step of a piece goes by `static`.
 */
export function* keysBaselines(
  train: readonly Roll[],
  test: readonly Roll[],
): Generator<void, { static: number; markov: number }> {
  const steps = train.reduce((sum, roll) => sum + roll.length, 0);
  const sounding = new Float64Array(KEYS);
  /** [key, before]: steps, and those of them that sound. */
  const seen = new Float64Array(2 * KEYS);
  const followed = new Float64Array(2 * KEYS);
  for (const roll of train) {
    everyStep(roll, (t, now, before) => {
      for (let k = 0; k < KEYS; k++) {
        sounding[k] += now[k];
        if (t === 0) continue;
        seen[2 * k + before[k]]++;
        followed[2 * k + before[k]] += now[k];
      }
    });
    yield;
  }
  const always = sounding.map((n) => (n + 1) / (steps + 2));
  const after = followed.map((n, i) => (n + 1) / (seen[i] + 2));
  let [flat, chained, count] = [0, 0, 0];
  for (const roll of test) {
    everyStep(roll, (t, now, before) => {
      count++;
      for (let k = 0; k < KEYS; k++) {
        const nats = surprise(always[k], now[k]);
        flat += nats;
        chained += t === 0 ? nats : surprise(after[2 * k + before[k]], now[k]);
      }
    });
    yield;
  }
  return { static: flat / count, markov: chained / count };
}

function surprise(p: number, sounds: number): number {
  return -log(sounds === 1 ? p : 1 - p);
}

function everyStep(roll: Roll, visit: (t: number, now: Uint8Array, before: Uint8Array) => void): void {
  let before = new Uint8Array(KEYS);
  roll.forEach((pitches, t) => {
    const now = new Uint8Array(KEYS);
    for (const pitch of pitches) now[pitch - LOWEST_KEY] = 1;
    visit(t, now, before);
    before = now;
  });
}
