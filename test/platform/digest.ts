import { kernelModules } from 'recurve/engine';

/**
 * The program every host runs: same seed, same bits. Nothing of Node's, nothing of the browser's, so that it is one text.
 * Returns a SHA-256 in hexadecimal.
 */
export async function digest(): Promise<string> {
  const bytes = new TextEncoder().encode(kernelModules.simd.base64);
  const hash = await crypto.subtle.digest('SHA-256', bytes);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
