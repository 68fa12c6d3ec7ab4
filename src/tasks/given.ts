import type { Engine } from '../engine/index.ts';
import { RecurveError } from '../errors.ts';
import { expectOptions, kindOf } from '../options.ts';

/** How a model is loaded. */
export interface LoadOptions {
  /** What messages call the file. Default `model`. */
  name?: string;
  /** Default: a new one. */
  engine?: Engine;
}

/** Refuses an engine that was not awaited. */
export function expectEngine(who: string, engine: Engine | undefined): void {
  if (engine === undefined || engine?.arena) return;
  throw new RecurveError(
    'usage',
    `${who}: expected an engine, got ${kindOf(engine)}; await createEngine() and give what it returns`,
  );
}

/** Checks how a model is loaded and fills in its name. */
export function loadOptions(who: string, options: LoadOptions): LoadOptions & { name: string } {
  expectOptions(who, options, { name: true, engine: true });
  expectEngine(who, options.engine);
  return { name: 'model', ...options };
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

/** When a row of a stream was, and whose it is. */
export interface RowPlace {
  time?: number;
  id?: string;
}

/** What dates reach, in ms on either side of 1970. */
const LATEST = 8.64e15;

/** Refuses a row and its place that no stream can take. */
export function expectRow(row: unknown, at: RowPlace): void {
  const { time, id }: { time?: unknown; id?: unknown } = at ?? {};
  expectOptions<{ time?: unknown; id?: unknown }>('stream', at, { time: null, id: null });
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new RecurveError(
      'usage',
      `stream: expected a row as { column: number }, got ${kindOf(row)}; name the columns`,
    );
  }
  if (id !== undefined && typeof id !== 'string')
    throw new RecurveError(
      'usage',
      `stream: expected the id of a series as a string, got ${kindOf(id)}; give '' for none`,
    );
  if (time !== undefined && !(typeof time === 'number' && Math.abs(time) <= LATEST)) {
    throw new RecurveError(
      'data',
      `stream: expected a time in ms since 1970-01-01 UTC, got ${kindOf(time)}; give a number, such as Date.parse makes`,
    );
  }
}
