import { formatClock } from '../civil.ts';
import type { MissingCells } from './missing.ts';
import { parseNumber } from './number.ts';
import type { Cell, Column, TimeColumn } from './table.ts';
import { parseStamp } from './time.ts';

/** Distinct texts a column keeps; the rest share one entry, so that a column of notes cannot fill the memory. */
const MAX_TEXTS = 1_000_000;

/** Elements in a full chunk: large enough to be cheap, small enough that a half-full last one wastes little. */
const CHUNK = 65_536;

export interface ColumnRules {
  decimal: '.' | ',';
  missing: MissingCells;
  /** Keep every cell's exact text, whatever it looks like (series ids such as 007). */
  asText: boolean;
}

/**
 * A column that grows cell by cell and finds its own type: numbers, time stamps or texts.
 *
 * The first cell that is not missing decides. The first cell that breaks the type turns the column into texts and is
 * remembered. Storage is a list of chunks, so growing never copies what is there.
 */
export class ColumnBuilder {
  readonly name: string;
  readonly #rules: ColumnRules;
  #kind: 'empty' | 'number' | 'time' | 'text' = 'empty';
  #length = 0;
  #missing = 0;
  #full: (Float64Array | Int32Array)[] = [];
  #chunk: Float64Array | Int32Array = new Float64Array(16);
  #at = 0;
  #zoned = false;
  #yearFirst = false;
  #evidence: TimeColumn['evidence'] = {};
  #dictionary: string[] = [];
  #codes = new Map<string, number>();
  #breaks: Cell | undefined;
  #spelt: Cell | undefined;

  constructor(name: string, rules: ColumnRules) {
    this.name = name;
    this.#rules = rules;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds the text of a cell. */
  push(text: string): void {
    if (this.#kind === 'number') {
      const value = parseNumber(text, this.#rules.decimal);
      // A difference is NaN for NaN and for the infinities alone.
      if (value - value === 0) {
        if (this.#rules.missing.numeric && this.#rules.missing.hasNumber(value)) {
          this.pushMissing();
          return;
        }
        if (this.#at === this.#chunk.length) this.#grow();
        this.#chunk[this.#at++] = value;
        this.#length++;
        return;
      }
    }
    this.#pushSlowly(text);
  }

  /** Adds a number that needs no parsing; an infinity is kept as its text, to be refused by name later. */
  pushNumber(value: number): void {
    if (Number.isNaN(value) || this.#rules.missing.hasNumber(value)) this.pushMissing();
    else if (!Number.isFinite(value) || this.#rules.asText) this.push(String(value));
    else {
      if (this.#kind === 'empty') this.#kind = 'number';
      if (this.#kind === 'number') this.#put(value);
      else this.push(String(value));
    }
  }

  /** Adds an instant, in milliseconds since 1970-01-01 UTC; `zoned: false` for a clock reading. */
  pushTime(ms: number, zoned: boolean): void {
    if (!Number.isFinite(ms)) {
      this.pushMissing();
      return;
    }
    if (this.#kind === 'empty' && !this.#rules.asText) {
      this.#kind = 'time';
      this.#zoned = zoned;
      this.#yearFirst = true;
    }
    if (this.#kind === 'time' && this.#zoned === zoned && this.#yearFirst) this.#put(ms);
    else this.push(formatClock(ms) + (zoned ? ' UTC' : ''));
  }

  pushMissing(): void {
    this.#missing++;
    this.#put(this.#kind === 'text' ? -1 : Number.NaN);
  }

  /** Adds `count` missing cells. */
  skip(count: number): void {
    for (let k = 0; k < count; k++) this.pushMissing();
  }

  /** Ends the column and hands over its cells. */
  finish(): Column {
    const { name } = this;
    const missing = this.#missing;
    if (this.#kind === 'text') {
      const truncated = this.#dictionary.length > MAX_TEXTS;
      const codes = this.#join(new Int32Array(this.#length)) as Int32Array;
      const text = { kind: 'text', name, codes, dictionary: this.#dictionary, missing, truncated } as const;
      return {
        ...text,
        ...(this.#breaks && { breaks: this.#breaks }),
        ...(this.#spelt && { spelt: this.#spelt }),
      };
    }
    const values = this.#join(new Float64Array(this.#length)) as Float64Array;
    if (this.#kind !== 'time') return { kind: 'number', name, values, missing };
    return { kind: 'time', name, values, missing, zoned: this.#zoned, order: this.#order(), evidence: this.#evidence };
  }

  #order(): TimeColumn['order'] {
    const { dayFirst, monthFirst } = this.#evidence;
    if (this.#yearFirst) return 'year-first';
    if (dayFirst && monthFirst) return 'conflict';
    if (monthFirst) return 'month-first';
    return dayFirst ? 'day-first' : 'ambiguous';
  }

  #pushSlowly(text: string): void {
    const rules = this.#rules;
    if (this.#isMissing(text)) {
      if (this.#spelt === undefined && text.trim() !== '') this.#spelt = { row: this.#length, text };
      this.pushMissing();
      return;
    }
    if (this.#kind === 'empty') this.#kind = this.#kindOf(text);
    if (this.#kind === 'number') {
      const value = parseNumber(text, rules.decimal);
      if (Number.isFinite(value)) {
        this.#put(value);
        return;
      }
      this.#becomeText(text);
    } else if (this.#kind === 'time') {
      if (this.#pushStamp(text)) return;
      this.#becomeText(text);
    }
    this.#put(this.#code(text));
  }

  #isMissing(text: string): boolean {
    const { missing, decimal, asText } = this.#rules;
    if (missing.hasText(text)) return true;
    return missing.numeric && !asText && missing.hasNumber(parseNumber(text, decimal));
  }

  #kindOf(text: string): 'number' | 'time' | 'text' {
    if (!this.#rules.asText) {
      if (Number.isFinite(parseNumber(text, this.#rules.decimal))) return 'number';
      const stamp = parseStamp(text);
      if (stamp) {
        this.#zoned = stamp.zoned;
        this.#yearFirst = stamp.order === 'year-first';
        return 'time';
      }
    }
    // Cells so far were all missing, and kept as NaN.
    this.#recode(() => -1);
    return 'text';
  }

  #pushStamp(text: string): boolean {
    const stamp = parseStamp(text);
    if (!stamp || stamp.zoned !== this.#zoned || (stamp.order === 'year-first') !== this.#yearFirst) return false;
    if (stamp.order === 'day-first') this.#evidence.dayFirst ??= { row: this.#length, text };
    else if (stamp.order === 'month-first') this.#evidence.monthFirst ??= { row: this.#length, text };
    this.#put(stamp.ms);
    return true;
  }

  /** Turns the cells so far into texts in canonical form, because `text` is neither number nor stamp. */
  #becomeText(text: string): void {
    this.#breaks = { row: this.#length, text };
    const asTime = this.#kind === 'time';
    this.#recode((value) => {
      if (Number.isNaN(value)) return -1;
      return this.#code(asTime ? formatClock(value) : String(value));
    });
    this.#kind = 'text';
  }

  #recode(codeOf: (value: number) => number): void {
    const recoded = (chunk: Float64Array | Int32Array, length: number): Int32Array => {
      const codes = new Int32Array(chunk.length);
      for (let k = 0; k < length; k++) codes[k] = codeOf(chunk[k]!);
      return codes;
    };
    this.#full = this.#full.map((chunk) => recoded(chunk, chunk.length));
    this.#chunk = recoded(this.#chunk, this.#at);
  }

  #code(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    if (this.#dictionary.length > MAX_TEXTS) return MAX_TEXTS;
    const code = this.#dictionary.length;
    // A slice of a large buffer keeps that buffer alive; a copy of the characters does not.
    const kept = code === MAX_TEXTS ? `one of more than ${MAX_TEXTS} texts` : ` ${text}`.slice(1);
    this.#dictionary.push(kept);
    if (code < MAX_TEXTS) this.#codes.set(kept, code);
    return code;
  }

  #put(value: number): void {
    if (this.#at === this.#chunk.length) this.#grow();
    this.#chunk[this.#at++] = value;
    this.#length++;
  }

  #grow(): void {
    // Doubling while small keeps 100,000 short columns cheap.
    const ArrayType = this.#kind === 'text' ? Int32Array : Float64Array;
    if (this.#chunk.length < CHUNK) {
      const larger = new ArrayType(this.#chunk.length * 2);
      larger.set(this.#chunk);
      this.#chunk = larger;
      return;
    }
    this.#full.push(this.#chunk);
    this.#chunk = new ArrayType(CHUNK);
    this.#at = 0;
  }

  #join(into: Float64Array | Int32Array): Float64Array | Int32Array {
    let at = 0;
    // Chunks are released as they are copied, so that the peak is one column above the table.
    for (const chunk of this.#full.splice(0)) {
      into.set(chunk, at);
      at += chunk.length;
    }
    into.set(this.#chunk.subarray(0, this.#at), at);
    this.#chunk = new Float64Array(0);
    return into;
  }
}
