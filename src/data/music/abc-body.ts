import {
  type AbcHeader,
  type AbcLine,
  abcError,
  fieldOf,
  isMusic,
  readField,
  readVoice,
  withoutComment,
} from './abc-fields.ts';
import { withoutMacros } from './abc-macros.ts';
import { orderedItems } from './abc-parts.ts';
import { placedItems } from './abc-place.ts';
import { playedItems } from './abc-repeats.ts';
import { AbcVoice } from './abc-voice.ts';
import type { MetreChange } from './metre.ts';
import { byTime, type Note } from './score.ts';

/** Where in a line another voice or part begins. */
const TURN = /\[([VP]):([^\]]*)\]/;

/** The notes of a tune, and what held when the first of them was struck. */
export interface AbcBody {
  notes: Note[];
  pickup: number;
  metreChanges: MetreChange[];
  begin: AbcHeader;
}

/**
 * Reads the notes of a tune: every voice that has notes, numbered as header and body name them first, and after each the lines over it.
 * Fields before all notes, all `V:` and all `P:` hold for every voice, later ones for the voice in which they stand. Key, metres and
 * pickup are those of the first voice.
 */
export function readAbcBody(
  lines: readonly AbcLine[],
  header: AbcHeader,
  name: string,
  repeats: 'play' | 'written',
): AbcBody {
  const voices = voicesOf(lines, { ...header }, name);
  // An order of parts that nobody marked only describes the tune.
  const order = voices.some(({ items }) => items.some(({ kind }) => kind === 'part')) ? header.order : undefined;
  const placed = voices.map(({ items, jump, begin = header }) => {
    if (repeats === 'written') return { begin, ...placedItems(items, begin.metre) };
    if (jump)
      throw abcError(
        name,
        jump.line,
        `expected repeats and parts (P:) to say what is played, got ${jump.sign}; write the bars out, or read them as written`,
      );
    const played = order === undefined ? playedItems(items) : orderedItems(items, order, name);
    return { begin, ...placedItems(played, begin.metre) };
  });
  const sounding = placed.filter((voice) => voice.lines.some((own) => own.length > 0));
  const parts = sounding.flatMap((voice) => voice.lines.filter((own) => own.length > 0));
  const notes = parts.flatMap((own, voice) => own.map((note) => ({ ...note, voice })));
  const { pickup, metreChanges, begin } = sounding[0] ?? { pickup: 0, metreChanges: [], begin: header };
  return { notes: notes.sort(byTime), pickup, metreChanges, begin };
}

/** The voices of a body that are no drums, in order. */
function voicesOf(lines: readonly AbcLine[], common: AbcHeader, name: string): AbcVoice[] {
  const begun = new Map<string, AbcVoice>();
  // Notes before any V: belong to the first voice.
  const [first = '1'] = common.voices.keys();
  let current: string | undefined;
  let part: { name: string } | undefined;
  const voice = (): AbcVoice => {
    const id = current ?? first;
    const { shift = common.shift } = common.voices.get(id) ?? readVoice(common, id);
    const known = begun.get(id) ?? new AbcVoice({ ...common, shift }, name);
    begun.set(id, known);
    return known;
  };
  const turnTo = (line: AbcLine, field: string, value: string): void => {
    if (field === 'P') {
      part = { name: value };
      return;
    }
    // Names the line of what is refused.
    readField(common, 'V', value, { line, name });
    const { id, shift } = readVoice(common, value);
    current = id;
    if (shift !== undefined) begun.get(id)?.move(shift);
  };
  const music = (line: AbcLine): void => {
    const text = withoutMacros(withoutComment(line.text), common.macros);
    if (text === undefined) throw abcError(name, line, 'expected macros that end, got a line that grows; repair m:');
    const pieces = text.split(TURN);
    for (let i = 0; i < pieces.length; i += 3) {
      if (i > 0) turnTo(line, pieces[i - 2], pieces[i - 1].trim());
      if (pieces[i] === '') continue;
      if (pieces[i].trim() !== '') voice().enter(part);
      voice().music(line, pieces[i]);
    }
  };
  for (const line of lines) {
    const [field, value = ''] = (isMusic(line.text) ? undefined : fieldOf(line.text)) ?? [];
    if (field === undefined) music(line);
    else if (field === 'V' || field === 'P') turnTo(line, field, value);
    else if (current === undefined && begun.size === 0) readField(common, field, value, { line, name });
    else voice().field(line, field, value);
  }
  for (const { id } of common.voices.values()) begun.get(id)?.end();
  return [...common.voices.values()].flatMap(({ id, drums }) => {
    const known = begun.get(id);
    return known && !drums && !known.begin?.drums ? [known] : [];
  });
}
