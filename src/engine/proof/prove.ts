// An experimental tier is proven before it is trusted: V8's checks end the process when they fail, so the trial runs in a child
// process. Whatever happens to that, the program goes on with the next tier down.
import { VERSION } from '../../version.ts';
import { hostProcess, nodeModule } from '../host.ts';
import type { Tier } from '../tiers.ts';
import { noPlace, readVerdict, type Subject, type Verdict, verdictFolder, writeVerdict } from './verdicts.ts';

export interface ProofOptions {
  /** Prove again, whatever is kept. Default false. */
  fresh?: boolean;
  /** Folder of the verdicts. */
  folder?: string;
  /** Path of the program that tries the tier. */
  program?: string;
  /** Node, for the child process. */
  execPath?: string;
  /** Milliseconds after which the trial is taken to hang. */
  timeout?: number;
}

/** Milliseconds; a trial takes about half a second on an idle machine. */
const TIMEOUT = 20_000;
/** How long a verdict holds that may be the fault of a busy machine. */
const RETRY_AFTER = 24 * 3600 * 1000;

/** What the child prints: the first kernel whose bits differ, or how the speeds compare. */
export interface TrialResult {
  differs?: string;
  /** How many times as fast as the plain tier. */
  speed?: number;
}

const proofs = new Map<string, Promise<Verdict>>();

/** The verdict about a tier: the one kept, else that of a trial, which is then kept. One at a time and tier per process. */
export function proveTier(tier: Tier, base: Tier, options: ProofOptions = {}): Promise<Verdict> {
  const known = proofs.get(tier.name);
  if (known && Object.keys(options).length === 0) return known;
  const proof = prove(tier, base, options);
  proofs.set(tier.name, proof);
  return proof;
}

async function prove(tier: Tier, base: Tier, options: ProofOptions): Promise<Verdict> {
  const untried = (reason: string): Verdict => ({ trusted: false, reason: `not proven: ${reason}` });
  if (nodeModule<{ isMainThread: boolean }>('node:worker_threads')?.isMainThread !== true) {
    return untried(
      "V8's flags are the whole process's, so a worker leaves them alone; make the engine on the main thread",
    );
  }
  const program = options.program ?? trialProgram();
  if (program === undefined) return untried('the trial is a file of the package, which is bundled into another here');
  const folder = options.folder ?? verdictFolder();
  if (folder === undefined)
    return untried('this user has no home to keep the verdict in; name a folder in XDG_CACHE_HOME');
  const subject = await subjectOf(tier, base);
  const kept = options.fresh ? undefined : readVerdict(folder, subject);
  if (kept) return kept;
  const hindrance = noPlace(folder);
  if (hindrance) return untried(hindrance);
  const outcome = await runTrial(program, tier.name, options);
  if ('forbidden' in outcome) return untried(`no child process may run here (${outcome.forbidden})`);
  if ('stopped' in outcome) return untried(`its trial was stopped by ${outcome.stopped}`);
  const verdict = judge(outcome, base.name);
  writeVerdict(folder, subject, verdict);
  return verdict;
}

/** How a trial ended. */
type Outcome =
  | { forbidden: string }
  | { stopped: string }
  | { hung: number }
  | { died: string }
  | { result: TrialResult };

/** Signals by which people end programs: they say nothing about the tier. */
const STOPS: readonly unknown[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function judge(outcome: Exclude<Outcome, { forbidden: string } | { stopped: string }>, base: string): Verdict {
  const when = new Date().toISOString();
  const until = new Date(Date.now() + RETRY_AFTER).toISOString();
  if ('hung' in outcome)
    return { trusted: false, reason: `its trial did not end within ${outcome.hung / 1000} s`, when, until };
  if ('died' in outcome) {
    // No crash of its own ends like this: a host that ran out of memory does.
    const killed = outcome.died === 'SIGKILL';
    return { trusted: false, reason: `its trial ended with ${outcome.died}`, when, ...(killed && { until }) };
  }
  const { differs, speed = Number.NaN } = outcome.result;
  if (differs !== undefined)
    return { trusted: false, reason: `its bits differ from those of ${base} in ${differs}`, when };
  const times = `${speed.toFixed(2)} times as fast`;
  if (!(speed >= 1)) return { trusted: false, reason: `slower than ${base} in its trial: ${times}`, when, until };
  return { trusted: true, reason: `proven equal to ${base} to the bit and ${times}`, when };
}

interface ChildProcesses {
  execFile(
    file: string,
    args: readonly string[],
    options: object,
    ended: (error: { killed?: boolean; signal?: string | null; code?: unknown } | null, stdout: string) => void,
  ): void;
}

function runTrial(program: string, tier: string, options: ProofOptions): Promise<Outcome> {
  const { timeout = TIMEOUT, execPath = hostProcess().execPath } = options;
  const { env } = hostProcess();
  // The program's own loaders and flags are none of the trial's business, and it must not choose a tier by itself.
  const { NODE_OPTIONS: _, RECURVE_TIER: __, ...rest } = env ?? {};
  const settings = { timeout, killSignal: 'SIGKILL', env: rest, windowsHide: true };
  return new Promise((resolve) => {
    try {
      nodeModule<ChildProcesses>('node:child_process')!.execFile(
        execPath!,
        [program, tier],
        settings,
        (error, stdout) => {
          if (error?.killed) resolve({ hung: timeout });
          else if (typeof error?.code === 'string') resolve({ forbidden: error.code });
          else if (STOPS.includes(error?.signal)) resolve({ stopped: error?.signal as string });
          else if (error) resolve({ died: error.signal ?? `code ${error.code}` });
          else resolve(readResult(stdout));
        },
      );
    } catch (error) {
      resolve({ forbidden: (error as { code?: string }).code ?? String(error) });
    }
  });
}

function readResult(stdout: string): Outcome {
  try {
    return { result: JSON.parse(stdout) as TrialResult };
  } catch {
    return { died: 'no result' };
  }
}

async function subjectOf(tier: Tier, base: Tier): Promise<Subject> {
  const { versions = {}, platform, arch } = hostProcess();
  const [{ sha256: own }, { sha256: plain }] = [await tier.load(), await base.load()];
  const processors = nodeModule<{ cpus(): { model: string }[] }>('node:os')!.cpus();
  return {
    recurve: VERSION,
    tier: tier.name,
    node: versions.node ?? '',
    v8: versions.v8 ?? '',
    platform: `${platform} ${arch}`,
    processor: processors[0]?.model.trim() ?? 'unknown',
    kernels: [own, plain],
  };
}

/**
 * Path of trial.ts, or trial.js, beside this file; undefined where this code is no longer a file of its own: a bundler has made it
 * part of a program, and to start that again as a trial would be a surprise.
 */
function trialProgram(address = import.meta.url): string | undefined {
  const name = /^(file:.*\/engine\/proof\/)prove\.([jt]s)$/.exec(address);
  const { isSea } = nodeModule<{ isSea(): boolean }>('node:sea') ?? {};
  if (!name || isSea?.()) return undefined;
  return nodeModule<{ fileURLToPath(address: string): string }>('node:url')?.fileURLToPath(
    `${name[1]}trial.${name[2]}`,
  );
}
