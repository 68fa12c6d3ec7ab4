import { shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import { formatCount } from '../../format.ts';
import type { Visit } from '../../train/event-loop.ts';
import { alikeNotes } from '../training/index.ts';
import type { TablePlan } from './table/features.ts';
import type { TestPart } from './test-part.ts';
import type { TextPlan } from './text/features.ts';
import type { Example } from './training/examples.ts';

/** Rare classes that are told of by name. */
const NOTED = 10;

/** Fewest steps to learn from. */
const FEWEST = 50;

/** What is learned from and what is scored, of a table or of tagged text alike. */
export interface TagDataset {
  classes: string[];
  plan: TablePlan | TextPlan;
  /** Numbers a step is read as. */
  width: number;
  /** Whether a regression answers beside the network: then every example has its inputs. */
  regression: boolean;
  /** What is to be known, a sentence each. */
  notes: string[];
  /** Everything before the test part; steps that count have weight 1. */
  examples: Example[];
  blockOf(example: number, t: number): number;
  /** The examples before the holdout, and those in it. */
  holdout(): { training: Example[]; held: Example[] };
  /** Steps that count. */
  steps: number;
  /** Classes of the steps to learn from. */
  counts: number[];
  test: TestPart;
  baselines(visit: Visit): Promise<{ baselines: Record<string, Float64Array>; notes: Record<string, string> }>;
  /** Tells data apart. */
  fingerprint(): string;
}

/** Steps with labels, in all and of each class. */
export function totals(examples: readonly Example[], K: number): { steps: number; counts: number[] } {
  const counts = new Array<number>(K).fill(0);
  for (const { labels, weights } of examples) {
    for (let t = 0; t < labels.length; t++) if (weights[t] > 0) counts[labels[t]]++;
  }
  return { steps: counts.reduce((a, b) => a + b, 0), counts };
}

/** Refuses what nothing can be learned from, and says what little can be learned of rare classes. */
export function checkDataset({ classes, counts, steps, examples, plan }: TagDataset): string[] {
  const seen = classes.filter((_, k) => counts[k] > 0);
  if (seen.length < 2) {
    throw new RecurveError(
      'data',
      `tag: expected at least 2 classes to learn from, got ${seen.length === 0 ? 'no labels' : `only "${shorten(seen[0])}"`} before the test part; move its border or give more data`,
    );
  }
  if (steps < FEWEST || examples.length < 2) {
    const next = plan.kind === 'table' ? 'lower chunk, or give more data' : 'give more text';
    throw new RecurveError(
      'data',
      `tag: expected at least ${FEWEST} steps with labels in 2 sequences before the test part, got ${steps} in ${examples.length}; ${next}`,
    );
  }
  const rare = classes.flatMap((name, k) =>
    counts[k] > 1
      ? []
      : [
          `class "${shorten(name)}" has ${counts[k] === 0 ? 'no example' : 'one example only'} to learn from: it will hardly ever be told`,
        ],
  );
  const more = rare.length - NOTED;
  return [
    ...alikeNotes(classes),
    ...rare.slice(0, NOTED),
    ...(more > 0 ? [`so have ${formatCount(more)} more classes`] : []),
  ];
}

/** Tells classes that are held out whole; with all but one of them so, there is nothing to learn. */
export function heldOutAlone({ classes, counts }: TagDataset, training: readonly Example[]): string[] {
  const learned = totals(training, classes.length).counts;
  const seen = classes.filter((_, k) => learned[k] > 0);
  if (seen.length < 2) {
    throw new RecurveError(
      'data',
      `tag: expected at least 2 classes before the holdout, got only "${shorten(seen[0])}"; move its border, or validate by cross`,
    );
  }
  return classes.flatMap((name, k) =>
    counts[k] > 1 && learned[k] === 0
      ? [`class "${shorten(name)}" is in the holdout alone: nothing is learned of it`]
      : [],
  );
}
