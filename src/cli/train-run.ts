import { numericsOf } from '../engine/index.ts';
import { RecurveError } from '../errors.ts';
import { counted } from '../format.ts';
import type { ModelFile } from '../model/index.ts';
import { openRun, type Run } from '../node/run-folder.ts';
import type { TaskProgress, TrainHooks } from '../tasks/index.ts';
import { engineFromEnvironment, numericsAsked } from './environment.ts';
import { catchInterrupts } from './interrupts.ts';
import { type Output, outputOf } from './output.ts';
import { type ProgressEvent, progressRenderer } from './terminal/index.ts';
import type { TaskConfig } from './train-config.ts';
import type { RunValues } from './train-options.ts';

/** What every training gives, whatever its task. */
export interface Trained {
  model: { encode(): ModelFile };
  /** Of training alone. */
  seconds: number;
  /** The epoch whose weights were kept. */
  epochs: number;
  stopped: 'finished' | 'early' | 'time' | 'aborted';
}

/** Files of a run, by what they are, for its report. */
export type RunFiles = Readonly<Record<'model' | 'checkpoint' | 'metrics', string>>;

/** What a task adds to the way all trainings run. */
export interface TrainTask<T extends Trained> {
  /** All settings; kept as `config.json` and compared when the run is resumed. */
  config: TaskConfig;
  folder: string;
  /** Keys of `config` that may differ when the run is resumed: say, where data lie that are compared themselves. */
  mayChange: readonly string[];
  /** Trains through the library. `hooks` go to it whole. */
  train(hooks: TrainHooks): Promise<T>;
  /** report.html */
  report(trained: T, files: RunFiles): string;
  /** What `--json` gives beside the keys of every training (`task`, `seconds`, `epochs`, `stopped`, `run`, `model`, `report`). */
  result(trained: T): object;
  /** What people read of the result, before the last lines, in parts. */
  print(trained: T, output: Output): string[];
}

/**
 * `recurve train <task>` once settings and data are there: opens the run folder, goes on from its checkpoint, shows progress, saves
 * checkpoints and metrics, sees to Ctrl-C, writes model and report, and prints the result.
 */
export async function trainRun<T extends Trained>(task: TrainTask<T>, values: RunValues): Promise<void> {
  const output = outputOf(values);
  const { folder } = task;
  const engine = await engineFromEnvironment(numericsAsked(values) ?? task.config.numerics);
  const fast = values.fast || numericsOf(engine) === 'fast';
  const config: TaskConfig = { ...task.config, ...(fast && { numerics: 'fast' }) };
  const run = await openRun(folder, {
    config: JSON.parse(JSON.stringify(config)),
    resume: values.resume ?? false,
    overwrite: values.overwrite ?? false,
    mayChange: task.mayChange,
  });
  const progress = progressRenderer({
    silent: (values.json || values.quiet) ?? false,
    ...(values.maxTime !== undefined && { maxSeconds: values.maxTime }),
  });
  using interrupts = catchInterrupts((line) => progress.note(line));
  // Until there is something to keep.
  let idle = true;
  try {
    if (run.checkpoint) progress.note(`going on from step ${run.checkpoint.document.step}`);
    const began = performance.now();
    const trained = await task.train({
      engine,
      signal: interrupts.signal,
      ...(values.maxTime !== undefined && { maxSeconds: values.maxTime }),
      ...(values.detectAnomaly && { detectAnomaly: true }),
      onProgress: (event) => progress.update(overall(event, (performance.now() - began) / 1000)),
      onNote: (line) => progress.note(line),
      onEpoch(record) {
        run.metrics.append({ ...record });
        idle = false;
      },
      checkpoint: {
        everySeconds: values.checkpointEvery ?? 30,
        async save(file) {
          await run.saveCheckpoint(file);
          idle = false;
        },
      },
      ...(run.checkpoint && { resume: run.checkpoint }),
    });
    progress.finish();
    await run.saveModel(trained.model.encode());
    const { model, checkpoint, metrics, report } = run.paths;
    await run.saveReport(task.report(trained, { model, checkpoint, metrics }));
    const { seconds, epochs, stopped } = trained;
    await output.result({
      ...{ task: config.task, seconds, epochs, stopped, run: folder, model, report },
      ...task.result(trained),
    });
    const best = epochs === 0 ? 'less than an epoch' : `best after ${counted(epochs, 'epoch')}`;
    const how = stopped === 'time' ? ', ended by --max-time' : '';
    await output.print(
      [
        ...task.print(trained, output),
        `trained in ${seconds.toFixed(1)} s, ${best}${how}\nmodel   ${model}\nreport  ${report}\n`,
      ].join('\n'),
    );
  } catch (error) {
    progress.finish();
    // So that the corrected command finds everything as it was.
    if (idle) await run.discard();
    const stopped = error instanceof RecurveError && error.code === 'interrupted';
    throw stopped ? interrupted(run, config.task, values, error) : error;
  } finally {
    await run.close();
  }
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

function interrupted({ paths, folder }: Run, task: string, { maxTime }: RunValues, cause: RecurveError): RecurveError {
  const out = /[^\w./-]/.test(folder) ? JSON.stringify(folder) : folder;
  const limit = maxTime === undefined ? '' : ` --max-time ${maxTime}`;
  const command = `recurve train ${task} --out ${out} --resume${limit}`;
  return new RecurveError(
    'interrupted',
    `train: expected to finish, got a request to stop; all of it is in ${paths.checkpoint}, go on with \`${command}\``,
    { cause },
  );
}
