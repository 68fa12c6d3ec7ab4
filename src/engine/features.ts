import { hostProcess, isNode } from './host.ts';

/**
 * Whether WebAssembly and its 128-bit SIMD are there: validates the module
 * `(module (func (result v128) (f32x4.splat (f32.const 0))))`.
 */
export function hasSimd(): boolean {
  return validates(SPLAT_ZERO);
}

/** Whether `f32x4.relaxed_madd` is there: relaxed SIMD, on from Node 22 and Chromium 114. */
export function hasRelaxedSimd(): boolean {
  return validates([...SPLAT_ZERO, ...SPLAT_ZERO, ...SPLAT_ZERO, 0xfd, 0x85, 0x02]);
}

/** f32.const 0, f32x4.splat */
const SPLAT_ZERO = [0x43, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x13];

/** Whether the host accepts a module with one function of type () → v128 that runs `code`. */
function validates(code: readonly number[]): boolean {
  if (typeof WebAssembly !== 'object') return false;
  return WebAssembly.validate(
    Uint8Array.of(
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
      ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type 0: () → v128
      ...[0x03, 0x02, 0x01, 0x00], // function 0 has type 0
      ...[0x0a, code.length + 4, 0x01, code.length + 2, 0x00, ...code, 0x0b], // its body: no locals, the code, end
    ),
  );
}

/**
 * Why V8 cannot be asked to merge pairs of vectors into 256-bit ones here; undefined when it can. It does so from version 13.6
 * (Node 24) on x86-64, behind a flag that only Node lets a program set. Whether the processor has AVX2 cannot be
 * seen from here: without it the wide kernels are slow, and their proof finds that.
 */
export function noRevectorizer(): string | undefined {
  const { arch, execArgv, versions } = hostProcess();
  if (!isNode()) return 'only Node can ask V8 for 256-bit code';
  // To set a frozen flag ends the process.
  if (execArgv?.some((word) => /^--freeze.flags.after.init$/.test(word))) return 'the flags of V8 are frozen here';
  if (arch !== 'x64') return `V8 makes 256-bit code on x64 only, this is ${arch}`;
  const [major, minor] = (versions?.v8 ?? '0.0').split('.').map(Number);
  if (major > 13 || (major === 13 && minor >= 6)) return undefined;
  return `256-bit code needs Node 24 or newer, this is ${versions?.node}`;
}
