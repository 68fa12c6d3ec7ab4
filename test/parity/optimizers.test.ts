import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENGINES } from '../../src/engine/engines.case.ts';
import { expectClose } from '../../src/nn/close.case.ts';
import { createNetwork, linear, sequential } from '../../src/nn/index.ts';
import { createOptimizer, type OptimizerConfig } from '../../src/train/index.ts';

type Weights = Record<string, number[]>;

const { torch, rates, first, gradients, cases } = JSON.parse(
  readFileSync(new URL('./fixtures/optimizers.json', import.meta.url), 'utf8'),
) as {
  torch: string;
  rates: number[];
  first: Weights;
  gradients: Weights[];
  cases: { name: string; config: OptimizerConfig; steps: Weights[] }[];
};

describe.each(ENGINES)(`PyTorch ${torch} on $name`, async ({ open, precision }) => {
  const engine = await open();

  it.each(cases)('$name: weights after each of 8 steps within 1e-13 in f64 and 1e-6 in f32', ({ config, steps }) => {
    const layers = sequential(linear({ input: 3, output: 5 }), linear({ input: 5, output: 2 }));
    using network = createNetwork(engine, layers);
    const shapes = Object.fromEntries(network.entries.map(({ name, parameter }) => [name, parameter.shape]));
    network.load(
      Object.fromEntries(Object.entries(first).map(([name, data]) => [name, { shape: shapes[name], data }])),
    );
    using optimizer = createOptimizer(network, config);
    steps.forEach((wanted, k) => {
      for (const { name, offset } of network.entries) engine.write(network.gradients + offset, gradients[k][name]);
      optimizer.step(rates[k]);
      for (const [name, { data }] of Object.entries(network.state())) {
        expectClose(`${name} after step ${k + 1}`, data, wanted[name], precision === 'f64' ? 1e-13 : 1e-6);
      }
    });
    // The rule's options must show: no two cases of the fixture end alike.
    expect(cases.filter((other) => JSON.stringify(other.steps) === JSON.stringify(steps)).length).toBe(1);
  });
});
