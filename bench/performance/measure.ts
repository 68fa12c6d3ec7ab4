import { median } from '../statistics.ts';

/** Milliseconds of some repetitions together: on the clock, and of the processor, which others' programs do not lengthen. */
export interface Sample {
  ms: number;
  cpuMs: number;
}

/** One of the programs compared, ready to run a case. */
export interface Side {
  /** Runs the work `n` times in a row. */
  run(n: number): Sample | Promise<Sample>;
}

export interface Budget {
  /** Rounds wanted, and how many at least, however long they take. */
  rounds: number;
  least: number;
  /** Milliseconds that all sides and rounds together should take. */
  milliseconds: number;
}

/** One repetition: the median on the clock over the rounds, and the mean of processor time, which many systems count in ticks. */
export interface Timing extends Sample {
  rounds: number;
}

/** Shortest sample worth a reading of the clock. */
const SAMPLE = 20;
/** Milliseconds of warm-up, */
const WARM = 150;
/** and, of cases short enough for so many, runs that compilers have seen: V8 still makes a step of 40 µs faster after its first 5,000. */
const SEEN = 10_000;
const LONGEST_WARM = 4 * WARM;

/**
 * Times several sides by turns (A B A B …), so that whatever else the machine does meets all of them. Each side first warms up;
 * a sample of a short case is the mean of as many repetitions as fill 20 ms.
 */
export async function alternate(sides: readonly Side[], { rounds, least, milliseconds }: Budget): Promise<Timing[]> {
  const began = performance.now();
  const repetitions: number[] = [];
  let round = 0;
  for (const side of sides) {
    const one = await warmUp(side);
    repetitions.push(repetitionsOf(one));
    round += one * (repetitions.at(-1) ?? 1);
  }
  const left = milliseconds - (performance.now() - began);
  const count = Math.max(least, Math.min(rounds, Math.floor(left / round)));
  const samples: Sample[][] = sides.map(() => []);
  for (let k = 0; k < count; k++) {
    for (const [i, side] of sides.entries()) samples[i].push(await side.run(repetitions[i]));
  }
  return samples.map((taken, i) => {
    const n = repetitions[i];
    const cpuMs = taken.reduce((sum, sample) => sum + sample.cpuMs, 0) / count / n;
    return { ms: median(taken.map(({ ms }) => ms)) / n, cpuMs, rounds: count };
  });
}

/** Milliseconds of a repetition once warm. A long case runs twice, or once where that takes seconds. */
async function warmUp(side: Side): Promise<number> {
  let one = (await side.run(1)).ms;
  let spent = one;
  let seen = 1;
  while (spent < WARM || (seen < SEEN && one * SEEN < LONGEST_WARM)) {
    const n = repetitionsOf(one);
    const took = (await side.run(n)).ms;
    spent += took;
    seen += n;
    one = took / n;
  }
  return one;
}

/** How often work of so many milliseconds is repeated; a clock may be too coarse to see it at all. */
function repetitionsOf(one: number): number {
  return Math.max(1, Math.ceil(SAMPLE / Math.max(one, 1e-4)));
}

/** Times synchronous work on this thread. Processor time is NaN where the host does not tell it: browsers, Node 20. */
export function clocked(work: () => void): Sample {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  const cpu = process?.threadCpuUsage?.();
  const began = performance.now();
  work();
  const ms = performance.now() - began;
  const { user, system } = (cpu && process?.threadCpuUsage?.(cpu)) ?? { user: Number.NaN, system: Number.NaN };
  return { ms, cpuMs: (user + system) / 1000 };
}
