import { MOST_PASSES } from './abc-bar.ts';
import type { Metre } from './metre.ts';

/** A note, a chord, or a rest without pitches. */
export interface AbcSound {
  kind: 'sound';
  /** Each with whether it is tied to what comes next. */
  notes: { pitch: number; tied: boolean }[];
  ticks: number;
  /** By which its bar is counted. */
  metre: Metre | undefined;
}

export interface AbcBar {
  kind: 'bar';
  /** How often `:|` goes back, and `|:` says so beforehand: `::|` twice. */
  ends: number;
  starts: number;
  /** `||`, `|]`, `[|`: the end of a section. */
  double: boolean;
  /** Passes that play what follows: `[1`, `|2`; empty for all. */
  endings: number[];
}

/** A piece of a tune in the order it is written. */
export type AbcItem =
  | AbcSound
  | AbcBar
  /** What sounds beside the items that follow: the first line over a voice's own, the second … */
  | { kind: 'overlay'; layer: number; sounds: AbcSound[] }
  /** `P:`, where a part begins. */
  | { kind: 'part'; name: string };

/** What is played once or several times, with what differs at the end of each pass. */
export interface AbcSection {
  body: AbcItem[];
  endings: { passes: number[]; items: AbcItem[] }[];
  /** How often it is played. */
  passes: number;
}

/** Items in the order they are played: what is repeated as often as it says or has endings, each ending in its pass. */
export function playedItems(items: readonly AbcItem[]): AbcItem[] {
  return sectionsOf(items).flatMap((section) => playedSection(section, section.passes));
}

/** The sections of a tune: one begins with `|:`, after each end of a repeat, and after each double bar that no `|:` is open before. */
export function sectionsOf(items: readonly AbcItem[]): AbcSection[] {
  const sections: AbcSection[] = [];
  const begin = (starts: number) => ({
    body: [] as AbcItem[],
    endings: [] as AbcSection['endings'],
    starts,
    ends: 0,
  });
  let open = begin(0);
  const flush = (starts: number): void => {
    const { body, endings, ends } = open;
    const wanted = ends > 0 ? Math.max(ends, open.starts) + 1 : endings.length > 0 ? 2 : 1;
    const passes = Math.max(wanted, ...endings.flatMap((ending) => ending.passes));
    if (body.length > 0 || endings.length > 0) sections.push({ body, endings, passes: Math.min(passes, MOST_PASSES) });
    open = begin(starts);
  };
  items.forEach((item, i) => {
    if (item.kind === 'bar' && item.starts > 0 && item.ends === 0) flush(item.starts);
    (open.endings.at(-1)?.items ?? open.body).push(item);
    if (item.kind !== 'bar') return;
    open.ends = Math.max(open.ends, item.ends);
    const within = open.starts > 0 && open.ends === 0 && open.endings.length === 0;
    if (item.endings.length > 0) open.endings.push({ passes: item.endings, items: [] });
    else if ((item.ends > 0 || (item.double && !within)) && !beginsEnding(items[i + 1])) flush(item.starts);
  });
  flush(0);
  return sections;
}

function beginsEnding(item: AbcItem | undefined): boolean {
  return item?.kind === 'bar' && item.endings.length > 0;
}

/** So many passes from the first or a later one; after the last that is written the first comes again. */
export function playedSection({ body, endings, passes }: AbcSection, times: number, first = 1): AbcItem[] {
  return Array.from({ length: times }, (_, t) => {
    const pass = ((first - 1 + t) % passes) + 1;
    return [...body, ...endings.filter((ending) => ending.passes.includes(pass)).flatMap(({ items }) => items)];
  }).flat();
}
