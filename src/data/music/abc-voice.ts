import { type AbcHeader, type AbcLine, abcError, readField } from './abc-fields.ts';
import type { AbcItem } from './abc-repeats.ts';
import { type Key, signatureOf } from './key.ts';
import { barTicks } from './metre.ts';
import { LETTERS } from './pitch.ts';
import { TICKS } from './score.ts';

/** Ticks of a whole note. */
const WHOLE = 4 * TICKS;

/** Notes of a tuplet by its number, where only that is written: `(3` plays three in the time of two. */
const IN_TIME_OF: Readonly<Record<number, number>> = { 2: 3, 3: 2, 4: 3, 6: 2, 8: 3 };

const LENGTH = /^(\d*)(\/*)(\d*)/;
const NOTE = /^([_^=]{0,2})([A-Ga-g])([,']*)(\d*)(\/*)(\d*)/;
const REST = /^([zxZX])(\d*)(\/*)(\d*)/;
const BAR = /^(?:\[\||:*\|[|\]:]*|::+|:)(?:\s*\[?(\d[\d,-]*))?|^\[(\d[\d,-]*)/;
/** What may stand between notes and does not sound; of a bar with a second line after `&` the first. A lone `!` is an old line break. */
const SILENT =
  /^(?:"[^"]*"|![^!\s|]*!|!|\+[^+\s]*\+|\{[^}]*\}|y[\d/.]*|[~.\\`*?uvH-W$]|\s+|\)|&(?:"[^"]*"|\(\d:\d*:?\d*|[^"|:])*)/;
/** Turns the text of one voice into items: sounds with lengths, and bar lines. Fields hold from where they stand on, in their voice. */
export class AbcVoice {
  readonly items: AbcItem[] = [];
  /** What held where the first note or rest was struck; undefined before it. */
  begin: AbcHeader | undefined;
  readonly #header: AbcHeader;
  readonly #name: string;
  /** Accidentals written in the running bar, by letter and octave. */
  #accidentals = new Map<string, number>();
  /** What `(3` still applies to. */
  #tuplet = { left: 0, factor: 1 };
  /** Factor on the next note's length, after > or <. */
  #broken = 1;
  /** Shifts of the last sound's notes, by letter and octave, and of those that are tied over a bar line: their accidentals go with them. */
  #sounded = new Map<string, number>();
  #carried = new Map<string, number>();
  constructor(header: AbcHeader, name: string) {
    this.#header = header;
    this.#name = name;
  }

  field(line: AbcLine, field: string, value: string): void {
    readField(this.#header, field, value, { line, name: this.#name });
  }

  /** Lets the notes to come sound so many semitones higher than they are written. */
  move(semitones: number): void {
    this.#header.shift = semitones;
  }

  music(line: AbcLine, text: string): void {
    let rest = text;
    while (rest !== '') {
      const taken = this.#next(rest, line);
      if (taken === 0) {
        throw abcError(this.#name, line, `expected notes, bars or rests, got "${rest.slice(0, 12)}"; repair the line`);
      }
      rest = rest.slice(taken);
    }
  }

  /** Reads one sign at the head of the text; gives its length, 0 where it is none. The first rule that matches counts. */
  #next(text: string, line: AbcLine): number {
    const rules: [RegExp, (match: RegExpExecArray) => void][] = [
      [SILENT, () => {}],
      [/^\[([A-Za-z]):([^\]]*)\]/, (match) => this.field(line, match[1], match[2].trim())],
      [/^[<>]{1,3}/, ([signs]) => this.#breakRhythm(signs, line)],
      [/^\((\d)(?::(\d*))?(?::(\d*))?/, (match) => this.#beginTuplet(match, line)],
      [/^\(/, () => {}],
      [/^-/, () => this.#tie()],
      [BAR, ([signs, after, alone]) => this.#bar(signs, after ?? alone)],
      [REST, ([, letter, ...length]) => this.#rest(letter, this.#factor(length, line))],
      [
        NOTE,
        ([, accidental, letter, octaves, ...length]) => {
          this.#sound(this.#pitches([[accidental, letter, octaves]]), this.#length(this.#factor(length, line)));
        },
      ],
    ];
    for (const [pattern, read] of rules) {
      const match = pattern.exec(text);
      if (!match) continue;
      read(match);
      return match[0].length;
    }
    return text.startsWith('[') ? this.#chord(text, line) : 0;
  }

  /** Pitches of the notes of one sound. */
  #pitches(notes: readonly (readonly [accidental: string, letter: string, octaves: string])[]): number[] {
    this.#sounded = new Map();
    return notes.map((note) => this.#pitch(...note));
  }

  #pitch(accidental: string, letter: string, octaves: string): number {
    const upper = letter.toUpperCase();
    const octave = (letter === upper ? 0 : 1) + octaves.split("'").length - octaves.split(',').length;
    const place = `${upper}${octave}`;
    if (accidental !== '') {
      const shift = accidental.includes('=') ? 0 : accidental.length * (accidental[0] === '^' ? 1 : -1);
      this.#accidentals.set(place, shift);
    }
    const { key, signs, shift: moved } = this.#header;
    const written = this.#accidentals.get(place) ?? this.#carried.get(place);
    const shift = written ?? signs.get(upper) ?? signatureOf(key as Key, upper);
    this.#sounded.set(place, shift);
    return 60 + LETTERS[upper] + 12 * octave + shift + moved;
  }

  /** `2`, `/`, `//`, `3/2` as a factor. */
  #factor([numerator, slashes, denominator]: readonly string[], line: AbcLine): number {
    if (Number(numerator || 1) === 0 || Number(denominator || 1) === 0) {
      const written = `${numerator}${slashes}${denominator}`;
      throw abcError(this.#name, line, `expected a length such as 2 or 3/2, got "${written}"; write a length above 0`);
    }
    const below = denominator ? Number(denominator) * 2 ** (slashes.length - 1) : 2 ** slashes.length;
    return (numerator ? Number(numerator) : 1) / Math.max(below, 1);
  }

  /** Ticks of the next note, whose written length is `factor` units. */
  #length(factor: number): number {
    let ticks = factor * this.#header.unit * WHOLE * this.#broken;
    this.#broken = 1;
    if (this.#tuplet.left > 0) {
      this.#tuplet.left--;
      ticks *= this.#tuplet.factor;
    }
    return ticks;
  }

  #sound(pitches: number[], ticks: number): void {
    this.begin ??= { ...this.#header };
    this.#carried = new Map();
    this.items.push({ kind: 'sound', pitches, ticks, tied: false });
  }

  #rest(letter: string, factor: number): void {
    const bars = letter === 'Z' || letter === 'X';
    const ticks = bars ? factor * barTicks(this.#header.metre ?? { beats: 4, unit: 4 }) : this.#length(factor);
    this.#sound([], ticks);
  }

  /** `[CEG]2`, as long as its first note. Gives the length of its text. */
  #chord(text: string, line: AbcLine): number {
    const end = text.indexOf(']');
    const notes: [string, string, string][] = [];
    let factor = 1;
    let rest = end < 0 ? '' : text.slice(1, end);
    let tied = false;
    while (rest !== '') {
      const note = NOTE.exec(rest);
      // Signs of other dialects inside a chord, `+` and a tuplet's `(3`, do not change what sounds.
      const sign = note ?? /^(?:-|\+|\(\d?)/.exec(rest) ?? SILENT.exec(rest);
      if (!sign) break;
      rest = rest.slice(sign[0].length);
      if (sign[0] === '-') tied = true;
      if (!note) continue;
      const [, accidental, letter, octaves, ...length] = note;
      const own = this.#factor(length, line);
      if (notes.length === 0) factor = own;
      notes.push([accidental, letter, octaves]);
    }
    if (end < 0) {
      throw abcError(
        this.#name,
        line,
        `expected ] at the end of the chord "${text.slice(0, 12)}", got the end of the line; close it, as in [CEG]`,
      );
    }
    if (rest !== '' || notes.length === 0) {
      throw abcError(
        this.#name,
        line,
        `expected a chord such as [CEG], got "${text.slice(0, end + 1)}"; repair its notes`,
      );
    }
    const [outer, ...length] = LENGTH.exec(text.slice(end + 1)) as RegExpExecArray;
    this.#sound(this.#pitches(notes), this.#length(factor * this.#factor(length, line)));
    if (tied) this.#tie();
    return end + 1 + outer.length;
  }

  #breakRhythm(signs: string, line: AbcLine): void {
    const last = this.items.at(-1);
    if (last?.kind !== 'sound') {
      throw abcError(this.#name, line, `expected a note before "${signs}", got none; repair the line`);
    }
    const short = 1 / 2 ** signs.length;
    const [before, after] = signs[0] === '>' ? [2 - short, short] : [short, 2 - short];
    last.ticks *= before;
    this.#broken = after;
  }

  #beginTuplet([written, p, q, r]: RegExpExecArray, line: AbcLine): void {
    const count = Number(p);
    if (count === 0 || (q && Number(q) === 0)) {
      throw abcError(
        this.#name,
        line,
        `expected a tuplet such as (3 or (3:2:3, got "${written}"; write numbers above 0`,
      );
    }
    const metre = this.#header.metre;
    const compound = metre !== undefined && metre.beats % 3 === 0 && metre.beats > 3;
    const time = q ? Number(q) : (IN_TIME_OF[count] ?? (compound ? 3 : 2));
    this.#tuplet = { left: r ? Number(r) : count, factor: time / count };
  }

  #tie(): void {
    const last = this.items.at(-1);
    if (last?.kind === 'sound') last.tied = true;
  }

  #bar(signs: string, endings: string | undefined): void {
    this.#accidentals = new Map();
    const last = this.items.at(-1);
    this.#carried = last?.kind === 'sound' && last.tied ? this.#sounded : new Map();
    // `::` stands for an end and a start; a lone `[1` is an ending without a bar line.
    const ends = /^:/.test(signs);
    const starts = /(?:\||^:):+/.test(signs);
    const double = /\|\||\|\]|\[\|/.test(signs);
    this.items.push({
      kind: 'bar',
      ends,
      starts: starts || (ends && /^::/.test(signs)),
      double,
      endings: endings === undefined ? [] : numbersOf(endings),
    });
  }
}

/** `1`, `1,3`, `1-3` */
function numbersOf(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return Array.from({ length: Math.max(0, Math.min(to, 16) - from + 1) }, (_, i) => from + i);
  });
}
