/** Names and explanations of the baselines every forecast stands beside. Unknown names are shown as they are. */
const KNOWN: Readonly<Record<string, readonly [name: string, how: string]>> = {
  persistence: ['Persistence', 'repeats the last value'],
  naive: ['Persistence', 'repeats the last value'],
  seasonalnaive: ['Seasonal naive', 'repeats the value one season earlier'],
  climatology: ['Climatology', 'mean of the training span for the time of year'],
  mean: ['Mean', 'mean of the training span'],
  drift: ['Drift', 'continues the mean slope of the training span'],
  ar: ['AR', 'autoregression on the last values'],
  ar1: ['AR(1) on the anomaly', 'the last departure from the season, damped'],
  aranomaly: ['AR on the anomaly', 'autoregression on departures from the season'],
  ar1anomaly: ['AR(1) on the anomaly', 'the last departure from the season, damped'],
  anomalyar: ['AR on the anomaly', 'autoregression on departures from the season'],
  anomalyar1: ['AR(1) on the anomaly', 'the last departure from the season, damped'],
  ridge: ['Ridge regression', 'linear regression on the same inputs'],
};

/** The name of a baseline for people. */
export function baselineName(key: string): string {
  return known(key)?.[0] ?? key;
}

/** What the baseline does, in a few words; empty when unknown. */
export function baselineMethod(key: string): string {
  return known(key)?.[1] ?? '';
}

function known(key: string): readonly [string, string] | undefined {
  const plain = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  return Object.hasOwn(KNOWN, plain) ? KNOWN[plain] : undefined;
}
