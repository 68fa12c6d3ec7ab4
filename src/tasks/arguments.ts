import type { Engine } from '../engine/index.ts';
import { RecurveError } from '../errors.ts';
import { kindOf } from '../options.ts';

/** Refuses an engine that was not awaited. */
export function expectEngine(who: string, engine: Engine | undefined): void {
  if (engine === undefined || engine?.arena) return;
  throw new RecurveError(
    'usage',
    `${who}: expected an engine, got ${kindOf(engine)}; await createEngine() and give what it returns`,
  );
}

/** Refuses what no training gave: a model alone, or a promise. */
export function expectTrained(who: string, given: { model: { encode(): unknown } }): void {
  if (typeof given?.model?.encode === 'function') return;
  throw new RecurveError(
    'usage',
    `${who}: expected what a training returned, got ${kindOf(given)}; await it and give all of it`,
  );
}

/** Refuses what is no model: what a training returned around it, or a promise. */
export function expectModel(who: string, given: { encode(): unknown }): void {
  if (typeof given?.encode === 'function') return;
  throw new RecurveError(
    'usage',
    `${who}: expected a model, got ${kindOf(given)}; give the model that a training or a loader returned, awaited`,
  );
}
