// `npm run build`: kernels (AssemblyScript → embedded WebAssembly), then the library (TypeScript → dist/).
// Both are skipped when nothing they are made from has changed. `--check` recompiles the kernels and fails unless the
// committed src/engine/wasm.gen.ts holds exactly these bytes. `--force` builds everything.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, digestFiles, listFiles, nodeBinary, nodeTooOld, packageFile, root, UNSUPPORTED } from './setup.mjs';

/**
 * One compilation of kernels/index.ts per engine tier; the engine chooses at start by what the host can do.
 * All import their memory (`env.memory`), none may abort: a kernel has no way to report an error.
 */
export const TIERS = {
  simd: { flags: ['--enable', 'simd'], says: 'plain 128-bit SIMD: multiply, then add; runs on every host' },
};
const COMMON_FLAGS = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--use', 'abort='];

const KERNEL_ENTRY = 'kernels/index.ts';
const KERNEL_OUTPUT = 'src/engine/wasm.gen.ts';

/** Compiles one tier and returns its bytes. */
function compileKernels(tier) {
  mkdirSync(cache.folder, { recursive: true });
  const output = join(cache.folder, `kernels-${tier}-${process.pid}.wasm`);
  const asc = packageFile('assemblyscript', 'bin/asc.js');
  const args = [asc, KERNEL_ENTRY, '-o', output, ...COMMON_FLAGS, ...TIERS[tier].flags];
  const { status } = spawnSync(nodeBinary(), args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0)
    fail(
      `build: expected ${KERNEL_ENTRY} to compile for tier ${tier}, got exit code ${status}; asc's messages are above`,
    );
  const bytes = readFileSync(output);
  rmSync(output);
  return bytes;
}

/** The TypeScript module that carries the compiled kernels. */
function kernelModule() {
  const entries = Object.keys(TIERS).map((tier) => {
    const bytes = compileKernels(tier);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return [
      `  /** ${TIERS[tier].says} */`,
      `  ${tier}: {`,
      `    tier: '${tier}',`,
      `    byteLength: ${bytes.length},`,
      `    sha256: '${sha256}',`,
      `    base64:`,
      `      '${bytes.toString('base64')}',`,
      `  },`,
    ].join('\n');
  });
  return `// GENERATED from kernels/ by tools/build.mjs. Do not edit: \`npm run build\` writes it, the test suite compares.

/** Compiled kernels of one engine tier, as they travel inside the library. */
export interface KernelModule {
  readonly tier: string;
  /** Size of the module in bytes. */
  readonly byteLength: number;
  /** SHA-256 of the module's bytes, hexadecimal. */
  readonly sha256: string;
  /** The module itself, base64. */
  readonly base64: string;
}

/** Every compiled tier by name. */
export const kernelModules = {
${entries.join('\n')}
} satisfies Record<string, KernelModule>;
`;
}

function kernelInputs() {
  const files = listFiles('kernels', (file) => file.endsWith('.ts'));
  const version = JSON.parse(readFileSync(packageFile('assemblyscript', 'package.json'), 'utf8')).version;
  return digestFiles(files, JSON.stringify([version, COMMON_FLAGS, TIERS]));
}

function buildKernels({ force }) {
  if (!existsSync(join(root, KERNEL_ENTRY))) return;
  const output = join(root, KERNEL_OUTPUT);
  const before = existsSync(output) ? readFileSync(output, 'utf8') : '';
  const known = cache.read('kernels');
  const inputs = kernelInputs();
  if (!force && known?.inputs === inputs && known.output === sha256(before)) return;
  const after = kernelModule();
  if (after !== before) {
    mkdirSync(join(root, 'src/engine'), { recursive: true });
    writeAtomically(output, after);
  }
  cache.write('kernels', { inputs, output: sha256(after) });
  console.log(`kernels  ${after === before ? 'unchanged' : 'written'}: ${KERNEL_OUTPUT}`);
}

function checkKernels() {
  const output = join(root, KERNEL_OUTPUT);
  const committed = existsSync(output) ? readFileSync(output, 'utf8') : '';
  const rebuilt = kernelModule();
  if (rebuilt === committed) {
    console.log(`kernels: ${Object.keys(TIERS).join(', ')} rebuilt to the committed bytes`);
    return;
  }
  const digests = (text) => [...text.matchAll(/sha256: '(\w+)'/g)].map((match) => match[1]).join(', ') || 'none';
  fail(
    `build --check: expected ${KERNEL_OUTPUT} to hold ${digests(rebuilt)}, got ${digests(committed)}; run \`npm run build\` and commit the file`,
  );
}

async function buildLibrary({ force }) {
  const sources = listFiles(
    'src',
    (file) => file.endsWith('.ts') && !file.includes('.test.') && !file.includes('.case.'),
  );
  const inputs = digestFiles([...sources, 'package.json', 'tsconfig.json', 'tsdown.config.ts', 'package-lock.json']);
  const known = cache.read('library');
  const whole = known?.outputs?.every((file) => existsSync(join(root, file)));
  if (!force && known?.inputs === inputs && whole) return;

  const started = performance.now();
  const { build } = await import('tsdown');
  // Built beside and swapped in, so that a program running from dist/ never sees half a build.
  const staged = join(cache.folder, `dist-${process.pid}`);
  const retired = join(cache.folder, `dist-${process.pid}-old`);
  await build({ config: join(root, 'tsdown.config.ts'), outDir: staged, logLevel: 'warn' });
  if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), retired);
  renameSync(staged, join(root, 'dist'));
  rmSync(retired, { recursive: true, force: true });
  const outputs = listFiles('dist');
  cache.write('library', { inputs, outputs });
  console.log(`library  dist/: ${outputs.length} files in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}

function writeAtomically(path, text) {
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

const tooOld = nodeTooOld();
if (tooOld) {
  console.error(tooOld);
  process.exit(UNSUPPORTED);
}
if (process.argv.includes('--check')) {
  checkKernels();
} else {
  const force = process.argv.includes('--force');
  buildKernels({ force });
  await buildLibrary({ force });
}
