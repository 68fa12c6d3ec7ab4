import { RecurveError } from '../../errors.ts';
import { type AbcMacro, macroIn } from './abc-macros.ts';
import { type Key, parseKey } from './key.ts';
import { type Metre, parseMetre } from './metre.ts';

/** Where in a file a line stands, for messages. */
export interface AbcLine {
  text: string;
  number: number;
}

/** A voice as `V:` names it. */
export interface AbcVoiceField {
  id: string;
  /** Semitones from what is written to what sounds, where it says so. */
  shift?: number;
  /** Whether it is written for drums, whose notes are no pitches. */
  drums: boolean;
}

/** What the header of a tune says, or what holds at a place of its body. */
export interface AbcHeader {
  title: string;
  key: Key;
  /** What K: says of single letters beside its mode: semitones by letter, as in `K:D phr ^f`. */
  signs: ReadonlyMap<string, number>;
  metre: Metre | undefined;
  /** The unit note length as a share of a whole note. */
  unit: number;
  tempo: number | undefined;
  /** Semitones from what is written to what sounds; and those that `%%MIDI transpose` adds. */
  shift: number;
  transposed: number;
  /** How far an accidental goes: in its octave to the end of the bar (default), in all octaves, or nowhere. */
  accidentals: 'octave' | 'pitch' | 'not';
  /** Whether notes are drums, by a clef in K: or General MIDI's channel of them. */
  drums: boolean;
  /** The order of the parts, as the header has it. */
  order: string | undefined;
  /** Letters that `U:` makes decorations of. */
  symbols: Set<string>;
  macros: AbcMacro[];
  /** By name, in order. */
  voices: Map<string, AbcVoiceField>;
}

/** Applies a field of the header or between notes; those that say nothing about sound are passed over. */
export function readField(
  header: AbcHeader,
  field: string,
  value: string,
  { line, name }: { line: AbcLine; name: string },
): void {
  try {
    if (field === 'T' && header.title === '') header.title = value;
    else if (field === 'K') readKey(header, value);
    else if (field === 'M') header.metre = /^(none|)$/i.test(value) ? undefined : parseMetre(summed(value));
    else if (field === 'L') header.unit = fraction(value, 'a unit length such as 1/8');
    else if (field === 'V') readVoice(header, value);
    else if (field === 'Q') header.tempo = tempoOf(value, header.unit);
    else if (field === 'I') readInstruction(header, value);
    else if (field === 'U') header.symbols.add(value[0]);
    else if (field === 'm') header.macros.push(macroIn(value) ?? refuseMacro(value));
  } catch (cause) {
    if (!(cause instanceof RecurveError)) throw cause;
    throw abcError(name, line, cause.message, cause);
  }
}

function refuseMacro(value: string): never {
  throw new RecurveError(
    'data',
    `expected a macro such as ~G3 = G{A}G{F}G, got "${value.slice(0, 40)}"; repair the field, or write it out`,
  );
}

/** Applies `I:`, or the same after `%%`: of all instructions these change what sounds. */
function readInstruction(header: AbcHeader, value: string): void {
  const [name, first, second] = value.split(/\s+/, 3);
  if (name === 'propagate-accidentals' && (first === 'octave' || first === 'pitch' || first === 'not'))
    header.accidentals = first;
  else if (name === 'MIDI' && first === 'transpose' && /^[+-]?\d{1,2}$/.test(second ?? ''))
    header.transposed = Number(second);
  // Counted from 1.
  else if (name === 'MIDI' && first === 'channel') header.drums = second === '10';
}

/** The field that a line is, with its value; `%%` instructions are those of `I:`. */
export function fieldOf(text: string): [field: string, value: string] | undefined {
  const [, instruction] = /^%%(.*)$/.exec(text) ?? [];
  if (instruction !== undefined) return ['I', withoutComment(instruction).trim()];
  const [, field, value] = /^([A-Za-z+]):(.*)$/.exec(withoutComment(text)) ?? [];
  return field === undefined ? undefined : [field, value.trim()];
}

/** Whether a line of a body that looks like a field is music, which may begin with a note before a bar line: `G:|`, `c::`. */
export function isMusic(text: string): boolean {
  return /^(?:[a-gxz]:|[A-G]::*\|)/.test(text);
}

export function abcError(name: string, line: AbcLine, what: string, cause?: unknown): RecurveError {
  return new RecurveError('data', `${name}, line ${line.number}: ${what}`, { cause });
}

/** A comment runs from % to the end of the line. */
export function withoutComment(text: string): string {
  const at = text.search(/(?<!\\)%/);
  return (at < 0 ? text : text.slice(0, at)).trimEnd();
}

/** Applies `V:`: the voice's name, and what it says of its notes in addition to what it said before. */
export function readVoice({ voices }: AbcHeader, value: string): AbcVoiceField {
  const [id] = value.split(/\s/, 1);
  const before = voices.get(id);
  const shift = shiftIn(value) ?? before?.shift;
  const drums = before?.drums === true || isPercussion(value);
  const voice = { id, ...(shift !== undefined && { shift }), drums };
  voices.set(id, voice);
  return voice;
}

/**
 * Semitones by which `octave=`, `transpose=` or the 8 of a clef (`treble-8`) let what is written sound higher; undefined where none is
 * given. The 8 counts alone only: files say the same octave twice.
 */
function shiftIn(value: string): number | undefined {
  const plain = withoutQuotes(value);
  // Of drafts of the next standard; passed over, they would be heard in another key.
  const [draft] = /(?<!\S)(?:sound|shift|instrument)=[\^_=]*[A-G]\S*/i.exec(plain) ?? [];
  if (draft !== undefined) {
    throw new RecurveError(
      'data',
      `expected octave= or transpose= where notes sound elsewhere than they are written, got "${draft}"; write it so, as in transpose=-2`,
    );
  }
  const [, octaves] = /(?<!\S)octave=([+-]?\d{1,2})(?!\S)/.exec(plain) ?? [];
  const [, semitones] = /(?<!\S)transpose=([+-]?\d{1,2})(?!\S)/.exec(plain) ?? [];
  if (octaves || semitones) return 12 * Number(octaves ?? 0) + Number(semitones ?? 0);
  const [, eight] = /(?<![^\s=])(?:treble|alto|tenor|bass)[1-5]?([+-])8(?!\S)/.exec(plain) ?? [];
  return eight === undefined ? undefined : eight === '+' ? 12 : -12;
}

function withoutQuotes(text: string): string {
  return text.replace(/"[^"]*"/g, '');
}

/** What stands in K: without saying a key: how the notes are drawn. */
const LAYOUT = /^(clef|octave|transpose|middle|stafflines|staffscale|style|treble|alto|tenor|bass|perc)\b/;

/** Whether a clef is that of drums. */
function isPercussion(value: string): boolean {
  return /(?:^|[\s=])perc\b/.test(withoutQuotes(value));
}

function readKey(header: AbcHeader, value: string): void {
  if (isPercussion(value)) header.drums = true;
  header.shift = shiftIn(value) ?? header.shift;
  if (value === '' || LAYOUT.test(value)) return;
  const match =
    /^([A-G][#b]?)\s*(maj\w*|min\w*|m|mix\w*|dor\w*|phr\w*|lyd\w*|loc\w*|ion\w*|aeo\w*)?(?=\s|$)(.*)$/i.exec(value);
  header.signs = signsIn(match?.[3] ?? '');
  if (match) header.key = parseKey(`${match[1]} ${match[2] ?? ''}`);
  // The pipes sound F sharp and C sharp, which Hp writes and HP takes for granted.
  else if (/^H[Pp]/.test(value)) header.key = parseKey('D');
  else if (value.startsWith('none')) {
    header.key = parseKey('C');
    header.signs = signsIn(value.slice(4));
  } else header.key = parseKey(value);
}

/** `^f _b =c`; after `exp` the other letters have no sign. */
function signsIn(text: string): Map<string, number> {
  const signs = new Map(/^\s*exp\b/i.test(text) ? [...'ABCDEFG'].map((letter) => [letter, 0]) : []);
  for (const [, sign, letter] of text.matchAll(/(?<!\S)(\^{1,2}|_{1,2}|=)([A-G])(?!\S)/gi))
    signs.set(letter.toUpperCase(), sign === '=' ? 0 : sign.length * (sign[0] === '^' ? 1 : -1));
  return signs;
}

/** `2+3/8` and `(2+3)/8` as `5/8`. */
function summed(metre: string): string {
  const [, beats, unit] = /^\(?(\d+(?:\+\d+)+)\)?\/(\d+)$/.exec(metre) ?? [];
  return beats ? `${beats.split('+').reduce((sum, n) => sum + Number(n), 0)}/${unit}` : metre;
}

function fraction(text: string, wanted: string): number {
  const match = /^(\d+)(?:\/(\d+))?$/.exec(text.trim());
  const value = match ? Number(match[1]) / Number(match[2] ?? 1) : Number.NaN;
  if (value > 0 && value <= 4) return value;
  throw new RecurveError('data', `expected ${wanted}, got "${text}"; repair the field`);
}

/** Without L:, sixteenths in metres below 3/4 and eighths else, as the standard says. */
export function unitFor(metre: Metre | undefined): number {
  return metre && metre.beats / metre.unit < 0.75 ? 1 / 16 : 1 / 8;
}

/**
 * `1/4=120`, or `120` units a minute, in quarters a minute; anything else (a word) is no tempo. A beat of several notes,
 * `1/4 3/8=40`, is as long as they are together; `C3=40` counts beats of three units.
 */
function tempoOf(value: string, unit: number): number | undefined {
  const match = /^\s*(?:((?:\d+\/\d+\s*)+)=\s*|C(\d*)\s*=\s*)?(\d+(?:\.\d+)?)\s*$/.exec(withoutQuotes(value));
  if (!match) return undefined;
  const [, notes, units, perMinute] = match;
  const beat = notes
    ? [...notes.matchAll(/(\d+)\/(\d+)/g)].reduce((sum, [, above, below]) => sum + Number(above) / Number(below), 0)
    : unit * Number(units || 1);
  const tempo = Number(perMinute) * beat * 4;
  return tempo > 0 && Number.isFinite(tempo) ? tempo : undefined;
}
