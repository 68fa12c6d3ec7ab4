import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { RecurveError } from 'recurve';
import type { Case } from './cases.ts';
import type { Sample, Side } from './measure.ts';

export interface PyTorchOptions {
  /** Words that start a Python with torch: `python3`, `chroot /opt/torch python3`. */
  command: string;
  threads: number;
  /** Instructions PyTorch may use at most; default: all that the processor has. */
  isa?: string | undefined;
}

export interface PyTorchFacts {
  version: string;
  /** Widest instructions in use, as PyTorch says: `AVX2`, `AVX512`. */
  capability: string;
  threads: number;
  oneDNN: boolean;
  python: string;
}

/** A Python process that times cases by turns with this one. */
export interface PyTorch {
  readonly facts: PyTorchFacts;
  /** Builds the case's model: PyTorch's ways of running it, the fastest first. One case is open at a time. */
  open(one: Case): Promise<(Side & { way: string })[]>;
  /** Processor time over wall time of all runs so far: above `threads`, more threads computed than were asked for. */
  busy(): number;
  close(): void;
}

/** What keeps PyTorch, oneDNN, OpenBLAS and MKL from wider instructions than a tier's. */
const ISA: Record<string, Record<string, string>> = {
  avx2: {
    ATEN_CPU_CAPABILITY: 'avx2',
    ONEDNN_MAX_CPU_ISA: 'AVX2',
    OPENBLAS_CORETYPE: 'Haswell',
    MKL_ENABLE_INSTRUCTIONS: 'AVX2',
  },
};
export const ISAS = Object.keys(ISA);

/**
 * Starts PyTorch. `torch.set_num_threads` does not reach OpenBLAS, whose second thread then waits in a loop beside the first one's
 * work; its own variable and OpenMP's say the same number, so that one thread is compared with one.
 *
 * @throws RecurveError `usage` when the command does not start a Python with torch
 */
export async function startPyTorch({ command, threads, isa }: PyTorchOptions): Promise<PyTorch> {
  const [program, ...words] = command.trim().split(/\s+/);
  const script = readFileSync(new URL('./pytorch.py', import.meta.url), 'utf8');
  const limit = String(threads);
  const env = {
    ...process.env,
    ...{ OMP_NUM_THREADS: limit, OPENBLAS_NUM_THREADS: limit, MKL_NUM_THREADS: limit },
    ...(isa && ISA[isa]),
  };
  const child = spawn(program, [...words, '-c', script, limit], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const ask = conversation(child, command);
  const facts = (await ask({ do: 'facts' })) as unknown as PyTorchFacts;
  const spent = { ms: 0, cpuMs: 0 };
  return {
    facts,
    async open(one) {
      const { ways } = (await ask({ do: 'open', ...one })) as { ways: string[] };
      return ways.map((way) => ({
        way,
        async run(n) {
          const { ms, cpuMs } = (await ask({ do: 'run', way, n })) as unknown as Sample;
          spent.ms += ms;
          spent.cpuMs += cpuMs;
          return { ms, cpuMs };
        },
      }));
    },
    busy: () => spent.cpuMs / spent.ms,
    close: () => child.stdin.end(),
  };
}

/** One question, one answer, a line each. */
function conversation(child: ChildProcessWithoutNullStreams, command: string) {
  let complaint = '';
  let failed: Error | undefined;
  let waiting: { resolve(line: string): void; reject(error: Error): void } | undefined;
  const fail = (got: string): void => {
    const last = complaint.trim().split('\n').at(-1);
    failed ??= new RecurveError(
      'usage',
      `bench: expected --python "${command}" to run a Python with torch, got ${last || got}; bench/setup-pytorch.sh sets one up`,
    );
    waiting?.reject(failed);
  };
  child.stderr.on('data', (text) => {
    complaint = (complaint + text).slice(-4000);
  });
  // A write to a process that has gone reports here too; `close` says why.
  child.stdin.on('error', () => {});
  child.on('error', (error) => fail(error.message));
  child.on('close', (code) => fail(`exit code ${code}`));
  createInterface({ input: child.stdout }).on('line', (line) => waiting?.resolve(line));
  return async (request: object): Promise<Record<string, unknown>> => {
    const line = await new Promise<string>((resolve, reject) => {
      if (failed) return reject(failed);
      waiting = { resolve, reject };
      child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    waiting = undefined;
    return JSON.parse(line);
  };
}
