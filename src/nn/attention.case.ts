import { expect } from 'vitest';
import { expectGradient, unequal } from '../autograd/gradient-check.case.ts';
import { add, multiply, sum } from '../autograd/index.ts';
import type { Engine } from '../engine/engine.ts';
import { type Attention, type AttentionOptions, attention } from './attention.ts';
import type { Layer } from './layer.ts';
import { createNetwork, type Network } from './network.ts';

const [B, M, S, E] = [3, 2, 4, 3];
/** Lengths of the sources, one of them zero. */
export const LENGTHS = [4, 0, 2];
export const ATTENTIONS: readonly AttentionOptions[] = [
  { kind: 'additive', query: 2, keys: E, hidden: 5 },
  { kind: 'dot', query: E, keys: E },
  { kind: 'general', query: 2, keys: E },
];

/** An attention's parameters need a network to live in. */
const housed = (one: Attention): Layer => ({
  config: { ...one.config },
  parameters: one.parameters,
  forward: (x) => x,
});

interface Result {
  context: number[];
  weights: number[];
  loss: number;
  gradients: Record<string, number[]>;
}

function attend(
  network: Network,
  one: Attention,
  queries: readonly number[],
  source: readonly number[],
  options: { lengths?: readonly number[] | undefined; S?: number; backward?: boolean } = {},
): Result {
  const { tape } = network;
  const { lengths, S: steps = S, backward = true } = options;
  network.zeroGradients();
  return tape.run(() => {
    const q = tape.variable(queries, [B, M, one.query]);
    const s = tape.variable(source, [B, steps, E]);
    const { context, weights } = one.attend(q, one.prepare(s, lengths));
    const shown = Array.from({ length: weights.size }, (_, i) => Math.cos(3 + (i % steps) + 2 * Math.floor(i / steps)));
    const loss = add(
      sum(multiply(context, tape.constant(unequal(context.size, 5), context.shape))),
      sum(multiply(weights, tape.constant(shown, weights.shape))),
    );
    if (backward) tape.backward(loss);
    return {
      context: [...context.values()],
      weights: [...weights.values()],
      loss: loss.item(),
      gradients: {
        queries: [...q.gradient()],
        source: [...s.gradient()],
        ...Object.fromEntries(network.entries.map(({ name, parameter }) => [name, [...parameter.tensor.gradient()]])),
      },
    };
  });
}

const queriesOf = (one: Attention): number[] => unequal(B * M * one.query, 1);
const SOURCE = unequal(B * S * E, 2);

/** Finite differences of queries, source and every parameter, bound 1e-7. */
export function checkAttentionGradients(engine: Engine, options: AttentionOptions, lengths?: readonly number[]): void {
  const one = attention(options);
  using network = createNetwork(engine, housed(one), { seed: 1 });
  const queries = queriesOf(one);
  const { gradients } = attend(network, one, queries, SOURCE, { lengths });
  const plain = { lengths, backward: false };
  expectGradient('queries', gradients.queries, queries, (q) => attend(network, one, q, SOURCE, plain).loss);
  expectGradient('source', gradients.source, SOURCE, (s) => attend(network, one, queries, s, plain).loss);
  const state = network.state();
  for (const [name, { shape, data }] of Object.entries(state)) {
    expectGradient(name, gradients[name], Array.from(data), (moved) => {
      network.load({ ...state, [name]: { shape, data: moved } });
      return attend(network, one, queries, SOURCE, plain).loss;
    });
    network.load(state);
  }
}

/** Weights and contexts equal the formulas, written out row by row, within 1e-6; weights past a row's end are 0. */
export function checkAttentionFormula(engine: Engine, options: AttentionOptions): void {
  const one = attention(options);
  using network = createNetwork(engine, housed(one), { seed: 1 });
  const queries = queriesOf(one);
  const got = attend(network, one, queries, SOURCE, { lengths: LENGTHS, backward: false });
  const w = Object.fromEntries(
    Object.entries(network.state()).map(([name, { shape, data }]) => [
      name,
      Array.from({ length: shape[0] }, (_, r) => [...data.slice(r * shape[1], (r + 1) * shape[1])]),
    ]),
  );
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((total, v, i) => total + v * b[i], 0);
  const score = (q: number[], k: number[]): number => {
    if (options.kind === 'dot') return dot(q, k);
    if (options.kind === 'general')
      return dot(
        q,
        w.weight.map((row) => dot(row, k)),
      );
    return dot(
      w.weight_score[0],
      w.weight_query.map((row, a) => Math.tanh(dot(row, q) + dot(w.weight_key[a], k))),
    );
  };
  for (let b = 0; b < B; b++) {
    const keys = Array.from({ length: LENGTHS[b] }, (_, s) => SOURCE.slice((b * S + s) * E, (b * S + s + 1) * E));
    for (let m = 0; m < M; m++) {
      const q = queries.slice((b * M + m) * one.query, (b * M + m + 1) * one.query);
      const scores = keys.map((k) => Math.exp(score(q, k)));
      const total = scores.reduce((a, v) => a + v, 0);
      for (let s = 0; s < S; s++) {
        const wanted = s < LENGTHS[b] ? scores[s] / total : 0;
        expect(Math.abs(got.weights[(b * M + m) * S + s] - wanted)).toBeLessThanOrEqual(s < LENGTHS[b] ? 1e-6 : 0);
      }
      for (let e = 0; e < E; e++) {
        const wanted = keys.reduce((sum, k, s) => sum + (scores[s] / total) * k[e], 0);
        expect(Math.abs(got.context[(b * M + m) * E + e] - wanted)).toBeLessThanOrEqual(1e-6);
      }
    }
  }
}

/** NaN past a row's length changes no bit of contexts, weights and gradients. */
export function checkAttentionPadding(engine: Engine, options: AttentionOptions): void {
  const one = attention(options);
  using network = createNetwork(engine, housed(one), { seed: 1 });
  const queries = queriesOf(one);
  const longer = 7;
  const padded = Array.from({ length: B * longer * E }, (_, i) => {
    const [b, s, e] = [Math.floor(i / (longer * E)), Math.floor(i / E) % longer, i % E];
    return s < LENGTHS[b] ? SOURCE[(b * S + s) * E + e] : Number.NaN;
  });
  const wanted = attend(network, one, queries, SOURCE, { lengths: LENGTHS });
  const got = attend(network, one, queries, padded, { lengths: LENGTHS, S: longer });
  expect(got.context).toEqual(wanted.context);
  const crop = (values: number[], width: number): number[] =>
    values.filter((_, i) => Math.floor(i / width) % longer < S);
  const plus = (values: number[]): number[] => values.map((v) => v + 0);
  expect(crop(got.weights, 1)).toEqual(wanted.weights);
  const cropped = { ...got.gradients, source: crop(got.gradients.source, E) };
  for (const [name, gradient] of Object.entries(cropped))
    expect(plus(gradient), name).toEqual(plus(wanted.gradients[name]));
}
