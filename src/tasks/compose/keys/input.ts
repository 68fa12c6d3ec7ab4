import { KEYS, LOWEST_KEY } from '../../../data/music/index.ts';

/** The 88 keys of the step before, and 1 before the first step. */
export const KEYS_INPUT = KEYS + 1;

/** Writes the input for a step into `x` at `at`: the keys of the step before, undefined before the first one. */
export function keysInput(before: readonly number[] | undefined, shift: number, x: Float32Array, at: number): void {
  if (!before) x[at + KEYS] = 1;
  else for (const pitch of before) x[at + pitch + shift - LOWEST_KEY] = 1;
}

/** −1, silence of a voice, is no key. */
export function soundingKeys(step: readonly number[]): number[] {
  return [...new Set(step.filter((pitch) => pitch >= 0))].sort((a, b) => a - b);
}
