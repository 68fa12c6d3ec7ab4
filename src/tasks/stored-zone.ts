import { zoneOf } from '../data/index.ts';
import { RecurveError } from '../errors.ts';

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
