import type { Section } from './context.ts';
import { infer, step, train } from './sequences.ts';

/** The parts of a run, in running order. */
export const SECTIONS: Readonly<Record<string, Section>> = { train, infer, step };
