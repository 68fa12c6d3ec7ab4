import type { KernelModule } from './kernels.ts';
import { withSharedMemory } from './threads/share-memory.ts';
import type { Tier } from './tiers.ts';

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** The kernels of a tier, compiled once per process for a memory of its own and once for one that threads share. */
export function compileTier(tier: Tier, shared = false): Promise<WebAssembly.Module> {
  const key = shared ? `${tier.name} shared` : tier.name;
  let module = compiled.get(key);
  if (!module) {
    module = tier.load().then((kernels) => {
      const bytes = decode(kernels);
      return WebAssembly.compile(shared ? withSharedMemory(bytes) : bytes);
    });
    compiled.set(key, module);
  }
  return module;
}

function decode(kernels: KernelModule): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(kernels.base64), (character) => character.charCodeAt(0));
}
