import { rmdir } from 'node:fs/promises';
import { describe, toSeries } from '../data/index.ts';
import { RecurveError } from '../errors.ts';
import { listFolder, removeFile } from '../node/files.ts';
import { openRun, type Run } from '../node/run-folder.ts';
import { forecastReport } from '../report/index.ts';
import { reportInput, type TaskProgress, type TrainedForecast, trainForecast } from '../tasks/index.ts';
import { engineFromEnvironment } from './environment.ts';
import { catchInterrupts } from './interrupts.ts';
import { type Output, outputOf } from './output.ts';
import { forecastRow, nextSteps, scoreTable } from './results.ts';
import { loadTable } from './tables.ts';
import { type ProgressEvent, progressRenderer } from './terminal/index.ts';
import { folderOf, type TrainConfig, type TrainValues, trainConfig } from './train-settings.ts';

/** Settings that may differ when a run is resumed: the data themselves are compared, not where they lie. */
const MAY_CHANGE = ['table', 'read'];

/** `recurve train forecast` */
export async function trainForecastCommand(table: string | undefined, values: TrainValues): Promise<void> {
  const output = outputOf(values);
  const config = await trainConfig(table, values);
  const folder = folderOf(values);
  const engine = await engineFromEnvironment();
  const data = toSeries(await loadTable(table ?? config.table, config.read, output), config.series);
  for (const line of describe(data.report)) output.note(line);

  const run = await openRun(folder, {
    config: JSON.parse(JSON.stringify(config)),
    resume: values.resume ?? false,
    overwrite: values.overwrite ?? false,
    mayChange: MAY_CHANGE,
  });
  const progress = progressRenderer({
    silent: (values.json || values.quiet) ?? false,
    ...(values.maxTime !== undefined && { maxSeconds: values.maxTime }),
  });
  using interrupts = catchInterrupts(() => progress.note('stopping after this step; once more to stop at once'));
  // Until there is something to keep.
  let idle = !values.resume;
  try {
    if (run.checkpoint) progress.note(`going on from step ${run.checkpoint.document.step}`);
    const began = performance.now();
    const trained = await trainForecast(data, config.options, {
      engine,
      reading: config.series,
      signal: interrupts.signal,
      ...(values.maxTime !== undefined && { maxSeconds: values.maxTime }),
      ...(values.detectAnomaly && { detectAnomaly: true }),
      onProgress: (event) => progress.update(overall(event, (performance.now() - began) / 1000)),
      onEpoch(record) {
        idle = false;
        run.metrics.append({ ...record });
      },
      checkpoint: {
        everySeconds: values.checkpointEvery,
        save(file) {
          idle = false;
          return run.saveCheckpoint(file);
        },
      },
      ...(run.checkpoint && { resume: run.checkpoint }),
    });
    progress.finish();
    await run.saveModel(trained.model.encode());
    const files = { model: run.paths.model, checkpoint: run.paths.checkpoint, metrics: run.paths.metrics };
    await run.saveReport(forecastReport({ ...reportInput(trained, data), files }));
    printResult(trained, { run, config, output });
  } catch (error) {
    progress.finish();
    if (idle) await forget(run);
    throw error instanceof RecurveError && error.code === 'interrupted' ? interrupted(run, folder, error) : error;
  } finally {
    await run.close();
  }
}

/** Takes a run away that failed before it began, so that the corrected command finds a free folder. */
async function forget({ paths, folder, close }: Run): Promise<void> {
  await close();
  await removeFile(paths.metrics);
  await removeFile(paths.config);
  // Whatever else is in the folder stays, and so does the folder then.
  if ((await listFolder(folder)).length === 0) await rmdir(folder);
}

/** The stages of a training as one: their steps are about equal in number. */
function overall(event: TaskProgress, seconds: number): ProgressEvent {
  const { stage, stageIndex, stages, epoch, epochs, step, steps } = event;
  return {
    ...event,
    ...(stages > 1 && { part: { name: stage, epoch, epochs } }),
    epoch: stageIndex * epochs + epoch,
    epochs: stages * epochs,
    step: stageIndex * steps + step,
    steps: stages * steps,
    seconds,
  };
}

function interrupted({ paths }: Run, folder: string, cause: RecurveError): RecurveError {
  const command = `recurve train forecast --out ${/[^\w./-]/.test(folder) ? JSON.stringify(folder) : folder} --resume`;
  return new RecurveError(
    'interrupted',
    `train: expected to finish, got a request to stop; all of it is in ${paths.checkpoint}, go on with \`${command}\``,
    { cause },
  );
}

function printResult(
  trained: TrainedForecast,
  { run, config, output }: { run: Run; config: TrainConfig; output: Output },
): void {
  const { model, scores, seconds, epochs, stopped, forecasts } = trained;
  const { paths, folder } = run;
  output.result({
    task: config.task,
    target: model.target,
    ...(model.unit && { unit: model.unit }),
    seconds,
    epochs,
    stopped,
    run: folder,
    model: paths.model,
    report: paths.report,
    ...(scores && {
      test: scores.test,
      baselines: scores.baselines,
      coverage: scores.coverage,
      overall: scores.overall,
      steps: scores.steps,
      notes: scores.notes,
      windows: scores.windows,
    }),
    forecasts: forecasts.map(forecastRow),
    settings: model.settings,
  });
  const how = stopped === 'time' ? ', ended by --max-time' : '';
  output.print(
    [
      ...(scores ? [scoreTable(scores, model, output)] : []),
      ...nextSteps(forecasts, model, output),
      `trained in ${seconds.toFixed(1)} s, best after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}${how}\nmodel   ${paths.model}\nreport  ${paths.report}\n`,
    ].join('\n'),
  );
}
