import { basename, dirname, join } from 'node:path';
import { moveFile, removeFile } from './files.ts';
import type { RunPaths } from './run-folder.ts';

/**
 * The run that `overwrite` takes the place of stays beside the new one, under names of its own, until that has something to keep: so a
 * training that comes to nothing costs nothing. Each step is one rename, in an order from which a kill at any moment can be told.
 *
 * Settings move last and go last: while they lie aside, all the other files of the earlier run do too.
 */
const FILES = ['checkpoint', 'model', 'report', 'metrics', 'config'] as const;

function aside(path: string): string {
  return join(dirname(path), `.${basename(path)}.earlier`);
}

/** Moves the files of the run in a folder aside. */
export async function setAside(paths: RunPaths): Promise<void> {
  for (const file of FILES) await moveFile(paths[file], aside(paths[file]));
}

/** Moves them back, over those of a run that came to nothing. */
export async function putBack(paths: RunPaths): Promise<void> {
  for (const file of FILES.toReversed()) await moveFile(aside(paths[file]), paths[file]);
}

export async function removeEarlier(paths: RunPaths): Promise<void> {
  for (const file of FILES) await removeFile(aside(paths[file]));
}

/** At the end of a run, or after a kill: the earlier one is put back unless this one got as far as a checkpoint or a model. `there` names the files of the folder. */
export async function settleEarlier(paths: RunPaths, there: readonly string[]): Promise<void> {
  const has = (path: string): boolean => there.includes(basename(path));
  const followed = has(aside(paths.config)) && (has(paths.checkpoint) || has(paths.model));
  await (followed ? removeEarlier(paths) : putBack(paths));
}
