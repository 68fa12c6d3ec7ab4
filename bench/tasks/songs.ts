import { RecurveError } from 'recurve';

/** Fewest spaces before a sung line in this e-text; speech stands further left, or does not begin its lines with capitals. */
const INDENT = 9;
/** A name, then the line: `  GENERAL:  Then I can write`, `  MAR. and GIU.  Buon' giorno`. */
const LABEL = /^ {0,4}[A-Z][A-Za-z.' ]{0,28}[.:] {2,}(?=\S)/;
/** A line of a song begins with a capital, perhaps in quotation marks or behind a dash. */
const CAPITAL = /^["'([-]*[A-Z]/;

/**
 * The songs of the Gilbert & Sullivan e-text as stanzas of lines, without names, stage directions, headings and speech. Lines that the page
 * was too narrow for are put together again; refrains that are only hinted at (`etc.`) are left out.
 */
export function songs(libretti: string): string[][] {
  const stanzas: string[][] = [];
  for (const block of libretti.replace(/\([^)]*\)\.?/g, '').split(/\n[ \t]*\n/)) {
    const lines = block
      .split('\n')
      .map((line) => line.replace(LABEL, (label) => ' '.repeat(label.length)).trimEnd())
      .filter((line) => line.trim() !== '' && /[a-z]/.test(line));
    if (lines.some((line) => line.search(/\S/) < INDENT)) continue;
    const whole: string[] = [];
    for (const [i, line] of lines.entries()) {
      const runsOn = i > 0 && !CAPITAL.test(line.trim()) && line.search(/\S/) > lines[i - 1].search(/\S/);
      if (runsOn && whole.length > 0) whole.push(`${whole.pop()} ${line.trim()}`);
      else whole.push(line.trim());
    }
    if (!whole.every((line) => CAPITAL.test(line))) continue;
    const sung = whole.filter((line) => !/\betc\b/.test(line)).map((line) => line.replace(/ {2,}/g, ' '));
    if (sung.length >= 2) stanzas.push(sung);
  }
  if (stanzas.length === 0)
    throw new RecurveError('data', 'songs: expected the libretti of Gilbert & Sullivan, got a text without a song');
  return stanzas;
}
