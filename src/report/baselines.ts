/** Names and explanations of the baselines of `tasks/baselines.ts`, by their keys in reports. */
const KNOWN: Readonly<Record<string, readonly [name: string, how: string]>> = {
  persistence: ['Persistence', 'repeats the last value'],
  seasonalnaive: ['Seasonal naive', 'repeats the value one season earlier'],
  climatology: ['Climatology', 'mean of the training span for the time of year'],
  drift: ['Drift', 'continues the mean slope of the training span'],
  ridge: ['Ridge regression', 'linear regression on the same inputs'],
};

/** The name of a baseline for people: `Seasonal naive`, `AR(1)`; unknown ones are shown as they are. */
export function baselineName(key: string): string {
  const order = autoregressive(key);
  if (order !== undefined) return order === '' ? 'AR' : `AR(${order})`;
  return known(key)?.[0] ?? key;
}

/** What the baseline does, in a few words; empty when unknown. */
export function baselineMethod(key: string): string {
  if (autoregressive(key) !== undefined) return 'autoregression on departures from the season, or the mean';
  return known(key)?.[1] ?? '';
}

/** Order of an autoregression named `ar`, `ar1` or `ar(1)`; `undefined` when it is none. */
function autoregressive(key: string): string | undefined {
  return /^ar(\d*)$/.exec(plain(key))?.[1];
}

function known(key: string): readonly [string, string] | undefined {
  return Object.hasOwn(KNOWN, plain(key)) ? KNOWN[plain(key)] : undefined;
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}
