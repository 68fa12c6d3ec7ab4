import { describe, expect, it } from 'vitest';
import type { RecurveError } from '../../../errors.ts';
import { encodeModelFile } from '../../../model/index.ts';
import { Random } from '../../../random.ts';
import { rain, rainCsv, SMALL, tableOf } from '../data.case.ts';
import { loadTag, type TagModel } from '../model.ts';
import { type TablePlan, tableInputs } from '../table/features.ts';
import { toTagTable } from '../table/tag-table.ts';
import { trainTag } from '../train.ts';
import { type Logistic, logisticLogits } from './logistic.ts';

describe('the regression beside the network', () => {
  it('answers with half a say, and is not there with regression: false', async () => {
    const data = await rain(300);
    const both = (await trainTag(data, { ...SMALL, epochs: 2 })).model;
    const { model: alone, notes } = await trainTag(data, { ...SMALL, epochs: 2, regression: false });
    expect([both.regression !== undefined, alone.regression, notes]).toEqual([true, undefined, []]);
    const odds = ({ model, T }: { model: TagModel; T: number }): number[] => {
      const [{ probabilities: p }] = model.predict(data);
      return Array.from({ length: 300 }, (_, t) => T * Math.log(p[2 * t + 1] / p[2 * t]));
    };
    const inputs = tableInputs(both.plan as TablePlan, 2, data.series[0], true);
    const regression = logisticLogits(both.regression as Logistic, inputs.regressionRows as Float64Array, 2);
    const blend = odds({ model: both, T: both.calibration.temperature });
    odds({ model: alone, T: alone.calibration.temperature }).forEach((z, t) => {
      expect(Math.abs(blend[t] - (z + regression[2 * t + 1]) / 2)).toBeLessThan(1e-6);
    });
  });

  it('is left out with a note where it would be too large, and where the network is clearly better without', async () => {
    const wide = rainCsv(200).split('\n').filter(Boolean);
    const more = (name: (c: number) => string) => Array.from({ length: 90 }, (_, c) => name(c)).join(',');
    const random = new Random(2);
    const csv = wide.map((line, i) => `${line},${more((c) => (i === 0 ? `x${c}` : random.normal().toFixed(2)))}`);
    const large = await trainTag(toTagTable(await tableOf(csv.join('\n')), { target: 'rain > 0' }), {
      ...SMALL,
      epochs: 1,
    });
    expect(large.model.regression).toBeUndefined();
    expect(large.notes).toEqual(['the regression beside the network is left out: 644 inputs are too many']);
    expect(large.scores?.notes).toEqual({ logistic: 'left out: too large, 644 inputs' });
    // Whether two numbers have one sign is nothing that a sum of them tells.
    const signs = Array.from({ length: 600 }, () => [random.normal(), random.normal()]);
    const lines = signs.map(([a, b]) => `${a.toFixed(3)},${b.toFixed(3)},${Number(a * b > 0)}`);
    const data = toTagTable(await tableOf(`a,b,y\n${lines.join('\n')}\n`), { target: 'y' }, 0);
    const { model, notes, scores } = await trainTag(data, {
      ...{ ...SMALL, ahead: 0, epochs: 30, hidden: 16, lags: 1, rate: 0.02 },
    });
    expect(model.regression).toBeUndefined();
    expect(notes).toEqual([
      'the regression beside the network is left out: on held-out steps the network does clearly better alone',
    ]);
    expect(scores?.test.logLoss).toBeLessThan(0.7 * (scores?.baselines.logistic.logLoss ?? 0));
  });

  it('goes into the model file; a file whose regression is not that of its document is refused in a sentence', async () => {
    const { model } = await trainTag(await rain(200), { ...SMALL, epochs: 1, test: 'none' });
    const { tensors, document } = model.encode();
    const weight = tensors['regression.weight'].data as Float64Array;
    const changed = async (name: string, data: unknown, more: object = {}) =>
      loadTag(
        encodeModelFile({
          tensors: { ...tensors, [name]: { ...tensors[name], ...(data as object) } },
          document,
          ...more,
        }),
        {
          name: 'rain.safetensors',
        },
      ).catch((thrown: RecurveError) => [thrown.code, thrown.message]);
    const refusal = [
      'model',
      expect.stringMatching(/^rain\.safetensors: expected 14 finite numbers as regression\.weight and 1 as/),
    ];
    expect(await changed('regression.weight', { data: weight.slice(1), shape: [1, 13] })).toEqual(refusal);
    expect(await changed('regression.weight', { data: weight.map(() => Number.NaN) })).toEqual(refusal);
    expect(await changed('regression.weight', { data: Float32Array.from(weight), dtype: 'F32' })).toEqual(refusal);
    expect(await changed('regression.bias', { data: Float64Array.of(1, 2), shape: [2] })).toEqual(refusal);
    const { 'regression.bias': _, ...without } = tensors;
    expect(await changed('regression.weight', {}, { tensors: without })).toEqual(refusal);
    // Files of before there was one do not say whether there is one.
    const { regression: __, ...architecture } = document.architecture;
    expect(await changed('regression.weight', {}, { document: { ...document, architecture } })).toEqual([
      'model',
      expect.stringMatching(
        /architecture\.regression: expected a value, got nothing; the file .* another version of Recurve/,
      ),
    ]);
  });
});
