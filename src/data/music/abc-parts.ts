import { RecurveError } from '../../errors.ts';
import { type AbcItem, playedItems, playedSection, sectionsOf } from './abc-repeats.ts';
import { expectLength } from './score.ts';

/** Parts of the longest order, and characters of the longest text of one, which may nest its parentheses. */
const MOST_PARTS = 1000;
const LONGEST_TEXT = 400;
/** Items of the longest piece that is played out. */
const MOST_ITEMS = 2 ** 21;

/** Reads an order of parts: `ABA2` as A, B, A, A; `(AB)3`; dots and spaces say nothing. Undefined where it is none. */
function partOrder(text: string): string[] | undefined {
  const signs = text.length > LONGEST_TEXT ? '' : text.replace(/[.\s]/g, '');
  let at = 0;
  const sequence = (): string[] | undefined => {
    const parts: string[] = [];
    while (at < signs.length && signs[at] !== ')') {
      const nested = signs[at] === '(';
      const letter = signs[at++];
      const group = nested ? sequence() : /[A-Za-z]/.test(letter) ? [letter] : undefined;
      if (!group || (nested && signs[at++] !== ')')) return undefined;
      const [times] = /^\d*/.exec(signs.slice(at)) as RegExpExecArray;
      at += times.length;
      const count = times === '' ? 1 : Number(times);
      if (parts.length + count * group.length > MOST_PARTS) return undefined;
      for (let i = 0; i < count; i++) parts.push(...group);
    }
    return parts;
  };
  const order = sequence();
  return order && order.length > 0 && at === signs.length ? order : undefined;
}

/**
 * Items in the order of the header's `P:`. What stands before the first part comes first. An order such as `AABA` counts the repeats of a part that it names twice in a row: `P:A4` with `[1` to `[4` is four times A,
 * and A by itself is its last pass. A part that it always names by itself is played with its repeats.
 *
 * @throws RecurveError `data` for an order that is none, one of parts that are not marked, and parts that are marked twice
 */
export function orderedItems(items: readonly AbcItem[], order: string, name: string): AbcItem[] {
  const parts = partsOf(items);
  const fail = (expected: string, got: string, next: string): never => {
    throw new RecurveError('data', `${name}: expected ${expected}, got ${got}; ${next}`);
  };
  const wanted =
    partOrder(order) ??
    fail('an order of parts such as P:ABA2 or P:(AB)3', `"P:${order.slice(0, 40)}"`, 'repair the field');
  const marked = new Map(parts.map((part) => [part.name, part.items]));
  if (marked.size < parts.length) fail('each part to be marked once', 'two parts of one name', 'give them other names');
  const inARow = new Set(wanted.filter((part, i) => part === wanted[i - 1]));
  const played = playedItems(parts[0].items);
  for (let i = 0; i < wanted.length; ) {
    const part = wanted[i];
    let times = 1;
    while (wanted[i + times] === part) times++;
    i += times;
    const own =
      marked.get(part) ??
      fail(`the parts of P:${order} in each voice`, `none with P:${part}`, 'mark it where it begins');
    for (const item of playedPart(own, times, inARow.has(part))) played.push(item);
    if (played.length > MOST_ITEMS) expectLength(Number.POSITIVE_INFINITY, name);
  }
  return played;
}

/** What stands before the first part, and the parts. */
function partsOf(items: readonly AbcItem[]): { name: string; items: AbcItem[] }[] {
  const parts = [{ name: '', items: [] as AbcItem[] }];
  for (const item of items) {
    if (item.kind === 'part') parts.push({ name: item.name, items: [] });
    else parts[parts.length - 1].items.push(item);
  }
  return parts;
}

function playedPart(part: readonly AbcItem[], times: number, counted: boolean): AbcItem[] {
  const sections = sectionsOf(part);
  const sounding = sections.filter(({ body, endings }) =>
    [body, ...endings.map(({ items }) => items)].some((own) => own.some(({ kind }) => kind === 'sound')),
  );
  const [only] = sounding;
  if (counted && sounding.length === 1) return playedSection(only, times, times === 1 ? only.passes : 1);
  const once = sections.flatMap((section) => playedSection(section, section.passes));
  return Array.from({ length: times }, () => once).flat();
}
