import { BAR, barOf, MOST_PASSES } from './abc-bar.ts';
import { type AbcHeader, type AbcLine, abcError, readField } from './abc-fields.ts';
import { AbcLayers } from './abc-layers.ts';
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
const NOTE = /^(\^{1,2}|_{1,2}|=)?([A-Ga-g])([,']*)(\d*)(\/*)(\d*)/;
const REST = /^([zxZX])(\d*)(\/*)(\d*)/;
/** What may stand between notes and does not sound; `;` and `@` are reserved, to be passed over. A lone `!` is an old line break. */
const SILENT = /^(?:"[^"]*"|![^!\s|]*!|!|\+[^+\s]*\+|\{[^}]*\}|y[\d/.]*|[~.\\`*?;@uvH-W$]|\s+|\))/;
/** Decorations that send a player to another place. */
const JUMP = /^[!+](?:D\.[CS]\.\w*|dacapo|dacoda)[!+]$/i;

type WrittenNote = readonly [accidental: string | undefined, letter: string, octaves: string];

/** Turns the text of one voice into items: sounds with lengths, and bar lines. Fields hold from where they stand on, in their voice. */
export class AbcVoice {
  /** What held where the first note or rest was struck; undefined before it. */
  begin: AbcHeader | undefined;
  /** The first sign to go on elsewhere, which a player would follow. */
  jump: { sign: string; line: AbcLine } | undefined;
  readonly #header: AbcHeader;
  readonly #name: string;
  readonly #lines = new AbcLayers();
  #part: object | undefined;
  #last: AbcLine | undefined;

  constructor(header: AbcHeader, name: string) {
    this.#header = header;
    this.#name = name;
  }

  get items(): readonly AbcItem[] {
    return this.#lines.items;
  }

  field(line: AbcLine, field: string, value: string): void {
    readField(this.#header, field, value, { line, name: this.#name });
  }

  /** Lets the notes to come sound so many semitones higher than they are written. */
  move(semitones: number): void {
    this.#header.shift = semitones;
  }

  /** Says in which part the music to come stands. */
  enter(part: { name: string } | undefined): void {
    if (part && part !== this.#part) this.#lines.items.push({ kind: 'part', name: part.name });
    this.#part = part;
  }

  music(line: AbcLine, text: string): void {
    this.#last = line;
    let rest = text;
    while (rest !== '') {
      const taken = this.#next(rest, line);
      if (taken === 0) this.#refuse(rest, line);
      rest = rest.slice(taken);
    }
  }

  /** Refuses what the end of the tune leaves open. */
  end(): void {
    if (this.#last) this.#expectFit(this.#last);
  }

  /** Reads one sign at the head of the text; gives its length, 0 where it is none. The first rule that matches counts. */
  #next(text: string, line: AbcLine): number {
    const rules: [RegExp, (match: RegExpExecArray) => void][] = [
      [
        SILENT,
        ([sign]) => {
          if (JUMP.test(sign)) this.jump ??= { sign, line };
        },
      ],
      [/^\[([A-Za-z]):([^\]]*)\]/, (match) => this.field(line, match[1], match[2].trim())],
      [/^(?:>{1,3}|<{1,3})/, ([signs]) => this.#breakRhythm(signs, line)],
      [/^\((\d+)(?::(\d*))?(?::(\d*))?/, (match) => this.#beginTuplet(match, line)],
      [/^(?:\(&|&\))/, ([sign]) => this.#refuseSpan(sign, line)],
      [/^&+/, ([signs]) => this.#overlay(signs, line)],
      [/^\(/, () => {}],
      [/^-/, () => this.#tie()],
      [BAR, ([signs, after, alone]) => this.#bar(signs, after ?? alone, line)],
      [REST, ([, letter, ...length]) => this.#rest(letter, this.#factor(length, line))],
      [
        NOTE,
        ([, accidental, letter, octaves, ...length]) => {
          this.#sound(this.#pitches([[accidental, letter, octaves]]), this.#length(this.#factor(length, line)));
        },
      ],
      // What U: names is a decoration.
      [/^[h-w]/, ([sign]) => this.#header.symbols.has(sign) || this.#refuse(text, line)],
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
  #pitches(notes: readonly WrittenNote[]): number[] {
    const line = this.#lines.current;
    line.sounded = [];
    return notes.map(([accidental, letter, octaves]) => {
      const upper = letter.toUpperCase();
      const octave = (letter === upper ? 0 : 1) + octaves.split("'").length - octaves.split(',').length;
      const { key, signs, shift: moved, transposed, accidentals } = this.#header;
      const place = accidentals === 'pitch' ? upper : `${upper}${octave}`;
      const own = accidental === undefined ? undefined : shiftOf(accidental);
      if (own !== undefined && accidentals !== 'not') line.accidentals.set(place, own);
      const written = own ?? line.accidentals.get(place) ?? line.carried.get(place);
      const shift = written ?? signs.get(upper) ?? signatureOf(key as Key, upper);
      line.sounded.push({ place, shift });
      return 60 + LETTERS[upper] + 12 * octave + shift + moved + transposed;
    });
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
    const line = this.#lines.current;
    let ticks = factor * this.#header.unit * WHOLE * line.broken;
    line.broken = 1;
    if (line.tuplet.left > 0) {
      line.tuplet.left--;
      ticks *= line.tuplet.factor;
    }
    return ticks;
  }

  #sound(pitches: number[], ticks: number): void {
    this.begin ??= { ...this.#header };
    this.#lines.current.carried = new Map();
    const notes = pitches.map((pitch) => ({ pitch, tied: false }));
    this.#lines.add({ kind: 'sound', notes, ticks, metre: this.#header.metre });
  }

  #rest(letter: string, factor: number): void {
    const bars = letter === 'Z' || letter === 'X';
    const ticks = bars ? factor * barTicks(this.#header.metre ?? { beats: 4, unit: 4 }) : this.#length(factor);
    this.#sound([], ticks);
  }

  /** `[CEG]2`, as long as its first note. Gives the length of its text. */
  #chord(text: string, line: AbcLine): number {
    const end = text.indexOf(']');
    const notes: WrittenNote[] = [];
    const tied = new Set<number>();
    let factor = 1;
    let rest = end < 0 ? '' : text.slice(1, end);
    while (rest !== '') {
      const note = NOTE.exec(rest);
      // Signs of other dialects inside a chord, `+` and a tuplet's `(3`, do not change what sounds.
      const sign = note ?? /^(?:-|\+|\(\d?)/.exec(rest) ?? SILENT.exec(rest);
      if (!sign) break;
      rest = rest.slice(sign[0].length);
      if (sign[0] === '-') tied.add(notes.length - 1);
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
    this.#tie((n) => tied.has(n));
    return end + 1 + outer.length;
  }

  #breakRhythm(signs: string, line: AbcLine): void {
    const { last, broken } = this.#lines.current;
    if (!last || broken !== 1) {
      const got = last ? 'two such signs' : 'none';
      throw abcError(this.#name, line, `expected a note before "${signs}", got ${got}; repair the line`);
    }
    const short = 1 / 2 ** signs.length;
    const [before, after] = signs[0] === '>' ? [2 - short, short] : [short, 2 - short];
    last.ticks *= before;
    this.#lines.current.broken = after;
  }

  #beginTuplet([written, p, q, r]: RegExpExecArray, line: AbcLine): void {
    const count = Number(p);
    if (count < 2 || count > 99 || (q && Number(q) === 0) || (r && Number(r) === 0)) {
      throw abcError(
        this.#name,
        line,
        `expected a tuplet such as (3 or (3:2:3, got "${written}"; write numbers above 0, the first of them from 2`,
      );
    }
    const metre = this.#header.metre;
    const compound = metre !== undefined && metre.beats % 3 === 0 && metre.beats > 3;
    const time = q ? Number(q) : (IN_TIME_OF[count] ?? (compound ? 3 : 2));
    this.#lines.current.tuplet = { left: r ? Number(r) : count, factor: time / count };
  }

  /** Ties the notes of the last sound, counted from 0. */
  #tie(which: (note: number) => boolean = () => true): void {
    this.#lines.current.last?.notes.forEach((note, n) => {
      if (which(n)) note.tied = true;
    });
  }

  #overlay(signs: string, line: AbcLine): void {
    this.#expectFit(line);
    if (this.#lines.lay(signs.length)) return;
    throw abcError(
      this.#name,
      line,
      `expected bars for another line before "${signs}", got too few or too many lines; write it in the bar it belongs to, or as a voice`,
    );
  }

  #refuseSpan(sign: string, line: AbcLine): never {
    throw abcError(
      this.#name,
      line,
      `expected another line of a bar after &, got "${sign}", which the standard does not have; write & in each bar, or a voice`,
    );
  }

  #refuse(text: string, line: AbcLine): never {
    throw abcError(this.#name, line, `expected notes, bars or rests, got "${text.slice(0, 12)}"; repair the line`);
  }

  /** Refuses a line over a bar that would go on after it. */
  #expectFit(line: AbcLine): void {
    const { excess } = this.#lines;
    if (excess === 0) return;
    throw abcError(
      this.#name,
      line,
      `expected a line after & that is as long as its bar, got one that is ${Number((excess / TICKS).toFixed(3))} quarters longer; repair the bar`,
    );
  }

  #bar(signs: string, passes: string | undefined, line: AbcLine): void {
    const bar = barOf(signs, passes);
    if (!bar) {
      throw abcError(
        this.#name,
        line,
        `expected passes such as [1 or [1,3 up to ${MOST_PASSES}, got "${(passes ?? signs).slice(0, 40)}"; write their numbers`,
      );
    }
    this.#expectFit(line);
    if (!this.#lines.endBar()) return;
    this.#lines.items.push(bar);
    this.#lines.beginBar();
  }
}

function shiftOf(accidental: string): number {
  return accidental === '=' ? 0 : accidental.length * (accidental[0] === '^' ? 1 : -1);
}
