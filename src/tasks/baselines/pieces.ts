import type { Visit } from '../../train/event-loop.ts';

/** Runs a computation that stops between its pieces from beginning to end. */
export function atOnce<T>(pieces: Generator<void, T>): T {
  let piece = pieces.next();
  while (!piece.done) piece = pieces.next();
  return piece.value;
}

/** The same, calling `visit` between the pieces, so that timers and input have their turn. */
export async function visiting<T>(pieces: Generator<void, T>, visit: Visit): Promise<T> {
  let piece = pieces.next();
  while (!piece.done) {
    await visit();
    piece = pieces.next();
  }
  return piece.value;
}
