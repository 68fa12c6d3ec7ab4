import type { MusicPiece } from '../../data/index.ts';
import { counted } from '../../format.ts';
import { taskReport } from '../../report/index.ts';
import { kindOf } from '../../tasks/compose/corpus.ts';
import { type ComposeOptions, composeReportInput, trainCompose } from '../../tasks/index.ts';
import { given } from '../options.ts';
import { outputOf } from '../output.ts';
import { lastingPlace, missing, storedConfig, type TaskConfig } from '../train-config.ts';
import type { FitValues, RunValues } from '../train-options.ts';
import { trainRun } from '../train-run.ts';
import { loadMusic, tellVoices } from './music.ts';
import { likelihoodTable } from './results.ts';

/** Values of the options of `recurve train compose`, as commander gives them. */
export interface TrainValues extends FitValues, RunValues {
  kind?: ComposeOptions['kind'];
  cell?: ComposeOptions['cell'];
  hidden?: number;
  layers?: number;
  embedding?: number;
  dropout?: number;
  inputDropout?: number;
  transpose?: number;
  segment?: number;
  related?: boolean;
  weightDrop?: number;
  stepsPerQuarter?: number;
  validationShare?: number;
  testShare?: number;
  weightDecay?: number;
  average?: number;
  patience?: number;
}

/** All that a training is made of; `config.json` of its run. */
interface TrainConfig extends TaskConfig {
  task: 'compose';
  data: string[];
  options: ComposeOptions;
}

/** What stands in the place of scores where no piece was left for them. */
const UNMEASURED = 'not measured: no piece was left for it; give more music, or a larger --test-share\n';

/** `recurve train compose` */
export async function trainCommand(places: readonly string[], values: TrainValues): Promise<void> {
  const output = outputOf(values);
  const folder = values.out ?? 'runs/compose';
  const alone = places.length === 0;
  if (alone && !values.resume) throw missing('compose', '<music...>', 'nothing');
  const config: TrainConfig = alone
    ? await storedConfig('compose', folder)
    : { task: 'compose', data: places.map(lastingPlace), options: optionsOf(values) };
  // Repeats as written: an epoch passes over every bar once.
  const { pieces, leftOut } = await loadMusic(alone ? config.data : places, output, config.options.kind);
  output.note(describe(pieces));
  const severalVoices = tellVoices(config.options.kind ?? kindOf(pieces), pieces, output);
  await trainRun(
    {
      config,
      folder,
      // The music itself is compared, not where it lies.
      mayChange: ['data'],
      train: (hooks) => trainCompose(pieces, config.options, hooks),
      report: (trained, files) => taskReport({ ...composeReportInput(trained), files }),
      result: ({ model, scores, pieces: counts }) => ({
        kind: model.kind,
        pieces: counts,
        ...(leftOut > 0 && { leftOut }),
        ...(severalVoices > 0 && { severalVoices }),
        ...(scores && { test: scores.test, baselines: scores.baselines, measure: scores.measure }),
        settings: model.settings,
      }),
      print: ({ scores }, shown) => [scores ? likelihoodTable(scores, shown) : UNMEASURED],
    },
    values,
  );
}

function optionsOf(values: TrainValues): ComposeOptions {
  const { kind, cell, hidden, layers, embedding, dropout, inputDropout, transpose, segment, stepsPerQuarter } = values;
  const { related, weightDrop } = values;
  const { validationShare, testShare, epochs, batchSize, rate, weightDecay, average, clip, patience, seed } = values;
  return given({
    ...{ kind, cell, hidden, layers, embedding, dropout, inputDropout, transpose, segment, stepsPerQuarter },
    ...{ related, weightDrop },
    ...{ validationShare, testShare, epochs, batchSize, rate, weightDecay, average, clip, patience, seed },
  });
}

function describe(pieces: readonly MusicPiece[]): string {
  const named = (part: MusicPiece['part']): number => pieces.filter((piece) => piece.part === part).length;
  const parts = named('train') > 0 ? `, ${named('train')} of them to train on and ${named('test')} to test` : '';
  return `${counted(pieces.length, 'piece')}${parts}`;
}
