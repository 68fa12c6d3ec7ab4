/** A macro as `m:` defines it: what stands for what. */
export interface AbcMacro {
  target: string;
  replacement: string;
}

/** Letters from C upwards, and what stands for the note itself among `h` to `z`. */
const STEPS = 'CDEFGAB';
const SELF = 'n'.charCodeAt(0);
/** What the standard allows. */
const LONGEST_TARGET = 31;
const LONGEST_REPLACEMENT = 200;
/** Characters of the longest line that macros may make. */
const LONGEST_LINE = 1e6;

/** Reads `m:`, such as `~G3 = G{A}G{F}G`; undefined where it is none, or longer than the standard has them. */
export function macroIn(value: string): AbcMacro | undefined {
  const [, target, replacement] = /^(.+?)\s*=\s*(.*)$/.exec(value.trim()) ?? [];
  if (target === undefined || target.length > LONGEST_TARGET || replacement.length > LONGEST_REPLACEMENT)
    return undefined;
  return { target, replacement };
}

/**
 * Writes macros out, in their order. An `n` in what is to be replaced is any note, and `h` to `z` in its place are notes by their distance
 * from it. Undefined where the line would grow beyond measure.
 */
export function withoutMacros(text: string, macros: readonly AbcMacro[]): string | undefined {
  let line = text;
  for (const { target, replacement } of macros) {
    const [before, after] = target.split('n', 2);
    if (after === undefined) line = line.replaceAll(target, () => replacement);
    else {
      const notes = new RegExp(`${escaped(before)}([A-Ga-g])([,']*)${escaped(after)}(?![\\d/])`, 'g');
      line = line.replace(notes, (_, letter: string, octaves: string) =>
        replacement.replace(/[h-z]/g, (sign) => noteAt(letter, octaves, sign.charCodeAt(0) - SELF)),
      );
    }
    if (line.length > LONGEST_LINE) return undefined;
  }
  return line;
}

function escaped(text: string): string {
  return text.replace(/[^\w\s]/g, '\\$&');
}

/** The note so many steps above another one. */
function noteAt(letter: string, octaves: string, steps: number): string {
  const upper = letter.toUpperCase();
  const octave = (letter === upper ? 0 : 1) + octaves.split("'").length - octaves.split(',').length;
  const place = STEPS.indexOf(upper) + steps;
  const height = octave + Math.floor(place / 7);
  const sign = STEPS[((place % 7) + 7) % 7];
  return height > 0 ? sign.toLowerCase() + "'".repeat(height - 1) : sign + ','.repeat(-height);
}
