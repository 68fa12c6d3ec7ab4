import { NONE } from '../../engine/engine.ts';
import type { Tensor } from '../tensor.ts';
import { Recording, type Region } from './recording.ts';
import { merged, productsOf, readBy, SUMS, varyingOf, waits } from './replay-plan.ts';
import { type Lengths, placeLengths } from './sequence.ts';

/**
 * `step` over x[T, B, D] from the states `first`, [B, width] each, as one tape node. One step is recorded, the kernel calls of its forward
 * and of its backward, and repeated at each step's addresses, so every number is to the bit what the tape would have computed. What depends
 * on x alone goes before the loop, all steps' rows in one product, and what depends on no step is computed once; gradients of
 * weights and of x go after it. Kept for backward: of each step what its backward reads, and the states.
 *
 * @param weights what the step reads beside x and the states and has a gradient
 * @param step the same operations in every step, whatever the numbers
 * @returns by name the states [T+1, B, width], the first one in front; a row that has ended keeps its last
 */
export function replay(
  name: string,
  x: Tensor,
  first: Readonly<Record<string, Tensor>>,
  weights: readonly Tensor[],
  lengths: Lengths,
  step: (x: Tensor, state: Record<string, Tensor>) => Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const { tape } = x;
  const { engine } = tape;
  const [T, B] = x.shape;
  const ends = placeLengths(tape, lengths, B, T);
  const names = Object.keys(first);
  const inputs = [x, ...Object.values(first), ...weights];
  const states = names.map((key) => tape.output([T + 1, B, first[key].shape[1]], inputs));
  names.forEach((key, k) => {
    engine.copy(states[k].address, first[key].address, first[key].size);
  });
  // Whatever is no parameter gets the place of its gradient here: in the recording there is none.
  for (const tensor of weights) tape.gradientOf(tensor);

  const record = new Recording(engine);
  const aside = tape.aside(record.engine);
  const { now, before, after } = aside(() => {
    const now = tape.output(x.shape.slice(1), [x]);
    const before = names.map((key) => tape.output(first[key].shape, inputs));
    const after = step(now, Object.fromEntries(names.map((key, k) => [key, before[k]])));
    return { now, before, after: names.map((key) => after[key]) };
  });
  const forward = record.taken();
  const temporary = record.regions.slice(1 + names.length);
  const tracked = [now, ...before].filter((tensor) => tensor.tracked);
  for (const tensor of tracked) tensor.bindGradient(record.take(tensor.size));
  const slopes = record.regions.length;
  const differentiate = tape.recording && states.some((all) => all.tracked);
  const seeds = differentiate ? aside(() => after.map((tensor) => tape.gradientOf(tensor))) : [];
  const clearing = record.taken();
  if (differentiate) aside(() => tape.walk());
  const backward = merged(record, record.taken(), record.regions.slice(slopes));

  record.place(now.address, x.address, now.size);
  before.forEach((state, k) => {
    record.place(state.address, states[k].address, state.size);
  });
  const used = new Set(backward.flatMap((call) => readBy(record, call)));
  const varying = varyingOf(record, forward, record.regions.slice(0, 1 + names.length));
  const products = productsOf(record, forward, now.address);
  for (const region of temporary) {
    const each = products.has(region) || (varying.has(region) && used.has(region));
    region.base = engine.arena.take(region.size * (each ? T : 1));
    region.stride = each ? region.size : 0;
  }
  engine.arena.scope(() => {
    const loop: ((t: number) => void)[] = [];
    for (const call of forward) {
      const [target] = record.written(call);
      if (!varying.has(target)) record.bind(call)(0);
      else if (products.has(target)) record.bind(call, 3, T)(0);
      else loop.push(record.bindPacked(call, 'gemmNt'));
    }
    const next = after.map(({ address }) => record.at(address));
    for (let t = 0; t < T; t++) {
      for (const call of loop) call(t);
      before.forEach(({ size, shape }, k) => {
        const all = states[k].address + t * size;
        engine.selectRows(all + size, next[k](t), all, ends, t, B, shape[1]);
      });
    }
  });

  tape.record(
    states,
    () => {
      const totals = states.map((all) => tape.gradientOf(all));
      const dx = tape.gradientOf(x);
      if (dx !== NONE) record.place(now.gradientAddress, dx, now.size);
      before.forEach((state, k) => {
        record.place(state.gradientAddress, totals[k], state.size);
      });
      const own = (region: Region): boolean => varying.has(region) || !temporary.includes(region);
      const waiting = new Set(backward.filter((call) => waits(record, call, now.gradientAddress, own)));
      const kept = new Set(
        [...waiting].flatMap(({ name, args }) => SUMS[name].sources.map(([i]) => record.regionOf(args[i]))),
      );
      engine.arena.scope(() => {
        for (const region of record.regions.slice(slopes)) {
          region.base = engine.arena.take(region.size * (kept.has(region) ? T : 1));
          region.stride = kept.has(region) ? region.size : 0;
        }
        const clear = clearing.map((call) => record.bind(call));
        const loop = backward.filter((call) => !waiting.has(call)).map((call) => record.bindPacked(call, 'gemmNn'));
        const next = seeds.map((address) => record.at(address));
        for (let t = T - 1; t >= 0; t--) {
          for (const call of clear) call(t);
          before.forEach(({ size, shape }, k) => {
            const all = totals[k] + t * size;
            engine.selectRowsBackward(next[k](t), all, all + size, ends, t, B, shape[1]);
          });
          for (const call of loop) call(t);
        }
        for (const call of waiting) record.bind(call, SUMS[call.name].rows, T)(0);
      });
      names.forEach((key, k) => {
        const d = tape.gradientOf(first[key]);
        if (d !== NONE) engine.axpy(d, totals[k], first[key].size, 1);
      });
    },
    name,
  );
  return Object.fromEntries(names.map((key, k) => [key, states[k]]));
}
