/** What baselines could not do, a line per reason: `Climatology, AR(1): left out: …`. */
export function noteLines(notes: Readonly<Record<string, string>>, nameOf: (key: string) => string): string[] {
  const names = new Map<string, string[]>();
  for (const [key, note] of Object.entries(notes)) names.set(note, [...(names.get(note) ?? []), nameOf(key)]);
  return Array.from(names, ([note, of]) => `${of.join(', ')}: ${note}\n`);
}
