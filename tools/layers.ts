/**
 * Who may import whom. One row per part of the house; `docs/architecture.md` explains why.
 *
 * - `may`: parts it may import from, besides itself (`base` = the files of `src` itself but index.ts: open to all)
 * - `npm`: packages it may import
 * - `node`: whether it may import Node's own modules; nothing that may can be imported by something that may not
 */
export interface Layer {
  readonly may: readonly string[];
  readonly npm?: readonly string[];
  readonly node?: true;
}

const core = ['engine', 'autograd', 'nn'];
const browser = [...core, 'train', 'data', 'decode', 'model', 'inspect', 'tasks', 'report'];

export const LAYERS: Readonly<Record<string, Layer>> = {
  kernels: { may: [] },
  base: { may: [] },
  engine: { may: [] },
  autograd: { may: ['engine'] },
  nn: { may: ['engine', 'autograd'] },
  data: { may: [], npm: ['papaparse', 'hyparquet', 'hyparquet-compressors', 'midi-file'] },
  decode: { may: ['data'] },
  model: { may: [...core, 'data'] },
  train: { may: [...core, 'data', 'model'] },
  inspect: { may: [...core, 'data', 'model'] },
  report: { may: [] },
  tasks: { may: [...core, 'train', 'data', 'decode', 'model', 'inspect', 'report'] },
  index: { may: browser },
  node: { may: browser, npm: ['fflate'], node: true },
  cli: { may: [...browser, 'node'], npm: ['commander', 'picocolors', 'cmu-pronouncing-dictionary'], node: true },
};

/** Files of the part `base`. */
const BASE = ['civil', 'errors', 'exact', 'finite', 'format', 'nearest', 'options', 'random', 'version'].map(
  (name) => `${name}.ts`,
);

/** Folders that use the library from outside: free to import anything, imported by nothing in `src`. */
const OUTSIDE: readonly string[] = ['test', 'tools', 'bench', 'examples'];

/** Files of `src` that hold tests: they may import anything, and only tests may import them. */
const TEST_FILE = /\.(test|case)\.ts$/;

/** The row of `LAYERS` a file belongs to, `tests` for a test or anything outside, or undefined when no row fits. */
export function layerOf(path: string): string | undefined {
  const [top, second] = path.split('/');
  if (OUTSIDE.includes(top) || TEST_FILE.test(path) || !path.includes('/')) return 'tests';
  if (top === 'kernels') return 'kernels';
  if (top !== 'src') return undefined;
  if (BASE.includes(second)) return 'base';
  if (second === 'index.ts') return 'index';
  return path.split('/').length > 2 && second in LAYERS ? second : undefined;
}
