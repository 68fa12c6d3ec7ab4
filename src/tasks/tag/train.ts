import { type ReadOptions, type TaggedText, tableFormatOf } from '../../data/index.ts';
import { createEngine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import { formatCount } from '../../format.ts';
import { plainJson } from '../../model/index.ts';
import type { EpochRecord, FitResult } from '../../train/index.ts';
import { expectProbabilities } from '../probabilities.ts';
import { classWeightsOf, expectHooks, openStages, type TrainHooks } from '../training/index.ts';
import type { TagArchitecture } from './architecture.ts';
import { labelAt } from './calibration.ts';
import { checkDataset, heldOutAlone, type TagDataset } from './dataset.ts';
import { type TagModel, tagModel } from './model.ts';
import { refuseUnused, type TagOptions, type TagSettings, tagSettings } from './options.ts';
import { scoresOf, type TagScored, type TagScores } from './scores.ts';
import { tableDataset } from './table/dataset.ts';
import { ownCount } from './table/features.ts';
import { expectTagData, type TagTable, targetTimes } from './table/tag-table.ts';
import { predictTestPart, testSteps } from './test-part.ts';
import { textDataset } from './text/dataset.ts';
import { expectKept } from './training/checkpoint.ts';
import { blocksOf, crossValidate } from './training/cross-validation.ts';
import type { TagLearner } from './training/ensemble.ts';
import { holdOut } from './training/holdout.ts';

/** Most training steps for which five more trainings are made by default. */
const CROSS_LIMIT = 4096;

/** Test steps from which on scoring takes seconds. */
const WORTH_A_NOTE = 20_000;

/** What a training may be given beside data and options. */
export interface TagHooks extends TrainHooks {
  /** How the file of a table was read, of which the model keeps how it was written. */
  read?: ReadOptions;
}

/** A trained tagger and how it came about. */
export interface TrainedTag {
  model: TagModel;
  /** Scores on the test part, if there is one. */
  scores?: TagScores;
  /** The test part with truth, probabilities and baselines, for pictures. */
  scored?: TagScored;
  /** Tables with `ahead`: what is told of the steps after the data, one per series. */
  next: { id: string; time: number | null; label: string; probabilities: Record<string, number> }[];
  history: EpochRecord[];
  /** The epoch whose weights were kept. */
  epochs: number;
  stopped: FitResult['stopped'];
  /** Of training alone. */
  seconds: number;
  /** What is to be known of the data, a sentence each. */
  notes: string[];
}

/**
 * Trains a tagger of a table or of tagged text: learns a label per step, chooses epochs, temperature and threshold on steps left out,
 * and scores the test part beside the baselines.
 *
 * @throws RecurveError `data` for data that hold one class only, or too few steps; `usage` for options that cannot work
 * @example
 * const table = toTagTable(await readTable(csv), { target: 'precipitation > 0' });
 * const { model, scores } = await trainTag(table, { seed: 7, test: { from: '2015-01-01' } });
 */
export async function trainTag(
  data: TagTable | TaggedText,
  options: TagOptions = {},
  hooks: TagHooks = {},
): Promise<TrainedTag> {
  expectHooks('tag', hooks, { read: true });
  expectTagData('tag', data);
  const kind = 'kind' in data ? 'table' : 'text';
  refuseUnused(options, kind);
  const settings = tagSettings(options, kind);
  const dataset = 'kind' in data ? tableDataset(data, settings) : textDataset(data, settings);
  const notes = [...checkDataset(dataset), ...dataset.notes];
  const cross = settings.validation === 'cross' || (settings.validation !== 'holdout' && dataset.steps <= CROSS_LIMIT);
  refuseIgnored(options, cross, dataset.classes.length);
  const blocks = cross ? blocksOf(dataset.examples, dataset.blockOf) : [];
  const learner: TagLearner = {
    engine: hooks.engine ?? (await createEngine()),
    architecture: architectureOf(dataset, settings),
    settings,
    regression: dataset.regression,
    classWeights: classWeightsOf('tag', settings.classWeights, dataset.classes, dataset.counts),
  };
  const stages = openStages(
    {
      task: 'tag',
      settings: plainJson(settings),
      data: dataset.fingerprint(),
      stages: settings.members + blocks.length,
    },
    hooks,
    expectKept(blocks.length),
  );
  const learned = await (cross ? crossValidate(learner, dataset.examples, blocks, stages) : learnFromHoldout());
  const { members, regression, calibration, history, bestEpoch, stopped } = learned;
  const model = tagModel(members, {
    settings,
    architecture: learner.architecture,
    classes: dataset.classes,
    calibration,
    plan: dataset.plan,
    ...(regression && { regression }),
    ...('kind' in data && { reading: data.reading, written: tableFormatOf(hooks.read ?? {}) }),
    summary: {},
  });
  const tested = testSteps(dataset.test);
  if (tested >= WORTH_A_NOTE) hooks.onNote?.(`scoring ${formatCount(tested)} steps and the baselines`);
  const ahead = 'kind' in data && settings.ahead > 0;
  const { predictions, last } = await predictTestPart(model, dataset.test, stages.visit, ahead);
  const scored = tested > 0 ? { ...predictions, ...(await dataset.baselines(stages.visit)) } : undefined;
  const scores = scored && (await scoresOf(scored, dataset.classes.length, calibration.threshold, stages.visit));
  const { steps, seconds } = stages;
  model.summary = plainJson({
    ...{ steps, seconds, epochs: bestEpoch, stopped, examples: dataset.steps, counts: dataset.counts },
    ...(scores && { test: scores.test, baselines: scores.baselines }),
  });
  return {
    model,
    ...(scored && { scored }),
    ...(scores && { scores }),
    next: ahead ? nextOf(model, data, last, settings.ahead) : [],
    history,
    epochs: bestEpoch,
    stopped,
    seconds,
    notes: [...notes, ...learned.notes],
  };

  function learnFromHoldout() {
    const { training, held } = dataset.holdout();
    if (training.length === 0 || held.length === 0) {
      throw new RecurveError(
        'data',
        `tag: expected labels before and inside the holdout, got ${training.length} and ${held.length} sequences with some; move the holdout's border`,
      );
    }
    notes.push(...heldOutAlone(dataset, training));
    return holdOut(learner, training, held, stages);
  }
}

/** What is told of the step after each series, from its probabilities [K]. */
function nextOf(
  { classes, calibration }: TagModel,
  { series }: TagTable,
  last: readonly Float64Array[],
  ahead: number,
): TrainedTag['next'] {
  return series.map(({ series: one }, i) => {
    expectProbabilities('tag', last[i]);
    return {
      id: one.id,
      time: targetTimes({ ...one, time: one.time?.slice(-1) ?? null }, ahead)?.[0] ?? null,
      label: classes[labelAt(last[i], 0, classes.length, calibration)],
      probabilities: Object.fromEntries(classes.map((name, k) => [name, last[i][k]])),
    };
  });
}

/** Refuses options that the data turn out to have no use for. */
function refuseIgnored({ holdout, patience, threshold }: TagOptions, cross: boolean, K: number): void {
  const name = holdout === undefined ? 'patience' : 'holdout';
  if (cross && (holdout !== undefined || patience !== undefined)) {
    throw new RecurveError(
      'usage',
      `tag: expected ${name} with validation holdout, got cross; set validation to holdout, or leave ${name} out`,
    );
  }
  if (K === 2 || threshold === undefined) return;
  throw new RecurveError('usage', `tag: expected threshold with two classes, got ${K}; leave it out`);
}

function architectureOf({ classes, plan, width }: TagDataset, settings: TagSettings): TagArchitecture {
  const { cell, hidden, layers, bidirectional, dropout, embedding } = settings;
  return {
    ...{ cell, hidden, layers, bidirectional, dropout },
    classes: classes.length,
    input:
      plan.kind === 'table'
        ? { kind: 'numbers', width, own: ownCount(plan, classes.length) }
        : { kind: 'tokens', words: plan.words.size, endings: plan.endings.size, width: embedding },
  };
}
