/** Truth minus forecast, per position; NaN where either is missing. */
export function residuals(truth: ArrayLike<number>, prediction: ArrayLike<number>): number[] {
  const length = Math.min(truth.length, prediction.length);
  return Array.from({ length }, (_, index) => {
    const difference = truth[index]! - prediction[index]!;
    return Number.isFinite(difference) ? difference : Number.NaN;
  });
}

/** Mean and standard deviation (dividing by the count) of the finite values; NaN when there are none. */
export function moments(values: readonly number[]): { mean: number; deviation: number; count: number } {
  const finite = values.filter(Number.isFinite);
  const count = finite.length;
  const mean = finite.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
  return { mean, deviation, count };
}

/**
 * Autocorrelation at lags 1 to `most`: `Σ (e_t − ē)(e_{t−k} − ē) / Σ (e_t − ē)²`, missing values left out of the sums.
 * Empty when the values do not vary or are fewer than 8.
 */
export function autocorrelation(values: readonly number[], most: number): number[] {
  const { mean, deviation, count } = moments(values);
  if (count < 8 || !(deviation > 0)) return [];
  const centred = values.map((value) => (Number.isFinite(value) ? value - mean : 0));
  const whole = centred.reduce((sum, value) => sum + value * value, 0);
  return Array.from({ length: Math.min(most, Math.floor(values.length / 4)) }, (_, index) => {
    const lag = index + 1;
    let sum = 0;
    for (let t = lag; t < centred.length; t++) sum += centred[t]! * centred[t - lag]!;
    return sum / whole;
  });
}
