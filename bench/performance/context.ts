import { createEngine, type Engine } from 'recurve/engine';
import type { Options } from './options.ts';
import type { PyTorch } from './pytorch.ts';

/** What every section of the run knows. */
export interface Context {
  options: Options;
  pytorch: PyTorch | undefined;
  /** The same kept from wider instructions, where --python-isa asks for it. */
  limited: PyTorch | undefined;
  /** A line for the person who waits, on standard error. */
  log(line: string): void;
}

/** A part of the run: its key in the results. */
export interface Section {
  /** One line for `--help`. */
  says: string;
  /** Whether `--quick` runs it too. */
  quick?: boolean;
  /** Rows, or {@link Absent}. */
  run(context: Context): Promise<unknown>;
}

/** Stands for figures that could not be taken here, and says why. */
export interface Absent {
  absent: string;
}

export type Numerics = 'exact' | 'fast';

/** An engine as the options ask for it; `threads` instead of theirs where a section needs a number of its own. */
export async function engineOf({ options }: Context, numerics: Numerics, threads = options.threads): Promise<Engine> {
  const engine = await createEngine({ tier: options.tier, numerics, threads });
  await engine.threads.start();
  return engine;
}

/** One that --numerics names, or both, the default first. */
export function numericsOf({ options }: Context): readonly Numerics[] {
  if (options.numerics) return [options.numerics];
  // A named tier has numerics of its own.
  return options.quick || options.tier ? ['exact'] : ['exact', 'fast'];
}

/** Four significant figures: more is noise. */
export function figures(value: number): number {
  return Number(value.toPrecision(4));
}

/** A number with its unit, for the lines of a run. */
export function shownTime(ms: number): string {
  if (ms < 1) return `${(ms * 1000).toFixed(1)} µs`;
  return `${ms.toFixed(ms < 100 ? 2 : 0)} ms`;
}
