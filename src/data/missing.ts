import { parseNumber } from './number.ts';

/** Cells that say "there is no value", compared without case and without spaces around them. */
export const MISSING = ['', 'na', 'n/a', '#n/a', 'nan', 'null', 'none', 'nil', '-', '--', '?'];

/**
 * Tells cells that stand for no value. A text is compared without case and spaces around it; one that is a number, such as a logger's
 * `-9999`, by its value, so that `-9999.0` is the same.
 */
export class MissingCells {
  readonly #texts: ReadonlySet<string>;
  readonly #numbers: ReadonlySet<number>;
  readonly #longest: number;
  /** Whether some number stands for no value. */
  readonly numeric: boolean;

  constructor(texts: readonly string[] = MISSING) {
    this.#texts = new Set(texts.map((text) => text.trim().toLowerCase()));
    this.#numbers = new Set(
      [...this.#texts].map((text) => parseNumber(text, text.includes(',') ? ',' : '.')).filter(Number.isFinite),
    );
    this.#longest = Math.max(0, ...[...this.#texts].map((text) => text.length));
    this.numeric = this.#numbers.size > 0;
  }

  hasText(text: string): boolean {
    if (text.length > this.#longest && !isPadded(text)) return false;
    return this.#texts.has(text.trim().toLowerCase());
  }

  hasNumber(value: number): boolean {
    return this.#numbers.has(value);
  }
}

/** Whether there may be something to trim, told without making a text: most cells of a long column of words are not padded. */
function isPadded(text: string): boolean {
  return isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(text.length - 1));
}

function isSpace(code: number): boolean {
  return code <= 32 || code >= 0xa0;
}
