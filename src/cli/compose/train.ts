import type { MusicPiece } from '../../data/index.ts';
import { counted } from '../../format.ts';
import { taskReport } from '../../report/index.ts';
import { kindOf } from '../../tasks/compose/corpus.ts';
import { composeReportInput, trainCompose } from '../../tasks/index.ts';
import { outputOf } from '../output.ts';
import { trainRun } from '../train-run.ts';
import { loadMusic, tellVoices } from './data.ts';
import { likelihoodTable } from './results.ts';
import { folderOf, type TrainValues, trainConfig } from './train-settings.ts';

/** What stands in the place of scores where no piece was left for them. */
const UNMEASURED = 'not measured: no piece was left for it; give more music, or a larger --test-share\n';

/** `recurve train compose` */
export async function trainCommand(places: readonly string[], values: TrainValues): Promise<void> {
  const output = outputOf(values);
  const config = await trainConfig(places, values);
  // Repeats as written: an epoch passes over every bar once.
  const given = places.length > 0 ? places : config.data;
  const { pieces, leftOut } = await loadMusic(given, output, config.options.kind);
  output.note(describe(pieces));
  const severalVoices = tellVoices(config.options.kind ?? kindOf(pieces), pieces, output);
  await trainRun(
    {
      config,
      folder: folderOf(values),
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

function describe(pieces: readonly MusicPiece[]): string {
  const named = (part: MusicPiece['part']): number => pieces.filter((piece) => piece.part === part).length;
  const parts = named('train') > 0 ? `, ${named('train')} of them to train on and ${named('test')} to test` : '';
  return `${counted(pieces.length, 'piece')}${parts}`;
}
