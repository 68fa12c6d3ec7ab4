import { brain } from './brain.ts';
import type { Section } from './context.ts';
import { growth } from './growth.ts';
import { onnx } from './onnx.ts';
import { infer, last, step, train } from './sequences.ts';
import { startup } from './startup.ts';
import { tfjs, tfjsCpu } from './tensorflow.ts';
import { threads } from './threads.ts';
import { tiers } from './tiers.ts';

/** The parts of a run, in running order. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  startup,
  train,
  last,
  infer,
  step,
  threads,
  tiers,
  growth,
  onnx,
  tfjs,
  tfjsCpu,
  brain,
};
