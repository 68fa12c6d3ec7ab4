/**
 * Numbers, counts, lists and durations as people read them; dates are in civil.ts. Nothing here asks the host for its locale,
 * so a report has the same bytes on every machine.
 */

/** `value` with `digits` significant digits, as a table wants it: `2.581`, `1,461`, `1.20e-7`; `n/a` when not finite. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'n/a';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e9 || size < 1e-4) return value.toExponential(digits - 1);
  if (Number.isInteger(value)) return grouped(String(value));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return grouped(value.toFixed(Math.min(decimals, 12)));
}

/** `value` with exactly `decimals` digits after the point, so that a column of numbers lines up; `n/a` when not finite. */
export function formatFixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'n/a';
  if (Math.abs(value) >= 1e9) return value.toExponential(3);
  const fixed = value.toFixed(decimals);
  return grouped(Number(fixed) === 0 ? fixed.replace('-', '') : fixed);
}

/** A whole number with signs between thousands, whatever its size: `1,461`. */
export function formatCount(count: number): string {
  return grouped(String(count));
}

/** `1 row`, `1,461 rows`. */
export function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** The first `most` of some texts, and how many more there are: `a, b and 12 more`. */
export function firstOf(texts: readonly string[], most: number, separator = ', '): string {
  const shown = texts.slice(0, most).join(separator);
  return texts.length > most ? `${shown} and ${formatCount(texts.length - most)} more` : shown;
}

/** How many decimals show about `digits` significant digits of the largest of `values`; 0 to 8. */
export function decimalsFor(values: Iterable<number>, digits = 4): number {
  let largest = 0;
  for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return digits - 1;
  const power = Math.floor(Math.log10(largest));
  // The zero before the point counts as a digit: 0.712 beside 1.204, not 0.7120.
  return Math.min(8, Math.max(0, digits - 1 - (power < 0 ? power + 1 : power)));
}

/** Seconds as `0.8 s`, `41 s`, `2 min 05 s` or `1 h 02 min`; `n/a` when negative or not finite. */
export function formatDuration(seconds: number): string {
  if (!(seconds >= 0) || seconds === Number.POSITIVE_INFINITY) return 'n/a';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** Puts thousands separators into the digits before the point. */
function grouped(digits: string): string {
  const [whole, fraction] = digits.split('.');
  const separated = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

/** Two digits of a clock or a date: `05`. */
export function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
