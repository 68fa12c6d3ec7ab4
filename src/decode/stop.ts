import { RecurveError } from '../errors.ts';

/** Cuts a text that arrives in pieces at the first of some stop strings. */
export interface Stopper {
  /** What may be shown now: everything that cannot be the beginning of a stop string. */
  feed(piece: string): { text: string; stopped: boolean };
  /** What was held back when the text ends without a stop. */
  rest(): string;
}

/**
 * Watches a text that grows for the first of some strings.
 *
 * @param stops strings of at least one character; without any, nothing is held back
 * @throws RecurveError `usage` for anything else
 */
export function createStopper(stops: readonly string[]): Stopper {
  if (!Array.isArray(stops)) {
    throw new RecurveError(
      'usage',
      `stop: expected a list of strings, got ${JSON.stringify(stops)}; put it in brackets`,
    );
  }
  const strange = stops.find((stop) => typeof stop !== 'string');
  if (strange !== undefined || stops.includes(undefined as never)) {
    throw new RecurveError('usage', `stop: expected strings, got ${String(strange)}; put each in quotes`);
  }
  if (stops.includes('')) {
    throw new RecurveError('usage', 'stop: expected strings of at least one character, got an empty one; leave it out');
  }
  const longest = Math.max(0, ...stops.map((stop) => stop.length));
  let held = '';
  return {
    feed(piece) {
      held += piece;
      const places = stops.map((stop) => held.indexOf(stop)).filter((place) => place >= 0);
      if (places.length > 0) {
        const text = held.slice(0, Math.min(...places));
        held = '';
        return { text, stopped: true };
      }
      // The longest end of the text that begins a stop string stays back.
      let keep = Math.min(longest - 1, held.length);
      while (keep > 0 && !stops.some((stop) => stop.startsWith(held.slice(held.length - keep)))) keep--;
      const text = held.slice(0, held.length - Math.max(keep, 0));
      held = held.slice(text.length);
      return { text, stopped: false };
    },
    rest() {
      const text = held;
      held = '';
      return text;
    },
  };
}
