/** What baselines could not do, a line per reason: `Climatology, AR(1): left out: …`. */
import { formatCount } from '../format.ts';
export function noteLines(notes: Readonly<Record<string, string>>, nameOf: (key: string) => string): string[] {
  const names = new Map<string, string[]>();
  for (const [key, note] of Object.entries(notes)) names.set(note, [...(names.get(note) ?? []), nameOf(key)]);
  return Array.from(names, ([note, of]) => `${of.join(', ')}: ${note}\n`);
}

/** What is left of a list that is not shown whole, as a last line: `and 12 more series: …`; none where nothing is left. */
export function restLine(left: number, what: string): string[] {
  return left > 0 ? [`and ${formatCount(left)} more${what}\n`] : [];
}
