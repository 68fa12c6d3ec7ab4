import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { install } from '../../tools/setup.mjs';
import type { Absent } from './context.ts';

const require = createRequire(import.meta.url);

/** Where a peer's main file lies. */
export function peerFolder(name: string): string {
  return dirname(require.resolve(name));
}

/** Loads a peer of bench/package.json, installing all of them at first use; says why where that does not work. */
export function loadPeer<T>(name: string): T | Absent {
  try {
    install('peers');
    return require(name) as T;
  } catch (error) {
    return { absent: `${name}: ${(error as Error).message.split('\n')[0]}` };
  }
}

export function isAbsent(value: object): value is Absent {
  return 'absent' in value;
}
