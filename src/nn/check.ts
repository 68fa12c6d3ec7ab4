import type { Tensor } from '../autograd/index.ts';
import { RecurveError } from '../errors.ts';
import { kindOf } from '../options.ts';
import type { Pass } from './layer.ts';
import type { Network } from './network.ts';

export { expectTensor } from '../autograd/tensor.ts';

/** Refuses what is no layer. */
export function expectLayer(who: string, given: unknown): void {
  const got = kindOf(given);
  if (got === 'a layer') return;
  const next =
    got === 'an array'
      ? 'give layers one by one, as sequential(...layers) does'
      : got === 'a cell'
        ? 'make a layer of it, recurrent([cell])'
        : 'make one with lstm, linear, sequential, …';
  throw new RecurveError('usage', `${who}: expected a layer, got ${got}; ${next}`);
}

/** Refuses what is no list of cells. */
export function expectCells(who: string, given: unknown): void {
  const strange = Array.isArray(given) ? given.find((one) => kindOf(one) !== 'a cell') : given;
  if (Array.isArray(given) && strange === undefined && !given.includes(undefined)) return;
  throw new RecurveError(
    'usage',
    `${who}: expected a list of cells, got ${kindOf(strange)}${Array.isArray(given) ? ' in it' : ''}; make cells with lstmCell, gruCell, rnnCell or leakyCell, as in recurrent([lstmCell({ … })])`,
  );
}

/** Refuses what no layer can read. */
export function expectForward(who: string, x: Tensor, pass: Pass): void {
  if (!x?.tape) {
    throw new RecurveError(
      'usage',
      `${who}: expected x to be a tensor, got ${kindOf(x)}; make one with tape.constant(values, shape), or call network.predict`,
    );
  }
  if (typeof pass !== 'object' || pass === null || (pass.training && typeof pass.dropoutKey !== 'function')) {
    throw new RecurveError(
      'usage',
      `${who}: expected a pass, got ${pass ? 'one of a training without dropoutKey' : String(pass)}; hand on the one that fit gives to loss, or give { training: false, dropoutKey: noDropout }`,
    );
  }
  if (pass.carry !== undefined && !(pass.carry instanceof Map)) {
    throw new RecurveError(
      'usage',
      `${who}: expected carry to be a Map, got ${kindOf(pass.carry)}; give new Map() at the start of a stream`,
    );
  }
}

/** Refuses what is no network. */
export function expectNetwork(who: string, given: Network): void {
  if (given?.tape && given.engine && given.root) return;
  throw new RecurveError(
    'usage',
    `${who}: expected a network, got ${kindOf(given)}; make one with createNetwork(engine, layer)`,
  );
}
