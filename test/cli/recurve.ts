// Runs the command line tool from its source, as a user would, in a folder of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, root } from '../../tools/setup.mjs';

const MAIN = join(root, 'src/cli/main.ts');
/** Where Node keeps the source without its types, compiled: a start takes a third of the time from the second one on. */
const CODE_CACHE = join(root, 'node_modules/.cache/recurve-cli');

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd: string;
  input?: string | Uint8Array;
  env?: Record<string, string | undefined>;
  /** Arguments of Node itself. */
  node?: string[];
  /** An open file that takes standard output. */
  stdout?: number;
}

function environment(env: RunOptions['env']): NodeJS.ProcessEnv {
  // Nothing of the developer's own settings.
  const { RECURVE_TIER, RECURVE_THREADS, RECURVE_DATA, RECURVE_DEBUG, FORCE_COLOR, NO_COLOR, ...rest } = process.env;
  return { ...rest, NODE_COMPILE_CACHE: CODE_CACHE, ...env };
}

/** Runs `recurve` to its end. */
export function recurve(args: readonly string[], { cwd, input = '', env, node = [], stdout: file }: RunOptions): Ran {
  const command = [...node, MAIN, ...args];
  const { status, stdout, stderr } = spawnSync(nodeBinary(), command, {
    ...{ cwd, input, encoding: 'utf8', env: environment(env), stdio: ['pipe', file ?? 'pipe', 'pipe'] },
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr };
}

/** Starts `recurve` and lets the test talk to it. */
export function startRecurve(args: readonly string[], { cwd, env }: RunOptions): ChildProcess {
  return spawn(nodeBinary(), [MAIN, ...args], { cwd, env: environment(env), stdio: ['pipe', 'pipe', 'pipe'] });
}

/** A table of days with a season, a covariate and some roughness, the same every time. */
export function table(rows: number): string {
  const lines = Array.from({ length: rows }, (_, day) => {
    const date = new Date(Date.UTC(2015, 0, 1 + day)).toISOString().slice(0, 10);
    const rough = ((day * 7919) % 101) / 50;
    return `${date},${(10 + 8 * Math.sin(day / 9) + rough).toFixed(3)},${((day * 31) % 17) / 4}`;
  });
  return `date,temp,wind\n${lines.join('\n')}\n`;
}

/** Options of a training that takes a moment. */
export const SMALL = [
  ...['--target', 'temp', '--context', '8', '--horizon', '3', '--hidden', '4', '--epochs', '2'],
  ...['--validation', 'holdout', '--seed', '3'],
];

/** Trains a small model in `cwd` as the run `run`. */
export function trainSmall(cwd: string, ...more: string[]): Ran {
  writeFileSync(join(cwd, 'table.csv'), table(160));
  return recurve(['train', 'forecast', 'table.csv', ...SMALL, '--out', 'run', '--quiet', ...more], { cwd });
}
