/** Share of each class, or `otherwise` where there is none to count. */
export function classShares(labels: readonly number[], K: number, otherwise?: ArrayLike<number>): Float64Array {
  const counts = new Float64Array(K);
  for (const label of labels) counts[label]++;
  if (labels.length === 0) return Float64Array.from(otherwise ?? counts.fill(1 / K));
  // One more of each, so that nothing is held to be impossible (Laplace).
  return counts.map((count) => (count + 1) / (labels.length + K));
}
