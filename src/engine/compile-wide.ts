import { hostProcess, nodeModule } from './host.ts';

/** V8's flags while a wide module compiles, with the values they have by default. */
const WIDE_FLAGS: readonly { name: string; value: boolean }[] = [
  // Merge pairs of 128-bit operations into 256-bit ones.
  { name: 'experimental-wasm-revectorize', value: true },
  // Optimise every function, and now: one that V8 came to later would be compiled without the flag above.
  { name: 'liftoff', value: false },
  { name: 'wasm-lazy-compilation', value: false },
  // The inliner wants the feedback that Liftoff collects, and without it ends the process (a check of V8's).
  { name: 'wasm-inlining', value: false },
];

/**
 * Compiles with {@link WIDE_FLAGS}. Flags belong to the whole process, so this is synchronous: no other code of the program
 * runs while they are set.
 */
export function compileWide(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  const v8 = nodeModule<{ setFlagsFromString(flag: string): void }>('node:v8');
  if (!v8) throw new Error('expected node:v8, which noRevectorizer() asks for');
  for (const { name, value } of WIDE_FLAGS) v8.setFlagsFromString(spelled(name, value));
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    for (const { name, value } of WIDE_FLAGS) v8.setFlagsFromString(spelled(name, givenFlag(name) ?? !value));
  }
}

function spelled(name: string, value: boolean): string {
  return value ? `--${name}` : `--no-${name}`;
}

/** The value of a flag of V8's that the program was started with; undefined when it was not mentioned. */
export function givenFlag(name: string, { execArgv = [], env = {} } = hostProcess()): boolean | undefined {
  const words = [...(env.NODE_OPTIONS ?? '').split(/\s+/), ...execArgv].map((word) => word.replaceAll('_', '-'));
  const last = words.findLast((word) => word === `--${name}` || word === `--no-${name}` || word === `--no${name}`);
  return last === undefined ? undefined : last === `--${name}`;
}
