import { describe, expect, it } from 'vitest';
import { unequal } from '../autograd/gradient-check.case.ts';
import { replay, sum } from '../autograd/index.ts';
import { ENGINES } from '../engine/engines.case.ts';
import { ReferenceEngine } from '../engine/reference.ts';
import {
  createNetwork,
  gru,
  gruCell,
  type Layer,
  last,
  linear,
  lstm,
  lstmCell,
  mse,
  type Network,
  noDropout,
  type RecurrentLayer,
  recurrent,
  rnn,
  sequential,
} from '../nn/index.ts';
import { fit } from '../train/index.ts';
import { smallNetwork, smallTask, traceOf } from '../train/training.case.ts';
import { type GradientTrace, judgeGradient, traceGradients } from './gradient-through-time.ts';

const engine = new ReferenceEngine();

/** One backward pass from the mean of squares, traced. */
function traced(
  network: Network,
  x: ArrayLike<number>,
  shape: readonly number[],
  lengths?: number[],
  gateValues?: number,
): GradientTrace[] {
  const traces: GradientTrace[][] = [];
  const stop = traceGradients(network, (layers) => traces.push(layers), { ...(gateValues && { gateValues }) });
  network.tape.run(() => {
    const pass = { training: true, dropoutKey: noDropout, ...(lengths && { lengths }) };
    const y = network.root.forward(network.tape.constant(x, shape), pass);
    network.tape.backward(mse(y, new Float64Array(y.size)));
  });
  stop();
  expect(traces).toHaveLength(1);
  return traces[0];
}

/** h_t = relu(w·h_{t−1} + x_t), one unit, x = (1, 0, 0, …): the gradient of h_T is multiplied by w per step back. */
function chain(w: number, T: number): GradientTrace {
  using network = createNetwork(engine, sequential(rnn({ input: 1, hidden: 1, activation: 'relu' }), last()));
  network.load({
    '0.weight_ih_l0': { shape: [1, 1], data: [1] },
    '0.weight_hh_l0': { shape: [1, 1], data: [w] },
    '0.bias_ih_l0': { shape: [1], data: [0] },
    '0.bias_hh_l0': { shape: [1], data: [0] },
  });
  const traces: GradientTrace[] = [];
  const stop = traceGradients(network, (layers) => traces.push(...layers));
  network.tape.run(() => {
    const x = network.tape.constant([1, ...new Array(T - 1).fill(0)], [1, T, 1]);
    network.tape.backward(sum(network.root.forward(x, { training: true, dropoutKey: noDropout })));
  });
  stop();
  return traces[0];
}

describe('the gradient through time', () => {
  it.each([
    { w: 0.5, kind: 'vanishing' },
    { w: 1, kind: 'steady' },
    { w: 2, kind: 'exploding' },
  ])(
    'of a unit that multiplies by $w is $w to the power of the steps back, exactly, and judged $kind',
    ({ w, kind }) => {
      const { norms, verdict, layer } = chain(w, 12);
      expect([...norms]).toEqual(Array.from({ length: 12 }, (_, t) => w ** (11 - t)));
      expect(verdict.kind).toBe(kind);
      expect(verdict.ratio).toBe(w ** 11);
      expect(verdict.perStep).toBeCloseTo(w, 12);
      expect(layer).toBe('0.l0');
    },
  );

  it.each([
    ['lstm', (o: object) => lstm({ input: 3, hidden: 4, layers: 2, ...o }), lstmCell],
    ['gru', (o: object) => gru({ input: 3, hidden: 4, layers: 2, ...o }), gruCell],
  ])('of a fused %s is that of the steps from primitives within 1e-13, with lengths and without', (_, make, cell) => {
    const stepwise = (): RecurrentLayer =>
      recurrent(
        [cell({ input: 3, hidden: 4 }), cell({ input: 4, hidden: 4 })].map(
          ({ sequence: _s, last: _l, ...rest }) => rest,
        ),
      );
    for (const lengths of [undefined, [5, 0, 3]]) {
      const [fused, steps, repeated] = [make({}), stepwise(), stepwise()].map((layer: Layer, i) => {
        using network = createNetwork(engine, layer, { seed: 3 });
        if (i === 2) network.tape.repeat = replay;
        return traced(network, unequal(45, 1, 3), [3, 5, 3], lengths);
      });
      expect(fused.map(({ layer }) => layer)).toEqual(['l0', 'l1']);
      fused.forEach(({ norms, layer }, k) => {
        expect(steps[k].layer).toBe(layer);
        norms.forEach((norm, t) => {
          expect(norm).toBeGreaterThan(0);
          expect(Math.abs(norm - steps[k].norms[t])).toBeLessThanOrEqual(1e-13);
          expect(Math.abs(norm - repeated[k].norms[t])).toBeLessThanOrEqual(1e-13);
        });
      });
    }
  });

  it.each(ENGINES)('changes no bit of a training on $name, and ends when told to', async ({ open }) => {
    using plain = smallNetwork(await open());
    const expected = traceOf(plain, await fit(plain, { ...smallTask(plain), epochs: 2 }));
    using network = smallNetwork(await open());
    const traces: GradientTrace[][] = [];
    let stop = traceGradients(network, (layers) => traces.push(layers));
    expect(() => traceGradients(network, () => {})).toThrow(/got one that is; stop the first/);
    stop();
    for (const gateValues of [0, -1, Number.NaN]) {
      expect(() => traceGradients(network, () => {}, { gateValues })).toThrow(`gateValues above 0, got ${gateValues}`);
    }
    stop = traceGradients(network, (layers) => traces.push(layers));
    const result = await fit(network, { ...smallTask(network), epochs: 2 });
    expect(traceOf(network, result)).toEqual(expected);
    // One trace of one layer per step; validation is not traced.
    expect(traces.map((layers) => layers.map(({ kind }) => kind))).toEqual(new Array(12).fill(['gru']));
    stop();
    await fit(network, { ...smallTask(network), epochs: 1 });
    expect(traces).toHaveLength(12);
  });

  it('forgets a run that ended without going back', () => {
    using network = createNetwork(
      engine,
      sequential(rnn({ input: 1, hidden: 2 }), last(), linear({ input: 2, output: 1 })),
    );
    const traces: GradientTrace[][] = [];
    const stop = traceGradients(network, (layers) => traces.push(layers));
    const forward = () =>
      network.root.forward(network.tape.constant([1, 2], [1, 2, 1]), { training: true, dropoutKey: noDropout });
    network.tape.run(() => void forward());
    network.tape.run(() => network.tape.backward(sum(forward())));
    stop();
    expect(traces.map(({ length }) => length)).toEqual([1]);
  });
});

describe('saturation of gates', () => {
  it('is the share of valid steps at either end: LSTM gates pinned by their biases, padding not counted', () => {
    using network = createNetwork(engine, lstm({ input: 1, hidden: 2 }));
    network.load({
      weight_ih_l0: { shape: [8, 1], data: new Float64Array(8) },
      weight_hh_l0: { shape: [8, 2], data: new Float64Array(16) },
      // i open in one unit of two, f closed, g at −1 in one and +1 in the other, o in the middle.
      bias_ih_l0: { shape: [8], data: [9, 0, -9, -9, -9, 9, 0.5, -0.5] },
      bias_hh_l0: { shape: [8], data: new Float64Array(8) },
    });
    for (const lengths of [undefined, [4, 0, 1]]) {
      expect(traced(network, unequal(12, 1), [3, 4, 1], lengths)[0].gates).toEqual([
        { name: 'i', low: 0, high: 0.5 },
        { name: 'f', low: 1, high: 0 },
        { name: 'g', low: 0.5, high: 0.5 },
        { name: 'o', low: 0, high: 0 },
      ]);
    }
  });

  it('is known within 3 in 100 from 8,192 numbers of 614,400, and the rows of the batch are all looked at', () => {
    using network = createNetwork(engine, lstm({ input: 1, hidden: 16 }), { seed: 5 });
    const data = (name: string) => ({
      [name]: { ...network.state()[name], data: network.state()[name].data.map((w) => 9 * w) },
    });
    network.load({ ...network.state(), ...data('weight_ih_l0'), ...data('bias_ih_l0') });
    // Every row of the batch at a level of its own.
    const x = Float64Array.from({ length: 32 * 300 }, (_, i) => Math.floor(i / 300) / 8 - 2);
    const all = traced(network, x, [32, 300, 1], undefined, Number.POSITIVE_INFINITY)[0].gates;
    const some = traced(network, x, [32, 300, 1])[0].gates;
    expect(some).not.toEqual(all);
    some.forEach(({ low, high }, q) => {
      expect(all[q].low + all[q].high).toBeGreaterThan(0.1);
      expect(Math.abs(low - all[q].low)).toBeLessThanOrEqual(0.03);
      expect(Math.abs(high - all[q].high)).toBeLessThanOrEqual(0.03);
    });
  });

  it('names the gates of a GRU', () => {
    using network = createNetwork(engine, gru({ input: 1, hidden: 2 }), { seed: 1 });
    const { gates } = traced(network, unequal(12, 1), [3, 4, 1])[0];
    expect(gates.map(({ name }) => name).slice(0, 2)).toEqual(['r', 'z']);
    for (const { low, high } of gates) expect(low + high).toBeLessThanOrEqual(1);
  });
});

describe('the verdict', () => {
  it('is none without a gradient, vanishing where the first norm underflows, and reads the last norm above 0', () => {
    expect(judgeGradient([0, 0])).toEqual({ kind: 'none', perStep: 1, ratio: 1 });
    expect(judgeGradient([0, 1e-9, 1])).toMatchObject({ kind: 'vanishing', ratio: 0 });
    expect(judgeGradient([8, 4, 2, 0])).toMatchObject({ kind: 'steady', ratio: 4 });
    expect(judgeGradient([8, 4, 2, 0]).perStep).toBeCloseTo(2, 12);
    expect(judgeGradient([3])).toEqual({ kind: 'steady', perStep: 1, ratio: 1 });
    expect(judgeGradient([1001, 1]).kind).toBe('exploding');
    expect(judgeGradient([999, 1]).kind).toBe('steady');
  });
});
