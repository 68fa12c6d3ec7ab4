import { formatStep, type Step, stepsBetween, zoneOf } from '../data/index.ts';
import { RecurveError } from '../errors.ts';
import type { RowPlace } from './stream-row.ts';

/**
 * Steps from the last row of a stream to this one: 1 where they are neighbours.
 *
 * @param most missing rows that can be filled in
 * @throws RecurveError `data` for a row that is early, off the grid, or behind too many missing ones
 */
export function stepsToRow(
  plan: { step: Step; zone: string },
  last: number,
  { time, id = '' }: RowPlace & { time: number },
  most: number,
): number {
  const about = id === '' ? '' : ` of series "${id}"`;
  const at = new Date(time).toISOString();
  const steps = stepsBetween(last, time, plan.step, zoneOf(plan.zone));
  if (!(Number.isInteger(steps) && steps >= 1)) {
    throw new RecurveError(
      'data',
      `stream: expected the next row${about} ${formatStep(plan.step)} after ${new Date(last).toISOString()}, got ${at}; send rows in order and evenly apart`,
    );
  }
  if (steps - 1 > most) {
    throw new RecurveError(
      'data',
      `stream: expected at most ${most} missing ${most === 1 ? 'row' : 'rows'}${about}, got ${steps - 1} before ${at}; begin a new stream`,
    );
  }
  return steps;
}
