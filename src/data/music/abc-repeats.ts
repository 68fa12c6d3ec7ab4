/** A piece of a tune in the order it is written. */
export type AbcItem =
  | { kind: 'sound'; pitches: number[]; ticks: number; tied: boolean }
  | {
      kind: 'bar';
      /** `:|` and `::` end what is repeated, `|:` and `::` begin it. */
      ends: boolean;
      starts: boolean;
      /** `||`, `|]`: the end of a section. */
      double: boolean;
      /** Passes that play what follows: `[1`, `|2`; empty for all. */
      endings: number[];
    };

/** What is played once or several times, with what differs at the end of each pass. */
interface Section {
  body: AbcItem[];
  endings: { passes: number[]; items: AbcItem[] }[];
  repeated: boolean;
}

/** Items in the order they are played: what is repeated twice, or as often as it has endings, each ending in its pass. */
export function playedItems(items: readonly AbcItem[]): AbcItem[] {
  const played: AbcItem[] = [];
  let section: Section = { body: [], endings: [], repeated: false };
  const flush = (): void => {
    // Not spread: a section may have more items than a call has room for.
    for (const item of playedSection(section)) played.push(item);
    section = { body: [], endings: [], repeated: false };
  };
  items.forEach((item, i) => {
    if (item.kind === 'bar' && item.starts && !item.ends) flush();
    (section.endings.at(-1)?.items ?? section.body).push(item);
    if (item.kind === 'sound') return;
    if (item.ends) section.repeated = true;
    if (item.endings.length > 0) section.endings.push({ passes: item.endings, items: [] });
    else if ((item.ends || item.double) && !beginsEnding(items[i + 1])) flush();
  });
  flush();
  return played;
}

function beginsEnding(item: AbcItem | undefined): boolean {
  return item?.kind === 'bar' && item.endings.length > 0;
}

function playedSection({ body, endings, repeated }: Section): AbcItem[] {
  if (!repeated && endings.length === 0) return body;
  const passes = Math.max(2, ...endings.flatMap(({ passes }) => passes));
  return Array.from({ length: passes }, (_, p) => [
    ...body,
    ...endings.filter((ending) => ending.passes.includes(p + 1)).flatMap(({ items }) => items),
  ]).flat();
}
