import type { KernelModule } from './kernels.ts';
import type { Tier } from './tiers.ts';

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** The kernels of a tier, compiled once per process. */
export function compileTier(tier: Tier): Promise<WebAssembly.Module> {
  let module = compiled.get(tier.name);
  if (!module) {
    module = tier.load().then((kernels) => WebAssembly.compile(decode(kernels)));
    compiled.set(tier.name, module);
  }
  return module;
}

function decode(kernels: KernelModule): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(kernels.base64), (character) => character.charCodeAt(0));
}
