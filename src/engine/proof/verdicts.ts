// Verdicts about experimental tiers, one small file each in the user's cache. Losing them costs a proof, nothing else: what cannot be
// read counts as absent.
import { hostProcess, nodeModule } from '../host.ts';
import { userCaches } from './caches.ts';

/** What a proof found. */
export interface Verdict {
  /** Whether the tier may run. */
  readonly trusted: boolean;
  /** Why, for people. */
  readonly reason: string;
  /** When it was proven, ISO 8601; absent where no proof could be made. */
  readonly when?: string;
  /** Until when it holds, ISO 8601: a machine that was too busy deserves another try. Absent: as long as its {@link Subject}. */
  readonly until?: string;
}

/** What a verdict is about. Another Recurve, Node, processor or build of the kernels is another subject. */
export interface Subject {
  readonly recurve: string;
  readonly tier: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly processor: string;
  /** SHA-256 of the tier's module and of the one it is held against. */
  readonly kernels: readonly [string, string];
}

interface Files {
  mkdirSync(path: string): void;
  statSync(path: string): { isDirectory(): boolean };
  readFileSync(path: string, encoding: 'utf8'): string;
  writeFileSync(path: string, text: string): void;
  renameSync(from: string, to: string): void;
  accessSync(path: string, mode: number): void;
  constants: { W_OK: number };
}

interface Paths {
  dirname(path: string): string;
  join(...parts: string[]): string;
}

/** Where verdicts are kept; undefined for a user without a place for it. */
export function verdictFolder(...host: Parameters<typeof userCaches>): string | undefined {
  const caches = userCaches(...host);
  return caches && nodeModule<Paths>('node:path')!.join(caches, 'recurve', 'tiers');
}

/** The verdict about a subject, where one is kept and still holds. */
export function readVerdict(folder: string, subject: Subject, now = new Date()): Verdict | undefined {
  const { readFileSync } = files();
  let kept: unknown;
  try {
    kept = JSON.parse(readFileSync(fileOf(folder, subject), 'utf8'));
  } catch {
    return undefined;
  }
  if (!isKept(kept) || JSON.stringify(kept.subject) !== JSON.stringify(subject)) return undefined;
  const { until } = kept.verdict;
  return until !== undefined && !(new Date(until) > now) ? undefined : kept.verdict;
}

/** Makes the folder; why nothing can be kept there, or undefined when it can. */
export function noPlace(folder: string): string | undefined {
  const { accessSync, constants } = files();
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return `${folder} cannot be written (${(error as { code?: string }).code ?? error}); name a folder in XDG_CACHE_HOME`;
  }
}

/** Not `mkdirSync` with `recursive`, which tries for ever below a system folder such as /proc: it reports ENOENT though it is there. */
function makeFolder(path: string, inside = false): void {
  const { dirname } = nodeModule<Paths>('node:path')!;
  const { mkdirSync, statSync } = files();
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || inside || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    makeFolder(path, true);
  }
}

/** Keeps a verdict, whole or not at all. */
export function writeVerdict(folder: string, subject: Subject, verdict: Verdict): void {
  const { writeFileSync, renameSync } = files();
  const file = fileOf(folder, subject);
  const draft = `${file}.${hostProcess().pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify({ subject, verdict }, undefined, 2)}\n`);
    renameSync(draft, file);
  } catch {
    // A disk that fills up in this moment costs the next program another proof.
  }
}

/** Different subjects of one name (other modules, an updated system) take each other's place. */
function fileOf(folder: string, { tier, node, processor, kernels }: Subject): string {
  const { join } = nodeModule<Paths>('node:path')!;
  const words = [tier, `node-${node}`, processor.replace(/[^\w.-]+/g, '-').slice(0, 60), kernels[0].slice(0, 8)];
  return join(folder, `${words.join('_')}.json`);
}

function isKept(value: unknown): value is { subject: Subject; verdict: Verdict } {
  const { subject, verdict } = (value ?? {}) as { subject?: unknown; verdict?: Partial<Verdict> };
  return (
    typeof subject === 'object' &&
    typeof verdict === 'object' &&
    typeof verdict?.trusted === 'boolean' &&
    typeof verdict.reason === 'string'
  );
}

function files(): Files {
  return nodeModule<Files>('node:fs')!;
}
