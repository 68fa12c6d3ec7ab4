/**
 * The name that was probably meant: the one at the fewest typing slips (a letter too many, missing, wrong, or two swapped; case
 * and separators do not count), if they are no more than a third of the letters.
 */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const wanted = plain(name);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of names) {
    const other = plain(candidate);
    if (Math.abs(other.length - wanted.length) >= least) continue;
    const slips = distance(wanted, other);
    if (slips < least) [best, least] = [candidate, slips];
  }
  return best;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]/g, '');
}

/** Levenshtein's distance with swaps of neighbours (Damerau 1964, each place changed once), a row of the table at a time. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const wrong = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, wrong, swapped ? before[j - 2] + 1 : wrong));
    }
    before = row;
    row = next;
  }
  return row[b.length];
}
