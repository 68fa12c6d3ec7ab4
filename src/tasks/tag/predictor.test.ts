import { describe, expect, it, test } from 'vitest';
import { readTable, type TaggedText } from '../../data/index.ts';
import { softmaxRows } from '../probabilities.ts';
import { joined } from '../training/index.ts';

import { rainCsv, SMALL, sentences } from './data.case.ts';
import type { TagInputs } from './inputs.ts';
import type { TagModel } from './model.ts';
import { withRegression } from './predictor.ts';
import { featureCount, type TablePlan, tableInputs } from './table/features.ts';
import { toTagTable } from './table/tag-table.ts';
import { LONGEST, type TextPlan, textRows } from './text/features.ts';
import { trainTag } from './train.ts';

/** What a model says of one sequence read whole, straight from its networks and the regression beside them. */
function alone({ members, plan, classes, calibration, regression, architecture }: TagModel, inputs: TagInputs) {
  const K = classes.length;
  const D = plan.kind === 'text' ? 2 : featureCount(plan, K);
  const T = inputs.rows.length / D;
  const sum = new Float64Array(T * K);
  for (const network of members) {
    const { values } = network.predict(inputs.rows, [1, T, D]);
    for (let i = 0; i < sum.length; i++) sum[i] += values[i] / members.length;
  }
  const predictor = { members, architecture, calibration, ...(regression && { regression }) };
  return softmaxRows(withRegression(predictor, inputs, sum), K, calibration.temperature);
}

describe.each([{ bidirectional: true }, { bidirectional: false }])('sentences in batches, %o', (direction) => {
  it('are told as one at a time, to the bit and in their order: empty, of one word, ragged, cut, by two networks', async () => {
    const { model } = await trainTag(sentences(60), { hidden: 5, embedding: 4, epochs: 1, members: 2, ...direction });
    const words = ['the', 'run', 'Sing', 'a', 'unheard', '7'];
    const lengths = [
      7,
      0,
      1,
      30,
      0,
      0,
      1,
      3,
      LONGEST + 1,
      2,
      30,
      0,
      ...Array.from({ length: 300 }, (_, i) => i % 9),
      1,
    ];
    const text: TaggedText = {
      source: 'x',
      sentences: lengths.map((length, s) => ({
        tokens: Array.from({ length }, (_, t) => words[(s * 5 + t * t) % words.length]),
      })),
    };
    const told = model.predict(text);
    expect(told.map(({ labels }) => labels.length)).toEqual(lengths);
    text.sentences.forEach(({ tokens }, s) => {
      const pieces = [tokens.slice(0, LONGEST), tokens.slice(LONGEST)].filter(({ length }) => length > 0);
      const said = pieces.map((piece) => alone(model, { rows: textRows(model.plan as TextPlan, piece) }));
      expect(told[s].probabilities).toEqual(joined(said));
    });
    // Of the sentences no two are told alike, so that an order mixed up would show.
    expect(told[0].probabilities).not.toEqual(told[3].probabilities.subarray(0, told[0].probabilities.length));
  });
});

test('series of a table in batches are told as one at a time, to the bit and in their order, with the regression', async () => {
  const [head, ...lines] = rainCsv(1300).trimEnd().split('\n');
  const ids = { long: [0, 1300], one: [40, 41], short: [100, 130], shorter: [7, 20], like: [300, 330] } as const;
  const csv = Object.entries(ids).flatMap(([id, span]) => lines.slice(...span).map((line) => `${line},${id}`));
  const table = await readTable([`${head},place`, ...csv].join('\n'), { text: ['place'] });
  const data = toTagTable(table, { target: 'rain > 0', series: 'place' });
  const { model } = await trainTag(data, { ...SMALL, epochs: 1, members: 2, test: 'none' });
  expect(model.regression).toBeDefined();
  const told = model.predict(data);
  expect(told.map(({ id }) => id)).toEqual(data.series.map(({ series }) => series.id));
  data.series.forEach((one, i) => {
    const inputs = tableInputs(model.plan as TablePlan, 2, one, true);
    expect(told[i].probabilities).toEqual(alone(model, inputs));
    expect(model.probabilities(inputs)).toEqual(told[i].probabilities);
  });
});
