import type { AbcBar } from './abc-repeats.ts';

/** A bar line of any shape, as files have them, with the passes that play what follows; or those alone. */
export const BAR = /^(?:[|:]|\[(?=\|))(?:[|\]:]|\[(?=\|))*(?:\s*\[?(\d[\d,-]*))?|^\[(\d[\d,-]*)/;

/** Passes of the longest repeat that is read. */
export const MOST_PASSES = 32;

/** A bar line from its signs and its passes; undefined for passes that are no list such as `1,3` or `1-3`, or for too many. */
export function barOf(signs: string, passes: string | undefined): AbcBar | undefined {
  const endings = passes === undefined ? [] : numbersOf(passes);
  if (!endings) return undefined;
  const [shape] = /^[^\d\s]*/.exec(signs) as RegExpExecArray;
  // `::` stands for an end and a start, `:::` and so on for more of them.
  const colons = /^:+$/.test(shape) ? shape.length : 0;
  const ends = colons > 0 ? Math.ceil(colons / 2) : (/^:*/.exec(shape)?.[0].length ?? 0);
  const starts = colons > 0 ? Math.floor(colons / 2) : (/\|:+/.exec(shape)?.[0].length ?? 1) - 1;
  if (Math.max(ends, starts) >= MOST_PASSES) return undefined;
  return { kind: 'bar', ends, starts, double: /\|\||\|\]|\[\|/.test(shape), endings };
}

/** `1`, `1,3`, `1-3` */
function numbersOf(text: string): number[] | undefined {
  const numbers: number[] = [];
  for (const part of text.split(',')) {
    const [from, to = from] = part.split('-').map(Number);
    if (!(from >= 1 && to >= from && to <= MOST_PASSES && /^\d+(-\d+)?$/.test(part))) return undefined;
    for (let pass = from; pass <= to; pass++) numbers.push(pass);
  }
  return numbers;
}
