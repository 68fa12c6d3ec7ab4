import { type Step, type TableFormat, zoneOf } from '../data/index.ts';
import { RecurveError } from '../errors.ts';
import type { JsonObject } from '../model/index.ts';
import { anyObject, array, boolean, type Check, nullable, number, object, oneOf, string } from '../model/validate.ts';

/** A count of parts in a model file: no machine holds more. */
export const checkSize = number({ integer: true, min: 1, max: 1e9 });

/** A share in a model file, 0 ≤ p < 1. */
export const checkShare = number({ min: 0, max: 1 - Number.EPSILON });

/** How far apart the rows of a model's training were; null without time stamps. */
export const checkStep: Check<Step | null> = nullable(
  object(
    { unit: oneOf('ms', 'day', 'month'), count: number({ min: 1 }) },
    { dayOfMonth: number({ integer: true, min: 1, max: 31 }) },
  ),
);

/** How the table of a model's training was written, in its file; files of earlier versions do not say. */
export const checkWritten: Check<TableFormat> = object({}, {
  format: oneOf('csv', 'tsv'),
  delimiter: string({ min: 1 }),
  decimal: oneOf('.', ','),
  header: boolean,
  missing: array(string()),
  encoding: string({ min: 1 }),
} satisfies Record<keyof TableFormat, Check<unknown>>) as Check<TableFormat>;

/** Refuses a model's time zone that this host does not know. `name`: the model file, for the message. */
export function checkStoredZone(zone: string, name: string): void {
  try {
    zoneOf(zone);
  } catch (cause) {
    throw new RecurveError(
      'model',
      `${name}: data.plan.zone: expected a time zone that this host knows, got "${zone}"; the file is damaged or the host's time zones are old`,
      { cause },
    );
  }
}

const checkTraining = object({ settings: anyObject, summary: anyObject });

/**
 * What a model file says of its training.
 *
 * @param settingsOf the gate that the settings of a user pass too
 */
export function storedTraining<S>(
  training: JsonObject,
  name: string,
  settingsOf: (settings: JsonObject) => S,
): { settings: S; summary: JsonObject } {
  const { settings, summary } = checkTraining(training, `${name}: training`);
  try {
    return { settings: settingsOf(settings), summary };
  } catch (cause) {
    throw new RecurveError('model', `${name}: training.settings: ${(cause as Error).message}; the file is damaged`, {
      cause,
    });
  }
}
