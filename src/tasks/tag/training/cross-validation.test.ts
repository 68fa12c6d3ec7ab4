import { expect, test } from 'vitest';
import { Random } from '../../../random.ts';
import { SMALL, tableOf } from '../data.case.ts';
import { tagSettings } from '../options.ts';
import { toTagTable } from '../table/tag-table.ts';
import { trainTag } from '../train.ts';
import type { TagLearner } from './ensemble.ts';
import { selectAndCalibrate } from './selection.ts';

/** Rows that are labelled in `from` to `to` alone. */
async function labelled(rows: number, spans: [from: number, to: number][]) {
  const random = new Random(3);
  const lines = Array.from({ length: rows }, (_, i) => {
    const x = random.normal();
    return `${x.toFixed(3)},${spans.some(([from, to]) => i >= from && i < to) ? (x > 0 ? 'on' : 'off') : ''}`;
  });
  return toTagTable(await tableOf(`x,y\n${lines.join('\n')}\n`), { target: 'y', maxGap: rows }, 0);
}

test('a fifth of the training steps without a label is passed over in cross-validation, and resumed too', async () => {
  const data = await labelled(400, [
    [0, 50],
    [130, 400],
  ]);
  const options = { ...SMALL, ahead: 0, epochs: 4, members: 2, regression: false } as const;
  const names = new Set<string>();
  const files: unknown[] = [];
  const { scores, model } = await trainTag(data, options, {
    onProgress: ({ stage }) => names.add(stage),
    checkpoint: { everySeconds: 0, save: async (file) => void files.push(structuredClone(file)) },
  });
  expect([...names].slice(0, 4)).toEqual([1, 2, 3, 4].map((k) => `block ${k} of 4`));
  expect(scores?.test.accuracy).toBeGreaterThan(0.7);
  for (const at of [Math.floor(files.length / 3), files.length - 2]) {
    const resumed = await trainTag(data, options, { resume: files[at] as never });
    expect(resumed.model.calibration).toEqual(model.calibration);
    expect(resumed.scores).toEqual(scores);
  }
});

test('labels in one fifth of the training steps alone are refused for cross-validation', async () => {
  const data = await labelled(400, [
    [0, 60],
    [310, 400],
  ]);
  await expect(trainTag(data, { ...SMALL, ahead: 0, epochs: 1 })).rejects.toThrow(
    'tag: expected labels in at least 2 of 5 parts of the training steps, got them in one alone; set validation to holdout',
  );
});

test('a threshold that was given holds where the time was up before anything could be calibrated', async () => {
  const settings = tagSettings({ threshold: 0.3 });
  const learner = { settings, regression: false, architecture: { classes: 2 } } as TagLearner;
  const nothing = { logits: new Float64Array(0), labels: Int32Array.of(0, 1) };
  expect((await selectAndCalibrate(learner, nothing, undefined)).calibration).toEqual({
    temperature: 1,
    threshold: 0.3,
  });
  const regressions = {
    regression: { weight: Float64Array.of(1), bias: Float64Array.of(0) },
    logits: new Float64Array(4),
  };
  expect((await selectAndCalibrate(learner, nothing, regressions)).calibration.threshold).toBe(0.3);
});
