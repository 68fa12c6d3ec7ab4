import { displayUnits, graphemes, graphemeUnits } from '../../report/display.ts';

const ESCAPE = String.fromCharCode(27);
/** Colours and styles: the only escape sequences this program writes into lines. */
const STYLE = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);

/** Columns `line` takes in a terminal; colours take none. */
export function lineWidth(line: string): number {
  return line.split(STYLE).reduce((sum, part, index) => sum + (index % 2 === 1 ? 0 : displayUnits(part)), 0);
}

/** `line` cut to at most `columns`, with an ellipsis where something is missing; colours begun stay and are ended. */
export function truncate(line: string, columns: number, ellipsis = '…'): string {
  if (lineWidth(line) <= columns) return line;
  const room = columns - displayUnits(ellipsis);
  if (room < 0) return '';
  let used = 0;
  let kept = '';
  let full = false;
  line.split(STYLE).forEach((part, index) => {
    if (index % 2 === 1) {
      kept += part; // styles past the cut are kept too: they end what was begun
      return;
    }
    if (full) return;
    for (const grapheme of graphemes(part)) {
      used += graphemeUnits(grapheme);
      if (used > room) {
        full = true;
        kept += ellipsis;
        return;
      }
      kept += grapheme;
    }
  });
  return kept;
}

/** `text` with spaces up to `columns`; longer text is left as it is. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, columns - lineWidth(text)));
  return align === 'right' ? spaces + text : text + spaces;
}

/** Text from outside made harmless: control characters and escape sequences become `·`, line breaks and tabs spaces. */
export function printable(text: string): string {
  return text
    .replace(/[\t\r\n]+/g, ' ')
    .replace(/[\p{Control}\u{2028}\u{2029}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu, '·');
}
