import { exp, log } from '../../exact.ts';

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
  const N = truth.length;
  const p = new Float64Array(K);
  const cost = ({ network, bayes }: Blend): number => {
    let sum = ((network - 1) / DOUBT.network) ** 2 / 2 + (bayes / DOUBT.bayes) ** 2 / 2;
    for (let i = 0; i < N; i++) {
      blended(logits, scores, i, K, { network, bayes }, p);
      sum -= (weights?.[truth[i]] ?? 1) * log(Math.max(p[truth[i]], 1e-300));
    }
    return sum;
  };
  let blend: Blend = { network: 1, bayes: 0 };
  let value = cost(blend);
  for (let round = 0; round < 50; round++) {
    const step = newton(logits, scores, truth, K, blend, weights);
    let next = blend;
    let nextValue = value;
    for (let scale = 1; scale > 1e-6 && nextValue >= value; scale /= 2) {
      next = {
        network: Math.max(blend.network - scale * step.network, LEAST),
        bayes: scores ? Math.max(blend.bayes - scale * step.bayes, 0) : 0,
      };
      nextValue = cost(next);
    }
    if (!(nextValue < value - 1e-12)) break;
    [blend, value] = [next, nextValue];
  }
  return blend;
}

function newton(
  logits: Float64Array,
  scores: Float64Array | undefined,
  truth: ArrayLike<number>,
  K: number,
  blend: Blend,
  weights: ArrayLike<number> | undefined,
): Blend {
  let [gn, gb] = [(blend.network - 1) / DOUBT.network ** 2, blend.bayes / DOUBT.bayes ** 2];
  let [hnn, hnb, hbb] = [1 / DOUBT.network ** 2, 0, 1 / DOUBT.bayes ** 2];
  const p = new Float64Array(K);
  for (let i = 0; i < truth.length; i++) {
    blended(logits, scores, i, K, blend, p);
    const w = weights?.[truth[i]] ?? 1;
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
    gn += w * (mn - logits[i * K + truth[i]]);
    gb += w * (mb - (scores?.[i * K + truth[i]] ?? 0));
    hnn += w * (nn - mn * mn);
    hnb += w * (nb - mn * mb);
    hbb += w * (bb - mb * mb);
  }
  // A factor held at its border takes no part.
  const held = scores === undefined || (blend.bayes === 0 && gb > 0);
  if (held) return { network: gn / hnn, bayes: 0 };
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
  return softmaxOf(out, out);
}

/** Softmax in double precision; `out` may be `values` itself. */
export function softmaxOf(values: Float64Array, out = new Float64Array(values.length)): Float64Array {
  // Plain loops: over a thousand classes this is what fitting the blend is made of.
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < values.length; k++) most = Math.max(most, values[k]);
  let total = 0;
  for (let k = 0; k < values.length; k++) {
    out[k] = exp(values[k] - most);
    total += out[k];
  }
  for (let k = 0; k < values.length; k++) out[k] /= total;
  return out;
}
