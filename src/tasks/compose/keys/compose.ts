import { inKey, KEYS, LOWEST_KEY, rollOf, type Score, scoreOfRoll, TICKS } from '../../../data/music/index.ts';
import { oneVoice } from '../../../data/music/roll.ts';
import { byTime } from '../../../data/music/score.ts';
import { RecurveError } from '../../../errors.ts';
import { exp, pow, sigmoid } from '../../../exact.ts';
import type { Network } from '../../../nn/index.ts';
import { Random } from '../../../random.ts';
import type { ComposeSettings } from '../options.ts';
import { aboutOf, type ComposeRequest, refuse, stepsIn } from '../request.ts';
import { inputOf, keysReader } from './listen.ts';

/** Draws the keys of step after step, each key on its own or exactly `notes` of them. */
export function composeKeys(network: Network, { stepsPerQuarter }: ComposeSettings, request: ComposeRequest): Score {
  refuse('keys', request, ['soprano', 'topK', 'topP', 'minP', 'keepMetre']);
  const { temperature = 1, seed = 0, notes, opening, start, keepKey } = request;
  const key = request.key ?? opening?.key;
  const random = new Random(seed).fork('sample');
  const roll: number[][] = opening ? rollOf(opening, stepsPerQuarter, 'opening') : start ? [[...start]] : [];
  const given = roll.length;
  const steps = Math.max(stepsIn(request, stepsPerQuarter), roll.length);
  const allowed = Uint8Array.from({ length: KEYS }, (_, k) => Number(!(keepKey && key) || inKey(key, k + LOWEST_KEY)));
  using reader = keysReader(network);
  for (const pitches of roll) reader.step(inputOf(pitches));
  while (roll.length < steps) {
    const { logits } = reader;
    const drawn =
      notes === undefined
        ? independent(logits, allowed, temperature, random)
        : exactly(notes, logits, allowed, temperature, random);
    roll.push(drawn);
    if (roll.length < steps) reader.step(inputOf(drawn));
  }
  const about = aboutOf(request);
  if (!opening) return scoreOfRoll(roll, stepsPerQuarter, about);
  // The first bars keep their own notes: the grid has no repeated ones.
  const border = (given * TICKS) / stepsPerQuarter;
  const kept = opening.notes.map((note) => ({ ...note, duration: Math.min(note.duration, border - note.start) }));
  const composed = scoreOfRoll(roll.slice(given), stepsPerQuarter, about).notes;
  return {
    ...about,
    notes: [...oneVoice(kept, 0), ...composed.map((note) => ({ ...note, start: note.start + border }))].sort(byTime),
  };
}

/** Every key by its own probability; at temperature 0 those that are likelier than not. */
function independent(logits: ArrayLike<number>, allowed: Uint8Array, temperature: number, random: Random): number[] {
  const drawn: number[] = [];
  for (let k = 0; k < KEYS; k++) {
    // Drawn for every key, so that a forbidden one does not change the others.
    const u = random.uniform();
    if (!allowed[k]) continue;
    if (temperature === 0 ? logits[k] > 0 : u < sigmoid(logits[k] / temperature)) drawn.push(k + LOWEST_KEY);
  }
  return drawn;
}

/**
 * Exactly n keys by the conditional Bernoulli distribution: independent keys, given that n sound. With odds w and
 * R(k, m) the sum over all m of the keys from k on of their products, key k sounds with probability w_k R(k+1, m−1) / R(k, m).
 * Chen & Liu 1997.
 */
function exactly(
  n: number,
  logits: ArrayLike<number>,
  allowed: Uint8Array,
  temperature: number,
  random: Random,
): number[] {
  const free = allowed.reduce((sum, one) => sum + one, 0);
  if (n > free) {
    throw new RecurveError('usage', `compose: expected at most ${free} notes at once, got ${n}; ask for fewer`);
  }
  if (temperature === 0) return likeliest(n, logits, allowed);
  const highest = Math.max(...Array.from(logits).filter((_, k) => allowed[k]));
  // Only ratios count: the largest odds are 1, and no product of n becomes 0.
  const floor = pow(10, -280 / n);
  const odds = Float64Array.from(logits, (logit, k) =>
    allowed[k] ? Math.max(exp((logit - highest) / temperature), floor) : 0,
  );
  const width = n + 1;
  const tail = new Float64Array((KEYS + 1) * width);
  tail[KEYS * width] = 1;
  for (let k = KEYS - 1; k >= 0; k--) {
    for (let m = 0; m <= n; m++) {
      tail[k * width + m] = tail[(k + 1) * width + m] + (m > 0 ? odds[k] * tail[(k + 1) * width + m - 1] : 0);
    }
  }
  const drawn: number[] = [];
  let left = n;
  for (let k = 0; k < KEYS && left > 0; k++) {
    const share = (odds[k] * tail[(k + 1) * width + left - 1]) / tail[k * width + left];
    if (random.uniform() >= share) continue;
    drawn.push(k + LOWEST_KEY);
    left--;
  }
  return drawn;
}

function likeliest(n: number, logits: ArrayLike<number>, allowed: Uint8Array): number[] {
  const keys = Array.from({ length: KEYS }, (_, k) => k).filter((k) => allowed[k]);
  const chosen = keys.sort((a, b) => logits[b] - logits[a]).slice(0, n);
  return chosen.map((k) => k + LOWEST_KEY).sort((a, b) => a - b);
}
