// Dropout masks from Threefry-2x32-20 (Salmon et al., SC 2011), as src/random.ts defines them: element i is word `i & 1` of
// block `i >> 1`, kept where that word is at least ⌊p · 2³²⌋. Four blocks side by side make eight elements.
import { loadPart, storePart } from './vector';

const PARITY: i32 = 0x1bd11bda;

@inline
function rotate(x: v128, n: i32): v128 {
  return v128.or(i32x4.shl(x, n), i32x4.shr_u(x, 32 - n));
}

// The two words of the blocks last made; a kernel returns one value.
let word0: v128 = i32x4.splat(0);
let word1: v128 = i32x4.splat(0);

/** Words of four blocks with low counters `low` and one high counter. */
function threefry(key0: i32, key1: i32, low: v128, high: i32): void {
  const k0 = i32x4.splat(key0);
  const k1 = i32x4.splat(key1);
  const k2 = i32x4.splat(PARITY ^ key0 ^ key1);
  let x0 = i32x4.add(low, k0);
  let x1 = i32x4.add(i32x4.splat(high), k1);
  let a = k1;
  let b = k2;
  let c = k0;
  // Five groups of four rounds; after each, two key words and the group's number are injected.
  for (let group = 1; group <= 5; group++) {
    if (group & 1) {
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotate(x1, 13), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotate(x1, 15), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotate(x1, 26), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotate(x1, 6), x0);
    } else {
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotate(x1, 17), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotate(x1, 29), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotate(x1, 16), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotate(x1, 24), x0);
    }
    x0 = i32x4.add(x0, a);
    x1 = i32x4.add(i32x4.add(x1, b), i32x4.splat(group));
    const first = a;
    a = b;
    b = c;
    c = first;
  }
  word0 = x0;
  word1 = x1;
}

/** y[i] (+)= keep(i) ? x[i] / share : 0, with share = 1 − p; y may be x. */
export function dropout(y: usize, x: usize, n: i32, key0: i32, key1: i32, counter: i32, threshold: i32, share: f32, accumulate: bool): void {
  const bar = i32x4.splat(threshold);
  const divisor = f32x4.splat(share);
  let block = i32x4(0, 1, 2, 3);
  for (; n > 0; n -= 8) {
    threefry(key0, key1, block, counter);
    const keep0 = i32x4.ge_u(v128.shuffle<i32>(word0, word1, 0, 4, 1, 5), bar);
    const keep1 = i32x4.ge_u(v128.shuffle<i32>(word0, word1, 2, 6, 3, 7), bar);
    dropPart(y, x, keep0, divisor, n, accumulate);
    if (n > 4) dropPart(y + 16, x + 16, keep1, divisor, n - 4, accumulate);
    block = i32x4.add(block, i32x4.splat(4));
    x += 32;
    y += 32;
  }
}

@inline
function dropPart(y: usize, x: usize, keep: v128, divisor: v128, n: i32, accumulate: bool): void {
  const kept = v128.and(f32x4.div(loadPart(x, n), divisor), keep);
  storePart(y, accumulate ? f32x4.add(loadPart(y, n), kept) : kept, n);
}
