import type { Engine } from '../engine/index.ts';
import { expectOptions } from '../options.ts';
import { expectEngine } from './arguments.ts';

/** How a model is loaded. */
export interface LoadOptions {
  /** What messages call the file. Default `model`. */
  name?: string;
  /** Default: a new one. */
  engine?: Engine;
}

/** Checks how a model is loaded and fills in its name. */
export function loadOptions(who: string, options: LoadOptions): LoadOptions & { name: string } {
  expectOptions(who, options, { name: true, engine: true });
  expectEngine(who, options.engine);
  return { name: 'model', ...options };
}
