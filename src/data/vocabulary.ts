import { RecurveError } from '../errors.ts';
import { expectList, expectOptions, expectWhole, kindOf } from '../options.ts';
import { shorten } from './table.ts';

/**
 * Tokens that stand for something no text holds: what pads a batch, what is not known, where a sequence begins and ends. They have no
 * spelling, so a text that happens to say `<unk>` is never taken for one.
 */
export type SpecialToken = 'pad' | 'unknown' | 'start' | 'end';

const SPECIALS: readonly SpecialToken[] = ['pad', 'unknown', 'start', 'end'];

/** Tokens and their numbers: specials from 0 on in the order given, then the tokens. Never changes. */
export interface Vocabulary {
  /** Numbers in use, specials among them: ids are 0 … size − 1. */
  readonly size: number;
  /** Ordinary tokens; the first has id `specials.length`. */
  readonly tokens: readonly string[];
  readonly specials: readonly SpecialToken[];
  /** The id of an ordinary token; undefined where it is not known. */
  idOf(token: string): number | undefined;
  /** The id of a special token. Throws `usage` where the vocabulary was made without it. */
  special(name: SpecialToken): number;
  /** Ids of tokens; one that is not known becomes `unknown`, or is refused (`data`) where there is no such special. */
  encode(tokens: Iterable<string>): Int32Array;
  /** The token of each id, `null` for a special one. Throws `shape` for an id that is not in use. */
  decode(ids: ArrayLike<number>): (string | null)[];
  /** Plain data for a model file; {@link vocabularyFromDocument} reads it. */
  toJSON(): VocabularyDocument;
}

/** A vocabulary as plain JSON: tokens in the order of their ids, behind the specials. */
export interface VocabularyDocument {
  specials: SpecialToken[];
  tokens: string[];
}

/** Which tokens get an id. */
export interface VocabularyOptions {
  /** Tokens seen less often are left out, at least 1; default 1. */
  minCount?: number;
  /** Ordinary tokens to keep, the most frequent, at least 1; default: all. */
  maxSize?: number;
  /** Special tokens to make room for, in the order of their ids; default none. */
  specials?: readonly SpecialToken[];
}

function expectIterable(what: string, given: unknown, next: string): void {
  if ((typeof given === 'object' && given !== null && Symbol.iterator in given) || typeof given === 'string') return;
  throw new RecurveError('usage', `vocabulary: expected ${what} as a list, got ${kindOf(given)}; ${next}`);
}

/** How often each token occurs in some sequences. */
export function countTokens(sequences: Iterable<Iterable<string>>): Map<string, number> {
  expectIterable('sequences', sequences, "give the tokens of each text, as in [['a', 'b']]");
  const counts = new Map<string, number>();
  for (const sequence of sequences) for (const token of sequence) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

/** The vocabulary of counted tokens: the more frequent first, equals in the order of their UTF-16 units, so that no order of reading shows. */
export function vocabularyFromCounts(
  counts: Iterable<readonly [string, number]>,
  options: VocabularyOptions = {},
): Vocabulary {
  expectOptions('vocabulary', options, { minCount: 'number', maxSize: 'number', specials: true });
  const { minCount = 1, maxSize, specials = [] } = options;
  expectIterable('counts', counts, 'give what countTokens returned');
  expectWhole('vocabulary', 'minCount', minCount);
  if (maxSize !== undefined) expectWhole('vocabulary', 'maxSize', maxSize);
  const kept = [...counts]
    .filter(([, count]) => count >= minCount)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([token]) => token);
  return createVocabulary(kept.slice(0, maxSize), specials);
}

/** A vocabulary of exactly these tokens, in this order. */
export function createVocabulary(tokens: readonly string[], specials: readonly SpecialToken[] = []): Vocabulary {
  expectIterable('tokens', tokens, 'list them');
  expectList('vocabulary', 'specials', specials, "name them, as in ['unknown']");
  const unknownName = specials.find((name) => !SPECIALS.includes(name));
  if (unknownName !== undefined || new Set(specials).size < specials.length) {
    throw new RecurveError(
      'usage',
      `vocabulary: expected specials out of ${SPECIALS.join(', ')}, each at most once, got ${specials.join(', ')}; name them once`,
    );
  }
  const ids = new Map<string, number>();
  for (const token of tokens) {
    if (ids.has(token)) {
      throw new RecurveError(
        'data',
        `vocabulary: expected every token once, got "${shorten(token)}" twice; leave the second out`,
      );
    }
    ids.set(token, specials.length + ids.size);
  }
  const kept = [...tokens];
  const size = specials.length + kept.length;
  const vocabulary: Vocabulary = {
    size,
    tokens: kept,
    specials: [...specials],
    idOf: (token) => ids.get(token),
    special(name) {
      const id = specials.indexOf(name);
      if (id >= 0) return id;
      throw new RecurveError(
        'usage',
        `vocabulary: expected a special token "${name}", got only ${specials.join(', ') || 'none'}; make the vocabulary with it`,
      );
    },
    encode(sequence) {
      expectIterable('tokens', sequence, 'give those of one text');
      const unknown = specials.indexOf('unknown');
      return Int32Array.from(sequence, (token) => {
        const id = ids.get(token) ?? unknown;
        if (id >= 0) return id;
        throw new RecurveError(
          'data',
          `vocabulary: expected one of its ${kept.length} tokens, got "${shorten(token)}"; leave it out, or make the vocabulary with "unknown"`,
        );
      });
    },
    decode(sequence) {
      expectList('vocabulary', 'ids', sequence, 'give what encode returned');
      return Array.from(sequence, (id) => {
        if (Number.isInteger(id) && id >= 0 && id < size)
          return id < specials.length ? null : kept[id - specials.length];
        throw new RecurveError(
          'shape',
          `vocabulary: expected ids from 0 to ${size - 1}, got ${id}; use the vocabulary the ids were made with`,
        );
      });
    },
    toJSON: () => ({ specials: [...specials], tokens: [...kept] }),
  };
  return vocabulary;
}

/** Reads what {@link Vocabulary.toJSON} wrote. Throws `model`, naming `path`, where it is something else. */
export function vocabularyFromDocument(document: unknown, path: string): Vocabulary {
  const { specials, tokens } = (document ?? {}) as Partial<VocabularyDocument>;
  const texts = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((entry) => typeof entry === 'string');
  try {
    if (texts(specials) && texts(tokens)) return createVocabulary(tokens, specials);
  } catch (cause) {
    throw damaged(cause);
  }
  throw damaged();

  function damaged(cause?: unknown): RecurveError {
    const why = cause instanceof RecurveError ? ` (${cause.message})` : '';
    return new RecurveError(
      'model',
      `${path}: expected a vocabulary, a list of specials and one of tokens, got something else${why}; the file is damaged or was made by another version of Recurve`,
      { cause },
    );
  }
}
