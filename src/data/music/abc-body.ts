import { type AbcHeader, type AbcLine, readField, readVoice, withoutComment } from './abc-fields.ts';
import { placedItems } from './abc-place.ts';
import { playedItems } from './abc-repeats.ts';
import { AbcVoice } from './abc-voice.ts';
import { byTime, type Note } from './score.ts';

/** Where in a line another voice begins. */
const TURN = /\[V:([^\]]*)\]/;

/** The notes of a tune, and what held when the first of them was struck. */
export interface AbcBody {
  notes: Note[];
  pickup: number;
  begin: AbcHeader;
}

/**
 * Reads the notes of a tune: every voice that has notes, numbered as header and body name them first. Fields before all notes and all
 * `V:` hold for every voice, later ones for the voice in which they stand. Key, metre and pickup are those of the first voice.
 */
export function readAbcBody(
  lines: readonly AbcLine[],
  header: AbcHeader,
  name: string,
  repeats: 'play' | 'written',
): AbcBody {
  const voices = voicesOf(lines, { ...header }, name);
  const placed = voices.map(({ items, begin = header }) => ({
    begin,
    ...placedItems(repeats === 'play' ? playedItems(items) : items, begin.metre),
  }));
  const sounding = placed.filter(({ notes }) => notes.length > 0);
  const notes = sounding.flatMap(({ notes: own }, voice) => own.map((note) => ({ ...note, voice })));
  const { pickup, begin } = sounding[0] ?? { pickup: 0, begin: header };
  return { notes: notes.sort(byTime), pickup, begin };
}

/** The voices of a body that are no drums, in order. */
function voicesOf(lines: readonly AbcLine[], common: AbcHeader, name: string): AbcVoice[] {
  const begun = new Map<string, AbcVoice>();
  // Notes before any V: belong to the first voice.
  const [first = '1'] = common.voices.keys();
  let current: string | undefined;
  const voice = (): AbcVoice => {
    const id = current ?? first;
    const named = common.voices.get(id) ?? readVoice(common, id);
    const known = begun.get(id) ?? new AbcVoice({ ...common, shift: named.shift ?? common.shift }, name);
    begun.set(id, known);
    return known;
  };
  const turn = (value: string): void => {
    const { id, shift } = readVoice(common, value);
    current = id;
    if (shift !== undefined) begun.get(id)?.move(shift);
  };
  for (const line of lines) {
    const text = withoutComment(line.text);
    const [, field, value = ''] = /^([A-Za-z+]):(.*)$/.exec(text) ?? [];
    if (field === 'V') turn(value.trim());
    else if (field === undefined) {
      text.split(TURN).forEach((part, i) => {
        if (i % 2 === 1) turn(part.trim());
        else if (part !== '') voice().music(line, part);
      });
    } else if (current === undefined && begun.size === 0) readField(common, field, value.trim(), { line, name });
    else voice().field(line, field, value.trim());
  }
  return [...common.voices.values()].flatMap(({ id, drums }) => (drums ? [] : (begun.get(id) ?? [])));
}
