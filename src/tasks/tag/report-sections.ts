import { formatCount } from '../../format.ts';
import { frequentConfusions, MOST_GRID_CLASSES } from '../../report/confusions.ts';
import {
  figure,
  heatmapChart,
  histogramChart,
  lineChart,
  type Section,
  scatterChart,
  table,
} from '../../report/index.ts';
import { probabilityCells } from './probability-cells.ts';
import type { TrainedTag } from './train.ts';

/** Steps of the test part that are drawn one by one. */
const CLOSE_UP = 120;

/** Series whose next label is listed. */
const LISTED = 100;

/** What is predicted of the steps after the data. */
export function nextSection({ next, model }: TrainedTag): Section {
  const section = { id: 'next', heading: 'After the last row', short: 'Next' };
  if (next.length === 0) return { ...section, content: [] };
  const { headers, cells } = probabilityCells(model.classes);
  const rows = next
    .slice(0, LISTED)
    .map(({ id, time, label, probabilities }) => [
      id || (time === null ? 'next' : new Date(time).toISOString().replace('T00:00:00.000Z', '')),
      label,
      ...cells(model.classes.map((name) => probabilities[name])),
    ]);
  const columns = [
    { header: next[0].id ? 'Series' : 'When' },
    { header: 'Told' },
    ...headers.map((header) => ({ header, align: 'right' as const })),
  ];
  const caption =
    next.length > LISTED
      ? `Probability of each class, the first ${LISTED} of ${formatCount(next.length)} series`
      : 'Probability of each class';
  return { ...section, content: [table({ caption, columns, rows })] };
}

/** A reliability diagram, and how sure the model is. */
export function reliabilitySection({ scores, scored, model }: TrainedTag): Section {
  const section = { id: 'reliability', heading: 'Do the probabilities hold?', short: 'Reliability' };
  if (!scores || !scored) return { ...section, content: [] };
  const { reliability } = scores;
  const two = model.classes.length === 2;
  const of = two ? `of ${model.classes[1]}` : 'of the class told';
  const confidences = Array.from({ length: scored.labels.length }, (_, i) =>
    two
      ? scored.probabilities[2 * i + 1]
      : Math.max(...scored.probabilities.subarray(i * model.classes.length, (i + 1) * model.classes.length)),
  );
  return {
    ...section,
    lead: 'Where 70 % is said, it should come true seven times in ten: on the dashed line said and seen shares agree.',
    content: [
      figure({
        caption: `Reliability: share seen against probability ${of}`,
        half: true,
        height: 380,
        table: {
          caption: 'Bins of the probability said',
          columns: [
            { header: 'Said', align: 'right' },
            { header: 'Seen', align: 'right' },
            { header: 'Steps', align: 'right' },
          ],
          rows: reliability.map(({ said, seen, count }) => [
            `${(100 * said).toFixed(1)} %`,
            `${(100 * seen).toFixed(1)} %`,
            formatCount(count),
          ]),
        },
        draw: ({ width, height }) =>
          scatterChart({
            title: 'Share seen against probability said, a point per bin',
            ...{ width, height, diagonal: true },
            x: reliability.map(({ said }) => said),
            y: reliability.map(({ seen }) => seen),
            xLabel: 'said',
            yLabel: 'seen',
          }),
      }),
      figure({
        caption: 'How sure the model is',
        note: 'Far apart is sharp; all near the mean says little.',
        half: true,
        height: 380,
        draw: ({ width, height }) =>
          histogramChart({
            title: `Probability ${of} over the test part`,
            ...{ width, height, values: confidences, xLabel: 'probability', yLabel: 'steps' },
          }),
      }),
    ],
  };
}

/** The end of the test part, step by step. */
export function testSection({ scored, model }: TrainedTag): Section {
  const section = { id: 'course', heading: 'The end of the test part', short: 'Test part' };
  if (!scored || model.plan.kind === 'text' || model.classes.length !== 2) return { ...section, content: [] };
  const from = Math.max(0, scored.labels.length - CLOSE_UP);
  const predicted = Array.from(scored.labels.subarray(from), (_, i) => scored.probabilities[2 * (from + i) + 1]);
  const x = scored.times?.slice(from);
  const [, positive] = model.classes;
  return {
    ...section,
    lead: `Each step was told from what was known ${model.settings.ahead === 1 ? 'a step' : `${model.settings.ahead} steps`} before; none of it was used in training.`,
    content: [
      figure({
        caption: `Probability of ${positive}, and what came`,
        height: 330,
        draw: ({ width, height }) =>
          lineChart({
            title: `Probability of ${positive} over the last ${predicted.length} steps of the test part`,
            ...{ width, height, zero: true },
            ...(x ? { x: Array.from(x), time: true } : { xLabel: 'step', integers: true }),
            series: [
              { label: 'came', y: Array.from(scored.labels.subarray(from)), color: 'faint', points: true },
              { label: 'said', y: predicted, color: 0 },
            ],
          }),
      }),
    ],
  };
}

/** The confusion matrix; of many classes the most frequent confusions. */
export function confusionSection({ scores, model }: TrainedTag): Section {
  const section = { id: 'confusion', heading: 'What is taken for what', short: 'Confusion' };
  if (!scores) return { ...section, content: [] };
  const { classes } = model;
  const { confusion } = scores;
  if (classes.length > MOST_GRID_CLASSES)
    return { ...section, content: [frequentConfusions(confusion, classes, 'steps')] };
  const shares = confusion.map((row) => {
    const total = row.reduce((a, b) => a + b, 0);
    return row.map((count) => (total === 0 ? Number.NaN : count / total));
  });
  const chart = figure({
    caption: 'Share of each true class (row) told as each class (column)',
    height: Math.min(560, 120 + 34 * classes.length),
    draw: ({ width, height }) =>
      heatmapChart({
        title: 'Confusion matrix, rows add up to 1',
        ...{ width, height, values: shares, rows: classes, columns: classes, domain: [0, 1] },
        xLabel: 'told',
        yLabel: 'true',
      }),
  });
  const counts = table({
    caption: 'Steps by true class (row) and class told (column)',
    columns: [{ header: 'True' }, ...classes.map((header) => ({ header, align: 'right' as const }))],
    rows: confusion.map((row, k) => [classes[k], ...row.map(formatCount)]),
  });
  return { ...section, content: classes.length <= 20 ? [chart, counts] : [chart] };
}
