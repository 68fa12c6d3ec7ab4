import { createSampler, logSoftmax, type SampleOptions } from '../../../decode/index.ts';
import { SAMPLE_OPTIONS } from '../../../decode/sample.ts';
import { RecurveError } from '../../../errors.ts';
import { createStepper, type Stepper } from '../../../nn/index.ts';
import { expectList, expectOptions, expectText, expectWhole, type OptionNames } from '../../../options.ts';
import { visitor } from '../../../train/event-loop.ts';
import { expectModel } from '../../arguments.ts';
import type { GenerateModel } from '../model.ts';
import { promptIds, sayable } from '../write.ts';
import { expectRhymes, lastWord, MOST_LINES, type Rhymes } from './rhyme.ts';

/** How to write verse. Lines are drawn and thrown away: a repetition penalty would count what nobody reads. */
export interface VerseOptions extends Omit<SampleOptions, 'repetitionPenalty' | 'repetitionWindow'> {
  /** A letter per line, 2 to 26 of them, equal letters rhyme: `aabb`, `abab`; it begins anew after its last line. Capitals count as small. */
  scheme: string;
  rhymes: Rhymes;
  /** Words that lines may end with, the frequent ones first: say, those of the training text. */
  words: readonly string[];
  /** Lines to write, at least 1; default as many as the scheme has letters. */
  lines?: number;
  /** Syllables per line to aim at; default: as the model writes. */
  syllables?: number;
  /** Text before the first line; default a line break. */
  prompt?: string;
}

const { repetitionPenalty: _penalty, repetitionWindow: _window, ...DRAWING } = SAMPLE_OPTIONS;
const VERSE_OPTIONS: OptionNames<VerseOptions> = {
  ...DRAWING,
  scheme: true,
  rhymes: true,
  words: true,
  lines: 'number',
  syllables: 'number',
  prompt: true,
};

/** Lines that rhyme, as far as they do. */
export interface Verse {
  lines: { text: string; syllables: number }[];
  /** Pairs of lines the scheme asks for, and how many of them rhyme. */
  pairs: number;
  rhyming: number;
}

/** Lines drawn for each line that is kept, or more where syllables are counted. */
const DRAWN = 6;
const DRAWN_COUNTING = 16;
/** Longest line, in tokens, and most words tried at its end. */
const LONGEST = 160;
const ENDS = 48;
/** Rhymes that an opening line's end should have. */
const ENOUGH = 3;

/**
 * Writes lines that rhyme. Several lines are drawn; where a line has to rhyme, its last word is exchanged for each word that rhymes with its
 * partner, and the ending that the model finds likeliest in its place is kept. A line that opens a rhyme ends with a word that has rhymes.
 */
export async function writeVerse(model: GenerateModel, options: VerseOptions): Promise<Verse> {
  expectOptions('verse', options, VERSE_OPTIONS);
  expectModel('verse', model);
  const { rhymes, words, prompt = '', syllables, ...others } = options;
  expectText('verse', 'scheme', options.scheme, 'write it as aabb');
  expectRhymes(rhymes);
  expectList('verse', 'words', words, 'give those of the training text');
  const scheme = options.scheme.toLowerCase();
  const { lines: wanted = scheme.length, scheme: _, ...sampling } = others;
  if (!/^[a-z]{2,26}$/.test(scheme) || new Set(scheme).size === scheme.length)
    throw new RecurveError(
      'usage',
      `verse: expected a scheme of 2 to 26 letters, one of them twice, such as aabb, got "${options.scheme}"; lines of equal letters rhyme`,
    );
  expectWhole('verse', 'lines', wanted, { most: MOST_LINES, next: 'leave it out for one round of the scheme' });
  if (syllables !== undefined)
    expectWhole('verse', 'syllables', syllables, { next: 'leave it out for lines as the model writes them' });
  const { codec, network } = model;
  using stepper = createStepper(network);
  const sampler = createSampler(sampling);
  const allowed = sayable(codec);
  const visit = visitor();
  // A word model may not know every word that ends a line.
  const sayableWords = words.filter((word) => codec.encode(` ${word}`).every((id) => allowed[id] === 1));
  const partners = partnersOf(sayableWords, rhymes);
  if ([...partners.values()].every((others) => others.length === 0))
    throw new RecurveError(
      'data',
      `verse: expected a model whose lines end with words of the pronouncing dictionary that rhyme, got ${sayableWords.length} such words and none that rhyme; rhymes are for English verse`,
    );

  let logits = read(stepper, promptIds(codec, prompt === '' || prompt.endsWith('\n') ? prompt : `${prompt}\n`));
  const kept: { text: string; syllables: number }[] = [];
  const ends = new Map<string, string[]>();
  let [pairs, rhyming] = [0, 0];
  for (let n = 0; n < wanted; n++) {
    if (n % scheme.length === 0) ends.clear();
    const letter = scheme[n % scheme.length];
    const before = ends.get(letter);
    const opens = before === undefined && scheme.split(letter).length > 2;
    const start = { states: stepper.states(), logits };
    const drawn: Candidate[] = [];
    for (let k = 0; k < (syllables === undefined ? DRAWN : DRAWN_COUNTING); k++) {
      stepper.restore(start.states);
      const text = drawLine(start.logits);
      if (lastWord(text) === undefined) continue;
      if (!before) {
        // The more words rhyme with its end the better, up to a few.
        const count = partners.get(lastWord(text) as string)?.length ?? 0;
        drawn.push({ text, score: opens ? Math.min(count, ENOUGH) : 0 });
      } else drawn.push(...endings(text, before, start));
      await visit();
    }
    // That a line can be rhymed with counts before its syllables.
    const answerable = opens ? drawn.filter(({ score }) => score > 0) : drawn;
    const text = best(answerable.length > 0 ? answerable : drawn) ?? drawLine(start.logits);
    stepper.restore(start.states);
    logits = read(stepper, codec.encode(`${text}\n`));
    const end = lastWord(text) ?? '';
    if (before) {
      pairs++;
      if (rhymes.rhyme(before[before.length - 1], end)) rhyming++;
    }
    ends.set(letter, [...(before ?? []), end]);
    kept.push({ text, syllables: rhymes.syllables(text) });
  }
  return { lines: kept, pairs, rhyming };

  /** A line as the model writes it, without the line break. */
  function drawLine(first: ArrayLike<number>): string {
    const ids: number[] = [];
    let next = first;
    const decoding = codec.decoder();
    let text = '';
    while (ids.length < LONGEST) {
      const id = sampler.pick(next, allowed);
      const piece = decoding.push(id);
      // Blank lines before the first word are passed over.
      if (piece.includes('\n') && text.trim() !== '') return text.trimEnd();
      text = piece.includes('\n') ? '' : text + piece;
      ids.push(id);
      next = stepper.step([id]);
    }
    return text.trimEnd();
  }

  /** The line with every last word that rhymes, each with what the model finds of it. */
  function endings(line: string, before: readonly string[], start: Start): Candidate[] {
    const own = lastWord(line) as string;
    const target = before[before.length - 1];
    const fits = (word: string): boolean => !before.includes(word) && rhymes.rhyme(target, word);
    const at = line.toLowerCase().replaceAll('’', "'").lastIndexOf(own);
    const [head, tail] = [line.slice(0, at), line.slice(at + own.length)];
    const fitting = (partners.get(target) ?? []).filter(fits).slice(0, ENDS);
    const first = head.trim() === '' && /^[A-Z]/.test(line.slice(at));
    // Where a word begins depends on the unit: each line is cut into tokens as a whole, and what they have in common is read once.
    const lines = [...new Set([...(fits(own) ? [own] : []), ...fitting])]
      .map((word) => `${head}${first ? word[0].toUpperCase() + word.slice(1) : word}${tail}`)
      .map((text) => ({ text, ids: codec.encode(`${text}\n`) }))
      .filter(({ ids }) => ids.every((id) => allowed[id] === 1));
    const common = commonStart(lines.map(({ ids }) => ids));
    stepper.restore(start.states);
    const afterHead = common > 0 ? read(stepper, lines[0].ids.subarray(0, common)) : start.logits;
    const states = stepper.states();
    return lines.map(({ text, ids: all }) => {
      stepper.restore(states);
      const ids = all.subarray(common);
      let score = 0;
      let next = afterHead;
      for (const id of ids) {
        score += logSoftmax(next)[id];
        next = stepper.step([id]);
      }
      return { text, score: score / ids.length };
    });
  }

  /** The likeliest ending among the lines nearest to the wanted syllables. */
  function best(candidates: readonly Candidate[]): string | undefined {
    const far = (text: string): number => (syllables === undefined ? 0 : Math.abs(rhymes.syllables(text) - syllables));
    return candidates.toSorted((a, b) => far(a.text) - far(b.text) || b.score - a.score)[0]?.text;
  }
}

interface Candidate {
  text: string;
  score: number;
}

interface Start {
  states: ArrayLike<number>;
  logits: ArrayLike<number>;
}

/** How many first tokens some texts have in common; at least one token of each is left. */
function commonStart([first = new Int32Array(0), ...others]: readonly Int32Array[]): number {
  let common = first.length - 1;
  for (const ids of others) {
    common = Math.min(common, ids.length - 1);
    for (let i = 0; i < common; i++) if (ids[i] !== first[i]) common = i;
  }
  return Math.max(common, 0);
}

function read(stepper: Stepper, ids: Int32Array): ArrayLike<number> {
  let logits: ArrayLike<number> = [];
  for (const id of ids) logits = stepper.step([id]);
  return logits;
}

/** The words that rhyme with each word, the frequent ones first. */
function partnersOf(words: readonly string[], rhymes: Rhymes): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const word of words)
    for (const sounds of rhymes.endings(word)) groups.set(sounds, [...(groups.get(sounds) ?? []), word]);
  return new Map(
    words.map((word) => [
      word,
      [...new Set(rhymes.endings(word).flatMap((sounds) => groups.get(sounds) ?? []))].filter((other) =>
        rhymes.rhyme(word, other),
      ),
    ]),
  );
}
