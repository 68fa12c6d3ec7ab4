import { createEngine } from './create.ts';
import type { Engine } from './engine.ts';
import { ReferenceEngine } from './reference.ts';
import { TIERS } from './tiers.ts';

/** One engine of the list that tests of everything above the engine run over. */
export interface EngineCase {
  name: string;
  /** What the bound in a title depends on. */
  precision: 'f32' | 'f64';
  open(): Promise<Engine>;
}

export const REFERENCE: EngineCase = { name: 'reference', precision: 'f64', open: async () => new ReferenceEngine() };

/** Tiers that this host runs and that promise the same bits. */
export const WASM: readonly EngineCase[] = TIERS.filter(
  (tier) => tier.numerics === 'exact' && tier.obstacle() === undefined,
).map(({ name }) => ({
  name,
  precision: 'f32',
  open: () => createEngine({ tier: name }),
}));

/** Every engine there is: what holds "to the bit" is tested on each. */
export const ENGINES: readonly EngineCase[] = [REFERENCE, ...WASM];
