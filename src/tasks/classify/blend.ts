import { log } from '../../exact.ts';
import { softmaxRows } from '../probabilities.ts';

/** How the network's logits and the other evidence become one: `softmax(network · z + bayes · s)`. */
export interface Blend {
  /** Factor of the network's logits, above 0: below 1 it was too sure (temperature scaling, Guo et al. 2017). */
  network: number;
  /** Factor of naive Bayes' log-probabilities, at least 0; it always is too sure. */
  bayes: number;
}

/** Stands for how sure one is, before seeing any, of 1 and 0: with little validation the factors stay near them. */
const DOUBT = { network: 0.5, bayes: 0.5 };
const LEAST = 1e-3;
/** A step is not tried that promises less, as a share of the cost: whether it falls then says the rounding of the sum. */
const ROUNDING = 1e-15;

/**
 * Factors of the lowest cross-entropy on validation examples: logistic stacking (Wolpert 1992) with a Gaussian prior, by Newton's method
 * with halved steps, within network ≥ 0.001 and bayes ≥ 0.
 *
 * @param logits of the network, [N, K]
 * @param scores of naive Bayes, [N, K]; without them its factor is 0
 * @param truth class of each example, [N]
 * @param weights of the classes, [K]; default 1
 */
export function fitBlend(
  logits: Float64Array,
  scores: Float64Array | undefined,
  truth: ArrayLike<number>,
  K: number,
  weights?: ArrayLike<number>,
): Blend {
  let blend: Blend = { network: 1, bayes: 0 };
  let now = costAt(logits, scores, truth, K, blend, weights);
  for (let round = 0; round < 50; round++) {
    const step = newton(now, blend, scores !== undefined);
    if (now.gn * step.network + now.gb * step.bayes <= ROUNDING * now.value) break;
    let next = blend;
    let then = now;
    for (let scale = 1; scale > 1e-6 && then.value >= now.value; scale /= 2) {
      next = {
        network: Math.max(blend.network - scale * step.network, LEAST),
        bayes: scores ? Math.max(blend.bayes - scale * step.bayes, 0) : 0,
      };
      then = costAt(logits, scores, truth, K, next, weights);
    }
    if (!(then.value < now.value - 1e-12)) break;
    [blend, now] = [next, then];
  }
  return blend;
}

/** What is minimised, with its derivatives by the factors of the network (n) and of naive Bayes (b). */
interface Cost {
  value: number;
  gn: number;
  gb: number;
  hnn: number;
  hnb: number;
  hbb: number;
}

/** One pass over the examples: with a thousand classes the exponentials are what costs, and derivatives need the same ones. */
function costAt(
  logits: Float64Array,
  scores: Float64Array | undefined,
  truth: ArrayLike<number>,
  K: number,
  blend: Blend,
  weights: ArrayLike<number> | undefined,
): Cost {
  const { network, bayes } = blend;
  let value = ((network - 1) / DOUBT.network) ** 2 / 2 + (bayes / DOUBT.bayes) ** 2 / 2;
  let [gn, gb] = [(network - 1) / DOUBT.network ** 2, bayes / DOUBT.bayes ** 2];
  let [hnn, hnb, hbb] = [1 / DOUBT.network ** 2, 0, 1 / DOUBT.bayes ** 2];
  const p = new Float64Array(K);
  for (let i = 0; i < truth.length; i++) {
    blended(logits, scores, i, K, blend, p);
    const right = truth[i];
    const w = weights?.[right] ?? 1;
    value -= w * log(Math.max(p[right], 1e-300));
    let [mn, mb, nn, nb, bb] = [0, 0, 0, 0, 0];
    for (let k = 0; k < K; k++) {
      const z = logits[i * K + k];
      const s = scores?.[i * K + k] ?? 0;
      mn += p[k] * z;
      mb += p[k] * s;
      nn += p[k] * z * z;
      nb += p[k] * z * s;
      bb += p[k] * s * s;
    }
    gn += w * (mn - logits[i * K + right]);
    gb += w * (mb - (scores?.[i * K + right] ?? 0));
    hnn += w * (nn - mn * mn);
    hnb += w * (nb - mn * mb);
    hbb += w * (bb - mb * mb);
  }
  return { value, gn, gb, hnn, hnb, hbb };
}

/** Newton's step; a factor held at its border takes no part. */
function newton({ gn, gb, hnn, hnb, hbb }: Cost, { bayes }: Blend, scored: boolean): Blend {
  if (!scored || (bayes === 0 && gb > 0)) return { network: gn / hnn, bayes: 0 };
  const det = hnn * hbb - hnb * hnb;
  return { network: (hbb * gn - hnb * gb) / det, bayes: (hnn * gb - hnb * gn) / det };
}

/** Probabilities of the classes of example i, [K]; `out` receives them where it is given. */
export function blended(
  logits: Float64Array,
  scores: Float64Array | undefined,
  i: number,
  K: number,
  { network, bayes }: Blend,
  out = new Float64Array(K),
): Float64Array {
  const evidence = bayes > 0 ? scores : undefined;
  for (let k = 0; k < K; k++) {
    out[k] = network * logits[i * K + k] + (evidence ? bayes * evidence[i * K + k] : 0);
  }
  return softmaxRows(out, K, 1, out);
}
