/**
 * How wide text is drawn, in columns of a terminal or halves of an ideograph: 2 for East Asian wide characters and emoji,
 * 0 for combining and control characters, 1 otherwise. Counted per grapheme, so that a family emoji is one wide character.
 *
 * Ranges: Unicode Standard Annex #11 (wide and full-width), https://www.unicode.org/reports/tr11/.
 */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

const EMOJI =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\u{fe0f}|\p{Regional_Indicator}{2}|[\d#*]\u{fe0f}?\u{20e3})/u;
const ZERO = /^(?:\p{Mark}|\p{Control}|\p{Format}|\p{Surrogate})+$/u;
const PLAIN = /^[ -~]*$/;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The graphemes of `value`: what a reader would call its characters. */
export function graphemes(value: string): string[] {
  if (PLAIN.test(value)) return [...value];
  return Array.from(segmenter.segment(value), ({ segment }) => segment);
}

/** Width of one grapheme: 0, 1 or 2. */
export function graphemeUnits(grapheme: string): number {
  if (ZERO.test(grapheme)) return 0;
  if (EMOJI.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0)!;
  return WIDE.some(([low, high]) => code >= low && code <= high) ? 2 : 1;
}

/** Width of `value` in terminal columns; escape sequences must be gone already. */
export function displayUnits(value: string): number {
  if (PLAIN.test(value)) return value.length;
  let units = 0;
  for (const grapheme of graphemes(value)) units += graphemeUnits(grapheme);
  return units;
}
