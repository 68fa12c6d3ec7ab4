// What the engine asks of Node where it runs in Node. An import of `node:…`, even a lazy one, would keep bundlers from putting the
// engine into a page; a question at run time is answered "nothing" there. `npm test` allows such questions in this folder only.

/** The parts of `process` that are looked at; absent in a browser. */
export interface HostProcess {
  readonly arch?: string;
  readonly platform?: string;
  readonly pid?: number;
  readonly execPath?: string;
  readonly argv?: readonly string[];
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly versions?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
}

/** Node's `process`, or an empty one. */
export function hostProcess(): HostProcess {
  return (globalThis as { process?: HostProcess }).process ?? {};
}

/** One of Node's own modules, such as `node:os`; undefined where there is none (browsers, Node before 20.16). */
export function nodeModule<T>(name: `node:${string}`): T | undefined {
  return hostProcess().getBuiltinModule?.(name) as T | undefined;
}

/** Whether this is Node itself, and not something that resembles it (Deno, Bun, Electron). */
export function isNode(): boolean {
  const { node, deno, bun, electron } = hostProcess().versions ?? {};
  return node !== undefined && deno === undefined && bun === undefined && electron === undefined;
}
