import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecurveError } from 'recurve';
import { type IdxArray, readIdx } from 'recurve/data';
import { crossEntropy, type Network } from 'recurve/nn';
import type { Objective } from 'recurve/train';

/** Images of 28 × 28 pixels and what they show. */
export interface Digits {
  count: number;
  /** Row-major, 0 to 255. */
  pixels: IdxArray['values'];
  labels: IdxArray['values'];
}

const PIXELS = 28 * 28;

/** MNIST from RECURVE_DATA/mnist: 60,000 digits to learn from, 10,000 to test with. */
export async function readMnist(): Promise<{ training: Digits; test: Digits }> {
  const mirror = process.env.RECURVE_DATA;
  if (!mirror)
    throw new RecurveError(
      'usage',
      'bench memory: expected RECURVE_DATA to name a folder with mnist/*.gz, got nothing; set it',
    );
  const read = (name: string) => readIdx(readFileSync(join(mirror, 'mnist', name)), { name });
  const digits = async (part: string): Promise<Digits> => {
    const images = await read(`${part}-images-idx3-ubyte.gz`);
    const labels = await read(`${part}-labels-idx1-ubyte.gz`);
    return { count: images.shape[0], pixels: images.values, labels: labels.values };
  };
  return { training: await digits('train'), test: await digits('t10k') };
}

/** Digits `from` up to, not including, `to`. */
export function part({ pixels, labels }: Digits, from: number, to: number): Digits {
  return {
    count: to - from,
    pixels: pixels.subarray(from * PIXELS, to * PIXELS),
    labels: labels.subarray(from, to),
  };
}

/** Pixels of some digits, from 0 to 1, as sequences of `steps` × `784 / steps` numbers. */
function sequences({ pixels }: Digits, batch: ArrayLike<number>): Float32Array {
  const x = new Float32Array(batch.length * PIXELS);
  for (let b = 0; b < batch.length; b++) {
    for (let i = 0; i < PIXELS; i++) x[b * PIXELS + i] = pixels[batch[b] * PIXELS + i] / 255;
  }
  return x;
}

/** Cross-entropy of the ten classes, each digit read in `steps` steps. */
export function digitsObjective(network: Network, digits: Digits, steps: number): Objective {
  return {
    examples: digits.count,
    loss(batch, pass, tape) {
      const x = tape.constant(sequences(digits, batch), [batch.length, steps, PIXELS / steps]);
      const labels = Int32Array.from(batch, (i) => digits.labels[i]);
      return crossEntropy(network.root.forward(x, pass), { values: labels, shape: [batch.length] });
    },
  };
}

/** Percentage of digits named rightly. */
export function accuracy(network: Network, digits: Digits, steps: number): number {
  let right = 0;
  for (let start = 0; start < digits.count; start += 250) {
    const batch = Array.from({ length: Math.min(250, digits.count - start) }, (_, i) => start + i);
    const { values } = network.predict(sequences(digits, batch), [batch.length, steps, PIXELS / steps]);
    batch.forEach((digit, b) => {
      const scores = values.subarray(b * 10, (b + 1) * 10);
      if (scores.indexOf(Math.max(...scores)) === digits.labels[digit]) right++;
    });
  }
  return (100 * right) / digits.count;
}
