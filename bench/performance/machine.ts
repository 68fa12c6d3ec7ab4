import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem, uptime } from 'node:os';

/** Instruction sets that decide how fast products can be. */
const FLAGS = ['sse4_2', 'avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'amx_tile', 'asimd', 'sve'];

export interface Machine {
  cpu: string;
  cores: number;
  flags: string[];
  memoryGiB: number;
  platform: string;
  node: string;
  v8: string;
  /** Seconds since the machine started, and its load over the last minute. */
  uptime: number;
  load: number;
}

/** Cores that others keep busy while this program waits for a second. */
export async function coresBusy(): Promise<number> {
  const times = (): { idle: number; all: number } => {
    const sum = { idle: 0, all: 0 };
    for (const { times: core } of cpus()) {
      sum.idle += core.idle;
      sum.all += core.user + core.nice + core.sys + core.irq + core.idle;
    }
    return sum;
  };
  const before = times();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const after = times();
  const all = after.all - before.all;
  return all > 0 ? Number(((cpus().length * (all - after.idle + before.idle)) / all).toFixed(2)) : 0;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    flags: flags(),
    memoryGiB: Number((totalmem() / 2 ** 30).toFixed(1)),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
    uptime: Math.round(uptime()),
    load: Number(loadavg()[0].toFixed(2)),
  };
}

/** Empty where the system does not list them as Linux does. */
function flags(): string[] {
  if (process.platform !== 'linux') return [];
  const listed = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
  const known = new Set(listed.split(/\s+/));
  return FLAGS.filter((flag) => known.has(flag));
}
