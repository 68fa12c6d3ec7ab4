import type { TextCodec } from '../../data/text/index.ts';
import { RecurveError } from '../../errors.ts';
import { exp } from '../../exact.ts';
import { expectText } from '../../options.ts';

/** How well a text was predicted. The first token is not predicted and does not count. */
export interface TextScores {
  /** Nats per character (code point). */
  nats: number;
  /** Bits per character. */
  bits: number;
  /** e to the mean nats per token: of characters, words or subwords, as the model reads. */
  perplexity: number;
  /** Tokens predicted, and characters they spell. */
  tokens: number;
  characters: number;
  /** Tokens among them that the model does not know; each costs what the unknown token costs. */
  unknown: number;
}

/** Sums up what the tokens of a text cost: `surprises` [tokens − 1] in nats. */
export function scoreText(codec: TextCodec, text: string, ids: Int32Array, surprises: Float64Array): TextScores {
  const total = surprises.reduce((sum, nats) => sum + nats, 0);
  const tokens = surprises.length;
  // An unknown word counts as it is written.
  const unread = ids[0] === codec.unknown ? (codec.split(text)[0] ?? '') : codec.decode(ids.subarray(0, 1));
  const first = codec.unit === 'characters' ? 1 : countCharacters(unread);
  const characters = Math.max(countCharacters(text) - first, 1);
  let unknown = 0;
  for (let i = 1; i < ids.length; i++) if (ids[i] === codec.unknown) unknown++;
  const nats = total / characters;
  return { nats, bits: nats / Math.LN2, perplexity: exp(total / Math.max(tokens, 1)), tokens, characters, unknown };
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Largest share of unknown tokens in a text that is scored all the same. */
const UNKNOWN_LIMIT = 0.2;

/** The tokens of a text to read. Refuses one that is too short, or of another alphabet or language than the model's. */
export function encodeForReading(codec: TextCodec, text: string, who: string): Int32Array {
  expectText(who, 'a text', text);
  const ids = codec.encode(text);
  if (ids.length < 2) {
    throw new RecurveError(
      'data',
      `${who}: expected a text of at least two ${codec.unit}, got ${ids.length}; give more text`,
    );
  }
  const unknown = ids.reduce((count, id) => count + (id === codec.unknown ? 1 : 0), 0);
  if (unknown > UNKNOWN_LIMIT * ids.length) {
    const share = Math.round((100 * unknown) / ids.length);
    throw new RecurveError(
      'data',
      `${who}: expected a text of ${codec.unit} that the model knows, got ${share} % unknown ones; use a model that was trained on such text`,
    );
  }
  return ids;
}
