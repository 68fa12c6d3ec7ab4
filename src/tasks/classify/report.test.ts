import { expect, test } from 'vitest';
import { taskReport } from '../../report/index.ts';
import { classifyReport } from './report.ts';
import { trainClassify } from './train.ts';

test('the report of many classes lists who is taken for whom instead of a grid of them all', async () => {
  const pageOf = async (K: number): Promise<string> => {
    const labels = Array.from({ length: 3 * K }, (_, i) => `class ${i % K}`);
    const texts = labels.map((label, i) => `${label} and word ${i}`);
    const options = { hidden: 2, embedding: 2, epochs: 1, bayes: false };
    return taskReport(
      await classifyReport(await trainClassify({ kind: 'words', source: 'made up', texts, labels }, options)),
    );
  };
  const few = await pageOf(4);
  expect(few).toContain('Who is taken for whom');
  expect(few).not.toContain('taken for each other');
  const many = await pageOf(120);
  expect(many).not.toContain('Who is taken for whom');
  expect(many).toContain('taken for each other');
  // A row per class, not a cell per pair of classes.
  expect(many.match(/<t[dh]/g)?.length).toBeLessThan(120 * 10);
});
