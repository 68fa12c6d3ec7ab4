import { type Carry, type Network, noDropout, type Pass } from '../../../nn/index.ts';
import type { VoicesArchitecture, VoicesNetwork } from './network.ts';
import { classesOf } from './range.ts';

/** Reads the soprano class by class and gives the logits of the next one. */
export function sopranoStream(network: Network, a: VoicesArchitecture): (id: number) => ArrayLike<number> {
  const root = network.root as VoicesNetwork;
  const pass = quiet();
  let first = 0;
  return (id) =>
    network.tape.evaluate(() => {
      const logits = root.soprano(network.tape, [id], { B: 1, T: 1, first: first++ }, pass);
      return logits.values().slice(0, classesOf(a));
    });
}

/** A pass that draws nothing; with states that go on from step to step where they are `carried`. */
export function quiet(carried = true): Pass {
  return { training: false, dropoutKey: noDropout, ...(carried && { carry: new Map() as Carry }) };
}
