import { readTable, type Table, type TaggedText } from '../../data/index.ts';
import { Random } from '../../random.ts';
import { type TagTable, type TagTableOptions, toTagTable } from './table/tag-table.ts';

/** Small enough for a training in about a second. */
export const SMALL = { hidden: 6, members: 1, epochs: 8, chunk: 24, lags: 2, rate: 0.01, seed: 4 } as const;

/**
 * Days on which it rains after the pressure fell two days before, nine times in ten: a rule over three rows that neither the day
 * before nor the season tells.
 */
export function rainCsv(days: number, seed = 1): string {
  const random = new Random(seed);
  const pressure: number[] = [];
  const lines = Array.from({ length: days }, (_, day) => {
    pressure.push(random.normal());
    const falls = day >= 2 && pressure[day - 2] < -0.2;
    const rains = random.uniform() < 0.9 ? falls : !falls;
    const date = new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10);
    return `${date},${pressure[day].toFixed(3)},${rains ? (1 + 9 * random.uniform()).toFixed(1) : 0},${rains ? 'wet' : 'dry'}`;
  });
  return `date,pressure,rain,sky\n${lines.join('\n')}\n`;
}

export function tableOf(text: string): Promise<Table> {
  return readTable(text, { name: 'days.csv' });
}

export async function rain(days = 400, options: Partial<TagTableOptions> = {}, ahead = 1): Promise<TagTable> {
  return toTagTable(await tableOf(rainCsv(days)), { target: 'rain > 0', ...options }, ahead);
}

/** Sentences in which "a" and "the" are D, and any other word is N after them and V otherwise: the word alone does not tell. */
export function sentences(count: number, seed = 1): TaggedText {
  const random = new Random(seed);
  const pick = (list: readonly string[]) => list[Math.floor(random.uniform() * list.length)];
  return {
    source: 'made up',
    sentences: Array.from({ length: count }, () => {
      const tokens: string[] = [];
      const labels: string[] = [];
      const length = 3 + Math.floor(random.uniform() * 8);
      while (tokens.length < length) {
        const article = random.uniform() < 0.4 && labels.at(-1) !== 'D';
        labels.push(article ? 'D' : labels.at(-1) === 'D' ? 'N' : 'V');
        tokens.push(article ? pick(['a', 'the']) : pick(['run', 'walk', 'play', 'Sing', 'drink', 'swim', 'talk']));
      }
      return { tokens, labels };
    }),
  };
}
