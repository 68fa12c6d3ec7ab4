import { join } from 'node:path';
import { RecurveError } from '../errors.ts';
import { type JsonObject, parseJson, writeJson } from '../model/json.ts';
import { decodeModelFile, encodeModelFile, type ModelFile } from '../model/metadata.ts';
import { anyObject } from '../model/validate.ts';
import { expectOptions, expectText } from '../options.ts';
import { putBack, removeEarlier, setAside, settleEarlier } from './earlier-run.ts';
import { ensureFolder, listFolder, readFileIfThere, removeEmptyFolders, removeFile, writeFileAtomic } from './files.ts';
import { type MetricsLog, openMetricsLog } from './metrics-log.ts';
import { acquireLock } from './run-lock.ts';

/** Paths of the files of a run. */
export interface RunPaths {
  readonly model: string;
  readonly checkpoint: string;
  readonly metrics: string;
  readonly config: string;
  readonly report: string;
}

/** How to open a run folder. */
export interface RunOptions {
  /** Settings of the training, kept as `config.json`. May be left out when resuming: the stored ones count. */
  config?: JsonObject;
  /**
   * Continue the run in the folder from its last checkpoint, or from the beginning when there is none yet: given `config`,
   * the same call may be repeated after a kill at any moment, the first included. Default false.
   */
  resume?: boolean;
  /**
   * Begin anew: removes the files of an earlier run, and no others, once there is a checkpoint or a model of the new one. One that ends
   * without either gives the earlier run back. Excludes `resume`. Default false.
   */
  overwrite?: boolean;
  /** Keys of `config` that may differ from the stored ones when resuming, such as a time limit. Default none. */
  mayChange?: readonly string[];
}

/** An open run folder, locked against other trainings until `close`. */
export interface Run {
  readonly folder: string;
  readonly paths: RunPaths;
  /** The settings in force: those given, or the stored ones of a resumed run. */
  readonly config: JsonObject;
  /** Where to go on; undefined at the beginning. `checkpoint.document.step` is the step reached. */
  readonly checkpoint: ModelFile | undefined;
  /** Already cut back to the step of the checkpoint. */
  readonly metrics: MetricsLog;
  /** Saves the state to go on from. First append the metrics up to its step. */
  saveCheckpoint(file: ModelFile): Promise<void>;
  saveModel(file: ModelFile): Promise<void>;
  saveReport(html: string): Promise<void>;
  /** Closes the log and gives the lock back. May be called twice. */
  close(): Promise<void>;
  /**
   * Closes the run and takes back what opening it did, for a training that failed before there was anything to keep: settings and log
   * of a new run, and the folders that were not there, go, and a run that was to be overwritten is there again. A resumed run stays, and so
   * does every other file.
   */
  discard(): Promise<void>;
}

/** Names the files of a run folder. */
export function runPaths(folder: string): RunPaths {
  return {
    model: join(folder, 'model.safetensors'),
    checkpoint: join(folder, 'checkpoint.safetensors'),
    metrics: join(folder, 'metrics.jsonl'),
    config: join(folder, 'config.json'),
    report: join(folder, 'report.html'),
  };
}

/**
 * Opens a folder for one training, making it where it is missing. Every file in it is written atomically and the log cut
 * back to the checkpoint, so a kill at any moment loses at most the steps since then. A failure leaves nothing that was not there before.
 *
 * @throws RecurveError `usage` when the folder holds a run and neither `resume` nor `overwrite` is given, or when there is
 *   nothing to resume or the settings differ; `file` when it is in use or cannot be written; `model` when the checkpoint is damaged
 * @example
 * const run = await openRun('runs/weather', { config, resume });
 * try {
 *   for (let step = run.checkpoint?.document.step ?? 0; step < steps; step++) {
 *     run.metrics.append({ step: step + 1, loss: train(step) });
 *     if (due || signal.aborted) await run.saveCheckpoint(state(step + 1));
 *   }
 * } finally {
 *   await run.close();
 * }
 */
export async function openRun(folder: string, options: RunOptions): Promise<Run> {
  expectText('openRun', 'a folder', folder, 'name one');
  expectOptions('openRun', options, { config: true, resume: 'boolean', overwrite: 'boolean', mayChange: true });
  const { resume = false, overwrite = false } = options;
  if (resume && overwrite) {
    throw new RecurveError('usage', `${folder}: expected resume or overwrite, got both; choose one`);
  }
  const made = await ensureFolder(folder);
  const paths = runPaths(folder);
  let release: (() => Promise<void>) | undefined;
  let begun = false;
  const undo = async (): Promise<void> => {
    for (const path of begun ? [paths.metrics, paths.config] : []) await removeFile(path);
    if (release && overwrite) await putBack(paths);
    await release?.();
    await removeEmptyFolders(made);
  };
  try {
    release = await acquireLock(join(folder, 'run.lock'));
    await settleEarlier(paths, await listFolder(folder));
    const existing = await filesThere(folder);
    if (existing.length > 0 && !resume && !overwrite) {
      throw new RecurveError(
        'usage',
        `${folder}: expected a folder without a run, got one with ${existing.join(', ')}; resume it (--resume), overwrite it (--overwrite), or choose another folder`,
      );
    }
    if (overwrite) await setAside(paths);
    const config = resume ? await resumedConfig(folder, paths, existing, options) : required(folder, options.config);
    const checkpoint = resume ? await readCheckpoint(paths) : undefined;
    begun = overwrite || existing.length === 0;
    await writeFileAtomic(paths.config, `${writeJson(config, paths.config, 2)}\n`);
    const metrics = openMetricsLog(paths.metrics);
    // Without a checkpoint the run begins again, and what it measures before its first step (0) too.
    metrics.rewind(checkpoint?.document.step ?? -1);
    const end = async (): Promise<void> => {
      try {
        if (overwrite) await settleEarlier(paths, await listFolder(folder));
      } finally {
        await release?.();
      }
    };
    return makeRun({ folder, paths, config, checkpoint, metrics }, end, undo);
  } catch (error) {
    await undo();
    throw error;
  }
}

function makeRun(
  state: Pick<Run, 'folder' | 'paths' | 'config' | 'checkpoint' | 'metrics'>,
  release: () => Promise<void>,
  undo: () => Promise<void>,
): Run {
  const { paths, metrics } = state;
  let open = true;
  const closeThen = async (last: () => Promise<void>): Promise<void> => {
    if (!open) return;
    open = false;
    try {
      metrics.close();
    } finally {
      await last();
    }
  };
  return {
    ...state,
    async saveCheckpoint(file) {
      const bytes = encodeModelFile(file);
      // In this order a power cut cannot leave a checkpoint that is ahead of its log.
      metrics.sync();
      await writeFileAtomic(paths.checkpoint, bytes);
      await removeEarlier(paths);
    },
    async saveModel(file) {
      await writeFileAtomic(paths.model, encodeModelFile(file));
      await removeEarlier(paths);
    },
    saveReport: (html) => writeFileAtomic(paths.report, html),
    close: () => closeThen(release),
    discard: () => closeThen(undo),
  };
}

async function filesThere(folder: string): Promise<string[]> {
  const names = new Set(Object.values(runPaths('')));
  return (await listFolder(folder)).filter((name) => names.has(name)).sort();
}

function required(folder: string, config: JsonObject | undefined): JsonObject {
  if (config !== undefined) return config;
  throw new RecurveError(
    'usage',
    `${folder}: expected config for a new run, got none; give the settings of the training`,
  );
}

async function resumedConfig(
  folder: string,
  paths: RunPaths,
  existing: string[],
  options: RunOptions,
): Promise<JsonObject> {
  const { config, mayChange = [] } = options;
  const bytes = await readFileIfThere(paths.config);
  if (bytes === undefined) {
    if (existing.length === 0 && config !== undefined) return config;
    throw new RecurveError('usage', `${folder}: expected a run to resume, got no config.json; start it without resume`);
  }
  const stored = anyObject(parseJson(new TextDecoder().decode(bytes), paths.config), paths.config);
  if (config === undefined) return stored;
  // Through JSON, as the stored ones went.
  const given = JSON.parse(writeJson(config, paths.config)) as JsonObject;
  for (const key of new Set([...Object.keys(stored), ...Object.keys(given)])) {
    const [before, now] = [JSON.stringify(stored[key]), JSON.stringify(given[key])];
    if (before === now || mayChange.includes(key)) continue;
    throw new RecurveError(
      'usage',
      `${folder}: expected the settings of the run to resume, ${key} ${before ?? 'absent'}, got ${now ?? 'none'}; resume with the same settings, or choose another folder`,
    );
  }
  return given;
}

async function readCheckpoint(paths: RunPaths): Promise<ModelFile | undefined> {
  const bytes = await readFileIfThere(paths.checkpoint);
  return bytes && decodeModelFile(bytes, { name: paths.checkpoint, kind: 'checkpoint' });
}
