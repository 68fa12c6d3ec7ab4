import { RecurveError } from '../../../errors.ts';
import { expectText, expectWhole, kindOf } from '../../../options.ts';

/** How words are pronounced: ARPABET by lower-case word, further pronunciations under `word(2)`, …; as in the CMU dictionary. */
export type Pronunciations = Readonly<Record<string, string>>;

/** What is known of words' sounds. */
export interface Rhymes {
  /**
   * Whether two words rhyme: the same sounds from the last stressed vowel on, in some pronunciation. Words that sound alike throughout, as
   * "see" and "sea", do not.
   */
  rhyme(a: string, b: string): boolean;
  /** The words' sounds from the last stressed vowel on; empty for a word that is not in the dictionary. */
  endings(word: string): readonly string[];
  /** Syllables of a line; of a word that is not in the dictionary, its groups of vowel letters. */
  syllables(line: string): number;
}

const VOWEL = /\d$/;
const STRESSED = /[12]/;

/** Reads a pronouncing dictionary of English. */
export function createRhymes(dictionary: Pronunciations): Rhymes {
  if (typeof dictionary !== 'object' || dictionary === null) {
    throw new RecurveError(
      'usage',
      `rhymes: expected a dictionary of pronunciations, got ${kindOf(dictionary)}; give that of cmu-pronouncing-dictionary`,
    );
  }
  const spoken = (word: string): string[] => {
    const found: string[] = [];
    for (let n = 1; ; n++) {
      const key = n === 1 ? word : `${word}(${n})`;
      if (!Object.hasOwn(dictionary, key)) return found;
      found.push(dictionary[key]);
    }
  };
  const known = new Map<string, Sounds>();
  const soundsOf = (word: string): Sounds => {
    const before = known.get(word);
    if (before) return before;
    const all = spoken(word);
    // Weak forms, such as that of "been" that sounds like "bun", do not stand at the end of a line.
    const stressed = all.filter((pronunciation) => STRESSED.test(pronunciation));
    const strong = stressed.length > 0 ? stressed : all;
    const sounds = { whole: strong.map(unmarked), endings: [...new Set(strong.map(ending))] };
    // No more than the dictionary has.
    if (all.length > 0) known.set(word, sounds);
    return sounds;
  };
  return {
    endings: (word) => soundsOf(word).endings,
    rhyme(a, b) {
      const [ours, theirs] = [soundsOf(a), soundsOf(b)];
      return share(ours.endings, theirs.endings) && !share(ours.whole, theirs.whole);
    },
    syllables: (line) =>
      wordsOf(line).reduce((sum, word) => {
        const [first] = spoken(word);
        if (first) return sum + first.split(' ').filter((sound) => VOWEL.test(sound)).length;
        return sum + Math.max(1, (word.replace(/e$/, '').match(/[aeiouy]+/g) ?? []).length);
      }, 0),
  };
}

/** How a word may sound at the end of a line, without marks of stress. */
interface Sounds {
  whole: string[];
  endings: string[];
}

function share(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.includes(one));
}

/** From the last vowel with a stress on, without the marks of stress; from the last vowel where none is stressed. */
function ending(pronunciation: string): string {
  const sounds = pronunciation.split(' ');
  let from = sounds.findLastIndex((sound) => STRESSED.test(sound));
  if (from < 0) from = sounds.findLastIndex((sound) => VOWEL.test(sound));
  return unmarked(sounds.slice(Math.max(from, 0)).join(' '));
}

/** Without the marks of stress. */
function unmarked(pronunciation: string): string {
  return pronunciation.replace(/\d/g, '');
}

/** Words in lower case; parts of `Major-General` count by themselves. */
function wordsOf(line: string): string[] {
  return (
    line
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[a-z]+(?:'[a-z]+)*/g) ?? []
  );
}

/** The word that a line ends with; undefined where it has none. */
export function lastWord(line: string): string | undefined {
  return wordsOf(line).at(-1);
}

/** Refuses what knows no rhymes. */
export function expectRhymes(given: Rhymes): void {
  if (typeof given?.rhyme === 'function' && typeof given.endings === 'function') return;
  throw new RecurveError('usage', `verse: expected rhymes, got ${kindOf(given)}; make them with createRhymes`);
}

/** Most lines of a text with a scheme. */
export const MOST_LINES = 1e5;

/** Pairs of lines that a scheme such as `abab` wants to rhyme, of so many lines: each line with the last one of its letter. */
export function schemePairs(scheme: string, lines: number): [number, number][] {
  expectText('verse', 'scheme', scheme, 'write it as aabb');
  expectWhole('verse', 'lines', lines, { least: 0, most: MOST_LINES, next: 'count them' });
  const pairs: [number, number][] = [];
  for (let i = 0; i < lines; i++) {
    const stanza = i - (i % scheme.length);
    for (let j = i - 1; j >= stanza; j--)
      if (scheme[j % scheme.length] === scheme[i % scheme.length]) {
        pairs.push([j, i]);
        break;
      }
  }
  return pairs;
}

/** How well a text keeps to a scheme. */
export interface RhymingShare {
  /** Pairs of lines the scheme asks for, and how many of them rhyme. */
  pairs: number;
  rhyming: number;
  /** Words of the text, and how many of them the dictionary knows: others rhyme with nothing. */
  words: number;
  known: number;
}

/** How many of a scheme's pairs rhyme in a text: each block of lines between blank lines is read from its first line. */
export function rhymingShare(text: string, scheme: string, rhymes: Rhymes): RhymingShare {
  expectText('verse', 'what was written', text);
  expectRhymes(rhymes);
  let [pairs, rhyming] = [0, 0];
  for (const stanza of text.split(/\n\s*\n/)) {
    const ends = stanza.split('\n').flatMap((line) => lastWord(line) ?? []);
    for (const [a, b] of schemePairs(scheme, ends.length)) {
      pairs++;
      if (rhymes.rhyme(ends[a], ends[b])) rhyming++;
    }
  }
  const words = wordsOf(text);
  return { pairs, rhyming, words: words.length, known: words.filter((word) => rhymes.endings(word).length > 0).length };
}
