import { RecurveError } from '../errors.ts';

/** Levels of lists and objects within one another; far fewer than a host can write. */
const DEEPEST = 500;

/** A list or an object as the text of a cell. @throws RecurveError `data` where it is nested beyond all use */
export function nestedText(value: object, column: string): string {
  if (isDeep(value)) {
    throw new RecurveError(
      'data',
      `column "${column}": expected lists and objects at most ${DEEPEST} levels deep, got deeper ones; repair the row`,
    );
  }
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner));
}

/** Any value of JSON, for a message. */
export function shownValue(value: unknown): string {
  return isDeep(value) ? 'lists within lists' : (JSON.stringify(value)?.slice(0, 40) ?? 'nothing');
}

/** Level by level: recursion is what deep values break. */
function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
