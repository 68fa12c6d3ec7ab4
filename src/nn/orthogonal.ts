import { cos, sin } from '../exact.ts';
import type { Random } from '../random.ts';
import type { Initialiser } from './init.ts';

/** Columns worked on at a time: their rows stay in the cache through all rounds. */
const BLOCK = 32;

/**
 * Random orthogonal matrix times `gain`: orthonormal columns, or rows where there are fewer rows. Saxe, McClelland & Ganguli 2014.
 *
 * Made by random rotations of random pairs of rows, ⌊n/2⌋ pairs a round, which tend to the uniform (Haar) distribution in O(log n) rounds:
 * Kac's walk (Kac 1956; Pillai & Smith 2017). O(n² log n), where a QR decomposition of normal numbers needs O(n³).
 */
export function orthogonal(gain = 1): Initialiser {
  return (values, [rows, columns], random) => {
    const n = Math.max(rows, columns);
    const m = Math.min(rows, columns);
    const walk = drawWalk(n, random);
    const sign = random.uniform() < 0.5 ? -gain : gain;
    for (let from = 0; from < m; from += BLOCK) {
      const width = Math.min(BLOCK, m - from);
      const block = rotated(walk, n, from, width);
      for (let i = 0; i < n; i++) {
        // One row's sign decides between rotations and reflections.
        const scale = i === 0 ? sign : gain;
        for (let j = 0; j < width; j++) {
          values[rows >= columns ? i * columns + from + j : (from + j) * columns + i] = scale * block[i * width + j];
        }
      }
    }
  };
}

interface Walk {
  rounds: number;
  /** [rounds, n]: rows 2k and 2k + 1 of a round are turned together. */
  order: Int32Array;
  /** [rounds, ⌊n/2⌋] */
  cosines: Float64Array;
  sines: Float64Array;
}

function drawWalk(n: number, random: Random): Walk {
  const rounds = 16 + 2 * Math.ceil(32 - Math.clz32(n));
  const pairs = n >> 1;
  const order = new Int32Array(rounds * n);
  const cosines = new Float64Array(rounds * pairs);
  const sines = new Float64Array(rounds * pairs);
  for (let r = 0; r < rounds; r++) {
    order.set(random.permutation(n), r * n);
    for (let k = r * pairs; k < (r + 1) * pairs; k++) {
      const angle = 2 * Math.PI * random.uniform();
      cosines[k] = cos(angle);
      sines[k] = sin(angle);
    }
  }
  return { rounds, order, cosines, sines };
}

/** Columns `from … from + width − 1` of the identity, [n, width], turned by every rotation of the walk. */
function rotated({ rounds, order, cosines, sines }: Walk, n: number, from: number, width: number): Float64Array {
  const block = new Float64Array(n * width);
  for (let j = 0; j < width; j++) block[(from + j) * width + j] = 1;
  const pairs = n >> 1;
  for (let r = 0; r < rounds; r++) {
    for (let k = 0; k < pairs; k++) {
      const c = cosines[r * pairs + k];
      const s = sines[r * pairs + k];
      const a = order[r * n + 2 * k] * width;
      const b = order[r * n + 2 * k + 1] * width;
      for (let j = 0; j < width; j++) {
        const u = block[a + j];
        const v = block[b + j];
        block[a + j] = c * u - s * v;
        block[b + j] = s * u + c * v;
      }
    }
  }
  return block;
}
