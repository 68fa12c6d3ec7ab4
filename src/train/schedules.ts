import { RecurveError } from '../errors.ts';
import { cos } from '../exact.ts';
import { expectChoice, expectNamed, expectOptions, expectWhole } from '../options.ts';

/** How the learning rate moves: a factor between 0 and 1 on the rate given to `fit`. Plain data. */
export type Schedule = {
  /** Steps over which the rate first rises linearly from 0; default 0. Works with every kind. */
  warmup?: number;
} & (
  | { kind: 'constant' }
  /** Half a cosine from 1 to `final` (default 0) over all steps. Loshchilov & Hutter 2017, without restarts. */
  | { kind: 'cosine'; final?: number }
  /** Times `factor` (default 0.1) every `every` epochs. */
  | { kind: 'step'; every: number; factor?: number }
  /** Times `factor` (default 0.5) when the watched loss has not fallen for `patience` epochs (default 5), not below `minimum` (default 0). */
  | { kind: 'plateau'; factor?: number; patience?: number; minimum?: number }
);

/** What a plateau schedule remembers; part of a checkpoint. */
export interface PlateauState {
  best: number;
  waited: number;
  factor: number;
}

export const PLATEAU_START: PlateauState = { best: Number.MAX_VALUE, waited: 0, factor: 1 };

/** The factor at `step` (from 0) of `steps`, in `epoch` (from 0). π is not needed to more than f64. */
export function rateFactor(
  schedule: Schedule,
  at: { step: number; steps: number; epoch: number },
  plateau: PlateauState,
): number {
  const { warmup = 0 } = schedule;
  const rising = at.step < warmup ? (at.step + 1) / warmup : 1;
  return rising * shape(schedule, at, warmup, plateau);
}

function shape(
  schedule: Schedule,
  { step, steps, epoch }: { step: number; steps: number; epoch: number },
  warmup: number,
  plateau: PlateauState,
): number {
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'cosine': {
      const { final = 0 } = schedule;
      const done = Math.min(Math.max((step - warmup) / Math.max(steps - warmup, 1), 0), 1);
      return final + (1 - final) * 0.5 * (1 + cos(Math.PI * done));
    }
    case 'step': {
      let factor = 1;
      for (let n = Math.floor(epoch / schedule.every); n > 0; n--) factor *= schedule.factor ?? 0.1;
      return factor;
    }
    case 'plateau':
      return plateau.factor;
  }
}

/** The plateau's memory after an epoch that ended with `loss`. */
export function afterEpoch(schedule: Schedule, state: PlateauState, loss: number): PlateauState {
  if (schedule.kind !== 'plateau') return state;
  const { factor = 0.5, patience = 5, minimum = 0 } = schedule;
  if (loss < state.best) return { best: loss, waited: 0, factor: state.factor };
  if (state.waited + 1 < patience) return { ...state, waited: state.waited + 1 };
  return { best: state.best, waited: 0, factor: Math.max(state.factor * factor, minimum) };
}

const KINDS = {
  constant: {},
  cosine: { final: 'number' },
  step: { every: 'number', factor: 'number' },
  plateau: { factor: 'number', patience: 'number', minimum: 'number' },
} as const;

/** Refuses schedules that cannot work. */
export function checkSchedule(schedule: Schedule): void {
  expectNamed('schedule', schedule, 'kind');
  expectChoice('schedule', 'kind', schedule.kind, Object.keys(KINDS));
  expectOptions(`schedule: ${schedule.kind}`, schedule, { kind: true, warmup: 'number', ...KINDS[schedule.kind] });
  const fail = (what: string, got: unknown): never => {
    throw new RecurveError('usage', `schedule: expected ${what}, got ${got}; see the options of ${schedule.kind}`);
  };
  const { warmup = 0 } = schedule;
  expectWhole('schedule', 'warmup', warmup, { least: 0 });
  if (schedule.kind === 'step') expectWhole('schedule', 'every', schedule.every);
  if (schedule.kind === 'plateau') expectWhole('schedule', 'patience', schedule.patience ?? 1);
  if ('factor' in schedule && schedule.factor !== undefined && !(schedule.factor > 0 && schedule.factor <= 1)) {
    fail('factor above 0 and at most 1', schedule.factor);
  }
  if (schedule.kind === 'plateau' && !((schedule.minimum ?? 0) >= 0 && (schedule.minimum ?? 0) <= 1)) {
    fail('minimum between 0 and 1', schedule.minimum);
  }
  if (schedule.kind === 'cosine' && schedule.final !== undefined && !(schedule.final >= 0 && schedule.final <= 1)) {
    fail('final between 0 and 1', schedule.final);
  }
}
