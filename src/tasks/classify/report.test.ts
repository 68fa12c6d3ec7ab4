import { expect, test } from 'vitest';
import { taskReport } from '../../report/index.ts';
import { classifyReportInput } from './report.ts';
import { trainClassify } from './train.ts';

test('a text and a label written from the right keep what stands beside them in its place', async () => {
  const labels = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 'שלום' : '<b>'));
  const texts = labels.map((label, i) => `סרט ${label === '<b>' ? 'רע' : 'טוב'} ${i}`);
  const trained = await trainClassify({ kind: 'words', source: 'made up', texts, labels }, { hidden: 2, epochs: 1 });
  const page = taskReport(await classifyReportInput(trained));
  expect(page).toMatch(/(right|wrong|sure): \u2068(שלום|&lt;b&gt;)\u2069, \d+ %/);
  expect(page).toMatch(/<p dir="auto">(<span[^>]*>)?סרט/);
  expect(page).not.toContain('<b>שלום');
});

test('the report of many classes lists who is taken for whom instead of a grid of them all', async () => {
  const pageOf = async (K: number): Promise<string> => {
    const labels = Array.from({ length: 3 * K }, (_, i) => `class ${i % K}`);
    const texts = labels.map((label, i) => `${label} and word ${i}`);
    const options = { hidden: 2, embedding: 2, epochs: 1, bayes: false };
    return taskReport(
      await classifyReportInput(await trainClassify({ kind: 'words', source: 'made up', texts, labels }, options)),
    );
  };
  const few = await pageOf(4);
  expect(few).toContain('Who is taken for whom');
  expect(few).not.toContain('taken for each other');
  expect(few).toContain('<h1>Classes of texts: class 0, class 1, class 2, class 3</h1>');
  const many = await pageOf(120);
  expect(many).not.toContain('Who is taken for whom');
  expect(many).toContain('taken for each other');
  expect(many).toContain('<h1>Classes of texts: class 0, class 1, class 10, class 100, class 101, class 102 …</h1>');
  // A row per class, not a cell per pair of classes.
  expect(many.match(/<t[dh]/g)?.length).toBeLessThan(120 * 10);
});

test('the heading holds as many classes as fit into a line or two', async () => {
  const labels = Array.from({ length: 12 }, (_, i) => `the class of all things numbered ${i % 3}`);
  const texts = labels.map((label, i) => `${label} and word ${i}`);
  const options = { hidden: 2, embedding: 2, epochs: 1, bayes: false };
  const { title } = await classifyReportInput(
    await trainClassify({ kind: 'words', source: 'x', texts, labels }, options),
  );
  expect(title).toBe('Classes of texts: the class of all things numbered 0 …');
});
