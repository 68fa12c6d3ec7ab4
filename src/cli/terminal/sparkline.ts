const BLOCKS = '▁▂▃▄▅▆▇█';
const ASCII = '_.-~=+*#';

export interface SparklineOptions {
  /** Most characters; longer series are averaged down, shorter ones stay short. Default 24. */
  width?: number;
  /** Default true; false draws with ASCII. */
  unicode?: boolean;
}

/** A line of blocks as high as the values; a value that is not finite leaves a space, equal values draw a flat line. */
export function sparkline(values: readonly number[], options: SparklineOptions = {}): string {
  const { width = 24, unicode = true } = options;
  const glyphs = unicode ? BLOCKS : ASCII;
  const means = averaged(values, Math.max(1, width));
  const finite = means.filter(Number.isFinite);
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low;
  return means
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      const share = span > 0 ? (value - low) / span : 0;
      return glyphs[Math.min(glyphs.length - 1, Math.floor(share * glyphs.length))];
    })
    .join('');
}

/** Means over `width` even stretches of `values`, as they are when there are no more than that. */
function averaged(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, index) => {
    const from = Math.floor((index * values.length) / width);
    const to = Math.floor(((index + 1) * values.length) / width);
    const finite = values.slice(from, to).filter(Number.isFinite);
    return finite.reduce((sum, value) => sum + value, 0) / finite.length;
  });
}
