import { formatCount } from '../../format.ts';
import {
  TAG_MEASURES,
  type TagFigures,
  type TagModel,
  type TagScores,
  type TrainedTag,
  tagBaselineName,
} from '../../tasks/index.ts';
import { probabilityCells } from '../../tasks/tag/probability-cells.ts';
import { noteLines, restLine } from '../note-lines.ts';
import type { Output } from '../output.ts';
import { right } from '../terminal/index.ts';

/** Series whose next label is shown; more would push the result off the screen. */
const SHOWN = 10;

/** The scores of the model and of every baseline, the best Brier score first. */
export function scoreTable(scores: TagScores, model: TagModel, output: Output): string {
  const { test, baselines, steps, notes } = scores;
  const rows: [string, TagFigures][] = [
    // Longer names are cut on narrow terminals.
    [`${model.architecture.cell.toUpperCase()} ${model.regression ? '+ regression' : '(this model)'}`, test],
    ...Object.entries(baselines)
      .map(([name, figures]): [string, TagFigures] => [tagBaselineName(name), figures])
      .sort(([, a], [, b]) => a.brier - b.brier),
  ];
  const table = output.table({
    columns: ['model', ...TAG_MEASURES.map(({ name }) => right(name))],
    rows: rows.map(([name, figures]) => [name, ...TAG_MEASURES.map(({ key }) => figures[key].toFixed(4))]),
    highlight: 0,
  });
  const { classes, calibration } = model;
  const threshold =
    classes.length === 2 ? `${classes[1]} is told from a probability of ${calibration.threshold.toFixed(3)}\n` : '';
  return [`Test on ${formatCount(steps)} steps\n`, table, threshold, ...noteLines(notes, tagBaselineName)].join('');
}

/** What is told of the steps after the data. */
export function nextTable(next: TrainedTag['next'], { classes }: TagModel, output: Output): string {
  const { headers, cells } = probabilityCells(classes);
  const table = output.table({
    columns: [next[0].id ? 'series' : 'when', 'told', ...headers.map(right)],
    rows: next
      .slice(0, SHOWN)
      .map(({ id, time, label, probabilities }) => [
        id || (time === null ? 'next' : clockOf(time)),
        label,
        ...cells(classes.map((name) => probabilities[name])),
      ]),
  });
  return ['After the last row\n', table, ...restLine(next.length - SHOWN, ' series: recurve predict --csv')].join('');
}

/** An instant without what is zero. */
export function clockOf(time: number): string {
  return new Date(time)
    .toISOString()
    .replace(/T00:00:00\.000Z$/, '')
    .replace('.000Z', 'Z');
}

/** What is told of a step, as plain data. */
export function nextRow({ id, time, label, probabilities }: TrainedTag['next'][number]) {
  return {
    ...(id !== '' && { id }),
    ...(time !== null && { time: new Date(time).toISOString() }),
    label,
    probabilities,
  };
}
