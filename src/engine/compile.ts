import { RecurveError } from '../errors.ts';
import { decodeEmbedded } from './embedded.ts';
import type { Tier } from './tiers.ts';

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** The kernels of a tier, compiled once per process for a memory of its own and once for one that threads share. */
export function compileTier(tier: Tier, shared = false): Promise<WebAssembly.Module> {
  const key = shared ? `${tier.name} shared` : tier.name;
  let module = compiled.get(key);
  if (!module) {
    module = tier.load().then(async (kernels) => {
      const plain = decodeEmbedded(kernels.text, kernels.byteLength);
      const bytes = shared ? (await import('./threads/share-memory.ts')).withSharedMemory(plain) : plain;
      if (tier.provenBy === undefined) return WebAssembly.compile(bytes).catch(refused);
      // A page compiles none, so it does not load what that takes.
      return (await import('./compile-wide.ts')).compileWide(bytes);
    });
    compiled.set(key, module);
  }
  return module;
}

/** The modules are sound, so it is the host that does not want any. */
function refused(cause: unknown): never {
  throw new RecurveError(
    'unsupported',
    "engine: expected leave to compile WebAssembly, got a refusal; a page's policy needs script-src 'wasm-unsafe-eval'",
    { cause },
  );
}
