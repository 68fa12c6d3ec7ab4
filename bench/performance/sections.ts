import type { Section } from './context.ts';
import { growth } from './growth.ts';
import { infer, step, train } from './sequences.ts';
import { startup } from './startup.ts';
import { tfjs } from './tensorflow.ts';
import { threads } from './threads.ts';
import { tiers } from './tiers.ts';

/** The parts of a run, in running order. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  startup,
  train,
  infer,
  step,
  threads,
  tiers,
  growth,
  tfjs,
};
