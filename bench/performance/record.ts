import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Machine } from './machine.ts';
import { writePages } from './page.ts';
import type { PyTorchFacts } from './pytorch.ts';

/** How long a section took, and cores that other work kept busy at its ends: above a quarter, doubt the times, trust the ratios. */
export interface Taken {
  seconds: number;
  busyBefore: number;
  busyAfter: number;
}

/** What `--json` prints and bench/results/performance.json holds; each section's figures stand under its name. */
export interface Recorded {
  machine: Machine;
  run: { threads: number; sections: Record<string, Taken> };
  pytorch: (PyTorchFacts & { busy: number; limited: PyTorchFacts | null }) | null;
  summary: Record<string, object>;
  [section: string]: unknown;
}

const FILE = new URL('../results/performance.json', import.meta.url);

/** Writes results and page. Sections of an earlier run stay where this one left them out, if it was on this machine and Node. */
export function record(results: Recorded): void {
  const all = merged(existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : undefined, results);
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
  writePages(all);
}

export function merged(before: Recorded | undefined, now: Recorded): Recorded {
  if (!before || before.machine.cpu !== now.machine.cpu || before.machine.node !== now.machine.node) return now;
  return {
    ...before,
    ...now,
    // A PyTorch that was kept to fewer instructions belongs to sections of its own run, which may be the earlier one.
    pytorch: now.pytorch
      ? { ...now.pytorch, limited: now.pytorch.limited ?? before.pytorch?.limited ?? null }
      : before.pytorch,
    run: { ...now.run, sections: { ...before.run.sections, ...now.run.sections } },
    summary: { ...before.summary, ...now.summary },
  };
}
