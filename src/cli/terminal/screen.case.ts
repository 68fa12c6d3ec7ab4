const ESC = '\u001b';

/** Escape sequences, line breaks and what stands between them. */
const PIECES = new RegExp(`${ESC}\\[[?\\d;]*[a-zA-Z]|\\n|[^\\n${ESC}]+`, 'g');

/** The lines that a reader of a terminal sees of what was written to it, cursor movements applied. */
export function shownLines(written: string): string[] {
  const lines = [''];
  for (const [piece] of written.matchAll(PIECES)) {
    const back = piece.startsWith(ESC) && piece.endsWith('F');
    if (piece === '\n') lines.push('');
    else if (back) lines.splice(lines.length - 1 - Number.parseInt(piece.slice(2), 10), lines.length, '');
    else if (!piece.startsWith(ESC)) lines[lines.length - 1] += piece;
  }
  return lines.slice(0, -1);
}
