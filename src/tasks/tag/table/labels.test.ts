import { describe, expect, it } from 'vitest';
import { rainCsv, SMALL, tableOf } from '../data.case.ts';
import { evaluateTag } from '../evaluate.ts';
import { trainTag } from '../train.ts';
import type { TablePlan } from './features.ts';
import { knownTagTable, type TagTableOptions, toTagTable } from './tag-table.ts';

describe('rows and labels that are not one to one', () => {
  const days = (rows: (t: number) => string[]) =>
    `t,x,y\n${Array.from({ length: 60 }, (_, t) =>
      rows(t).map((row) => `${new Date(Date.UTC(2020, 0, 1 + t)).toISOString().slice(0, 10)} ${row}\n`),
    )
      .flat(2)
      .join('')}`;
  const read = async (csv: string, target: string, options: object = {}) =>
    toTagTable(await tableOf(csv), { target, step: '1d', spacing: 'bin', ...options }, 0);

  it('a comparison is made of the mean of a step, classes of one step are not averaged', async () => {
    const two = days((t) => [`06:00,${t % 3},a`, `18:00,1,${t === 7 ? 'c' : 'a'}`]);
    const above = await read(two, 'x > 0.6');
    expect(Array.from(above.series[0].labels.subarray(0, 6))).toEqual([0, 1, 1, 0, 1, 1]);
    await expect(read(two, 'y')).rejects.toThrow(
      /got rows 16 and 17 at 2020-01-08 that differ in column "y"; set duplicates to first or last/,
    );
    const { series } = await read(two, 'y', { duplicates: 'last' });
    expect(Array.from(series[0].labels.subarray(5, 9))).toEqual([0, 0, 1, 0]);
  });

  it('a missing label is the one before, never one between', async () => {
    const holes = days((t) => [`00:00,${t % 5},${t % 4 === 1 ? '' : 'abc'[t % 3]}`]);
    for (const missing of ['linear', 'forward'] as const) {
      const { series } = await read(holes, 'y', { missing });
      expect(Array.from(series[0].filled.subarray(0, 7))).toEqual([0, 0, 2, 0, 1, 1, 0]);
      expect(Array.from(series[0].labels.subarray(0, 7))).toEqual([0, -1, 2, 0, 1, -1, 0]);
    }
    const gaps = days((t) => [`00:00,${t % 4 === 1 ? '' : t % 5},a`]);
    const { series } = await read(gaps, 'x > 1', { missing: 'linear' });
    // 0, a hole, 2: the line is at 1.
    expect(Array.from(series[0].filled.subarray(0, 3))).toEqual([0, 0, 1]);
    expect(Array.from(series[0].labels.subarray(0, 3))).toEqual([0, -1, 1]);
  });

  it('rows at the end without a label are told of, as by the stream; they are not scored', async () => {
    const csv = rainCsv(200);
    const { model, scores } = await trainTag(toTagTable(await tableOf(csv), { target: 'sky' }, 0), {
      ...{ ...SMALL, epochs: 1, ahead: 0 },
    });
    const known = { ...(model.plan as TablePlan), classes: model.classes };
    const table = async (text: string) => knownTagTable(await tableOf(text), model.reading as TagTableOptions, known);
    const blank = csv.replace(/((?:.*\n){30})$/, (end) => end.replaceAll(/,(wet|dry)\n/g, ',\n'));
    const [whole] = model.predict(await table(csv));
    const all = csv.replaceAll(/,(wet|dry)$/gm, ',');
    for (const text of [
      blank,
      all,
      csv.replace(/^((?:.*\n){80})/, (head) => head.replaceAll(/,(wet|dry)\n/g, ',\n')),
    ]) {
      const [told] = model.predict(await table(text));
      expect(told.labels).toHaveLength(200);
      expect(told).toEqual(whole);
    }
    await expect(evaluateTag(model, await table(all))).rejects.toThrow(
      /expected labels in column "sky"|at least one step/,
    );
    const { steps } = await evaluateTag(model, await table(blank), { from: '2020-05-30' });
    expect([scores?.steps, steps]).toEqual([50, 200 - 30 - 150]);
  });
});
