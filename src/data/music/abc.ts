import { RecurveError } from '../../errors.ts';
import { expectOptions, expectText } from '../../options.ts';
import { readAbcBody } from './abc-body.ts';
import {
  type AbcHeader,
  type AbcLine,
  fieldOf,
  isMusic,
  readField,
  readVoice,
  unitFor,
  withoutComment,
} from './abc-fields.ts';
import { parseKey, transposeKey } from './key.ts';
import { expectLength, lengthOf, type Score } from './score.ts';

export interface AbcOptions {
  /** `play` (default) writes repeats, endings and the order of parts out; `written` reads every bar once. */
  repeats?: 'play' | 'written';
  /** Called for a tune that is malformed, which is then left out; without it the first one is thrown. */
  onMalformed?(error: RecurveError): void;
}

/**
 * Reads the tunes of an ABC file (standard 2.1): keys, metres and their changes, unit lengths, accidentals, ties, tuplets, broken
 * rhythm, chords, rests, repeats with endings, orders of parts (`P:`), voices (`V:`, inline too), lines over bars (`&`), which become voices
 * after their own, macros and `U:`. Chord names, decorations, grace notes, lyrics, layout, drums and prose are passed over. Key, metre
 * and tempo are those of the first note.
 *
 * @throws RecurveError `data` for a text without tunes, and for a tune that is malformed, with its line
 */
export function readAbc(text: string, name: string, options: AbcOptions = {}): Score[] {
  expectText('readAbc', 'ABC', text, 'decode the bytes of a file with readMusic');
  expectOptions('readAbc', options, { repeats: true, onMalformed: 'function' });
  const { before, tunes } = tunesOf(text);
  if (tunes.length === 0) {
    throw new RecurveError(
      'data',
      `${name}: expected ABC tunes, each with a line K: for its key, got none; check the file`,
    );
  }
  return tunes.flatMap((lines) => {
    try {
      return [readTune(before, lines, name, options.repeats ?? 'play')];
    } catch (error) {
      if (!(error instanceof RecurveError && options.onMalformed)) throw error;
      options.onMalformed(error);
      return [];
    }
  });
}

/** Lines of each tune: from an `X:` line (or the first field, in a file with one tune) to the next; and what the file says for all of them. */
function tunesOf(text: string): { before: AbcLine[]; tunes: AbcLine[][] } {
  const lines = withoutContinuation(text.split(/\r\n|\n|\r/).map((line, i) => ({ text: line, number: i + 1 })));
  const tunes: AbcLine[][] = [];
  const isNumber = ({ text: line }: AbcLine): boolean => /^\s*X:/.test(line);
  const first = lines.findIndex(isNumber);
  let inTune = false;
  for (const line of lines) {
    const begins = first >= 0 ? isNumber(line) : !inTune && /^[A-Za-z]:/.test(line.text);
    if (begins) {
      tunes.push([]);
      inTune = true;
    }
    if (inTune) tunes[tunes.length - 1].push(line);
  }
  // The file's own header ends with an empty line; of its fields these sound.
  const top = lines.slice(0, Math.max(first, 0));
  const end = top.findIndex(isEmpty);
  const header = top.slice(0, end < 0 ? top.length : end);
  return { before: header.filter(({ text: line }) => /^(?:[ILMQUm]:|%%)/.test(line)), tunes };
}

/** Fields with what `+:` adds to them. */
function withoutContinuation(lines: readonly AbcLine[]): AbcLine[] {
  const whole: AbcLine[] = [];
  for (const line of lines) {
    const last = whole.at(-1);
    if (last && line.text.startsWith('+:') && /^[A-Za-z]:/.test(last.text))
      whole[whole.length - 1] = { ...last, text: `${withoutComment(last.text)} ${line.text.slice(2).trim()}` };
    else whole.push(line);
  }
  return whole;
}

function isEmpty({ text }: AbcLine): boolean {
  return text.trim() === '';
}

/** The lines of a body without what is typeset as text, and without paragraphs of prose, which may stand between tunes. */
function withoutProse(lines: readonly AbcLine[]): AbcLine[] {
  const paragraphs: AbcLine[][] = [[]];
  let typeset = false;
  for (const line of lines) {
    if (/^%%begin(text|ps|svg)/.test(line.text)) typeset = true;
    else if (/^%%end(text|ps|svg)/.test(line.text)) typeset = false;
    else if (isEmpty(line)) paragraphs.push([]);
    else if (!typeset) paragraphs[paragraphs.length - 1].push(line);
  }
  return paragraphs.filter((paragraph, i) => i === 0 || !isProse(paragraph)).flat();
}

/** Without a bar line, and with letters that are no music. */
function isProse(paragraph: readonly AbcLine[]): boolean {
  const lines = paragraph.map(({ text }) => withoutComment(text)).filter((text) => isMusic(text) || !fieldOf(text));
  const bare = lines.map((text) => text.replace(/"[^"]*"|![^!]*!|\{[^}]*\}|\[[A-Za-z]:[^\]]*\]/g, ''));
  return bare.every((text) => !text.includes('|')) && bare.some((text) => /[h-tw]/.test(text));
}

function readTune(
  before: readonly AbcLine[],
  lines: readonly AbcLine[],
  name: string,
  repeats: 'play' | 'written',
): Score {
  const keyLine = lines.findIndex(({ text }) => /^K:/.test(text));
  if (keyLine < 0) {
    throw new RecurveError(
      'data',
      `${name}: expected a line K: in the tune that begins in line ${lines[0].number}, got none; add its key, such as K:G`,
    );
  }
  const header = readHeader([...before, ...lines.slice(0, keyLine + 1)], name);
  const { notes, pickup, metreChanges, begin } = readAbcBody(
    withoutProse(lines.slice(keyLine + 1)),
    header,
    name,
    repeats,
  );
  if (notes.length === 0) {
    throw new RecurveError(
      'data',
      `${name}: expected notes in the tune of line ${lines[0].number}, got none; remove the tune`,
    );
  }
  expectLength(lengthOf({ notes }), `${name}, tune of line ${lines[0].number}`);
  const { title, metre, tempo } = begin;
  const shift = begin.shift + begin.transposed;
  const key = shift % 12 === 0 ? begin.key : transposeKey(begin.key, shift);
  return {
    ...{ notes, title, key, pickup },
    ...(metre && { metre }),
    ...(metreChanges.length > 0 && { metreChanges }),
    ...(tempo && { tempo }),
  };
}

function readHeader(lines: readonly AbcLine[], name: string): AbcHeader {
  const header: AbcHeader = {
    ...{ title: '', key: parseKey('C'), signs: new Map(), metre: undefined, unit: 0, tempo: undefined },
    ...{ shift: 0, transposed: 0, accidentals: 'octave', order: undefined, drums: false },
    ...{ symbols: new Set(), macros: [], voices: new Map() },
  };
  const read = (wanted: (field: string) => boolean): void => {
    for (const line of lines) {
      const [field, value] = fieldOf(line.text) ?? [];
      if (field === 'P') header.order = value === '' ? undefined : value;
      // An instruction behind a voice is that voice's.
      else if (field === 'I' && /^MIDI\s+channel\s+10$/.test(value ?? '') && header.voices.size > 0)
        readVoice(header, `${[...header.voices.keys()].at(-1)} perc`);
      else if (field && value !== undefined && wanted(field)) readField(header, field, value, { line, name });
    }
  };
  read((field) => field !== 'Q');
  if (header.unit === 0) header.unit = unitFor(header.metre);
  // A tempo may count unit lengths, which L: or M: may give in a later line.
  read((field) => field === 'Q');
  return header;
}
