// `npm run build`: kernels (AssemblyScript → embedded WebAssembly, a module per tier), the workers' program (→ embedded text), then the
// library (TypeScript → dist/). Each is skipped when nothing it is made from has changed. `--check` makes what is embedded again and
// fails unless the committed files, `*.gen.ts`, hold exactly that. `--force` builds everything.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cache, digestFiles, listFiles, nodeBinary, nodeTooOld, packageFile, root, UNSUPPORTED } from './setup.mjs';

/**
 * One compilation of kernels/index.ts per engine tier; src/engine/tiers.ts chooses at start by what the host can do.
 * All import their memory (`env.memory`), none may abort: a kernel has no way to report an error. kernels/tier.ts is
 * where they differ: RECURVE_WIDE is a constant there, and relaxed SIMD turns multiply-and-add into one operation.
 */
const TIERS = {
  simd: { flags: ['--use', 'RECURVE_WIDE=0'] },
  fma: { flags: ['--use', 'RECURVE_WIDE=0', '--enable', 'relaxed-simd'] },
  wide: { flags: ['--use', 'RECURVE_WIDE=1'] },
  'wide-fma': { flags: ['--use', 'RECURVE_WIDE=1', '--enable', 'relaxed-simd'] },
};
const COMMON_FLAGS = [
  '-O3',
  '--runtime',
  'stub',
  '--noAssert',
  '--importMemory',
  '--use',
  'abort=',
  '--enable',
  'simd',
];

const KERNEL_ENTRY = 'kernels/index.ts';
/** A file per tier, so that a host loads only the one it runs. */
const kernelOutput = (tier) => `src/engine/modules/${tier}.gen.ts`;

const WORKER_ENTRY = 'src/engine/threads/worker.ts';
const WORKER_OUTPUT = 'src/engine/threads/worker.gen.ts';

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

/** The TypeScript module that carries a compiled tier. */
function kernelModule(tier) {
  const bytes = compileKernels(tier);
  return `// GENERATED from kernels/ by tools/build.mjs. Do not edit: \`npm run build\` writes it, the test suite compares.
import type { KernelModule } from '../kernels.ts';

export const kernels: KernelModule = {
  byteLength: ${bytes.length},
  sha256: '${sha256(bytes)}',
  text:
    '${embeddedText(bytes)}',
};
`;
}

/** Bytes as src/engine/embedded.ts reads them: 86 digits, and two characters for what is higher; see there. */
function embeddedText(bytes) {
  const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  const alphabet = printable.filter((character) => !'"$\'<\\`'.includes(character));
  const written = (moved) => (moved < 86 ? '' : alphabet[85 + Math.floor(moved / 86)]) + alphabet[moved % 86];
  return Array.from(bytes, (byte) => written((byte + 3) % 256)).join('');
}

/** Every output of the kernels, path → text: as committed, and as `make` writes it. */
function kernelFiles(make) {
  return new Map(Object.keys(TIERS).map((tier) => [kernelOutput(tier), make(tier)]));
}

function committedKernels() {
  return kernelFiles((tier) => {
    const output = join(root, kernelOutput(tier));
    return existsSync(output) ? readFileSync(output, 'utf8') : '';
  });
}

function kernelInputs() {
  const files = listFiles('kernels', (file) => file.endsWith('.ts'));
  const version = JSON.parse(readFileSync(packageFile('assemblyscript', 'package.json'), 'utf8')).version;
  return digestFiles(files, JSON.stringify([version, COMMON_FLAGS, TIERS]));
}

function buildKernels({ force }) {
  if (!existsSync(join(root, KERNEL_ENTRY))) return;
  const before = committedKernels();
  const digest = (files) => sha256(JSON.stringify([...files]));
  const known = cache.read('kernels');
  const inputs = kernelInputs();
  if (!force && known?.inputs === inputs && known.output === digest(before)) return;
  const after = kernelFiles(kernelModule);
  for (const [file, text] of after) {
    const changed = text !== before.get(file);
    if (changed) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeAtomically(join(root, file), text);
    }
    console.log(`kernels  ${changed ? 'written' : 'unchanged'}: ${file}`);
  }
  cache.write('kernels', { inputs, output: digest(after) });
}

/** The TypeScript module that carries the program of a worker as text, so that no host has to find a file. */
async function workerModule() {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({ input: join(root, WORKER_ENTRY), cwd: root, tsconfig: false });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  await bundle.close();
  const text = output[0].code.trim().replace(/[\\`$]/g, '\\$&');
  return `// GENERATED from ${WORKER_ENTRY} by tools/build.mjs. Do not edit: \`npm run build\` writes it, the test suite compares.

/** The program of a worker: a script without imports. */
export const WORKER = \`${text}\`;
`;
}

async function buildWorker({ force }) {
  const output = join(root, WORKER_OUTPUT);
  const before = existsSync(output) ? readFileSync(output, 'utf8') : '';
  const known = cache.read('worker');
  const inputs = digestFiles([WORKER_ENTRY, 'src/engine/threads/protocol.ts', 'package-lock.json']);
  if (!force && known?.inputs === inputs && known.output === sha256(before)) return;
  const after = await workerModule();
  if (after !== before) writeAtomically(output, after);
  cache.write('worker', { inputs, output: sha256(after) });
  console.log(`worker   ${after === before ? 'unchanged' : 'written'}: ${WORKER_OUTPUT}`);
}

async function checkWorker() {
  const output = join(root, WORKER_OUTPUT);
  const committed = existsSync(output) ? readFileSync(output, 'utf8') : '';
  if ((await workerModule()) !== committed)
    fail(`build --check: expected ${WORKER_OUTPUT} to hold ${WORKER_ENTRY}; run \`npm run build\` and commit the file`);
  console.log(`worker: ${WORKER_ENTRY} bundled to the committed text`);
}

function checkKernels() {
  const committed = committedKernels();
  const digestIn = (text) => /sha256: '(\w+)'/.exec(text)?.[1] ?? 'none';
  for (const [file, text] of kernelFiles(kernelModule)) {
    if (text === committed.get(file)) continue;
    fail(
      `build --check: expected ${file} to hold ${digestIn(text)}, got ${digestIn(committed.get(file))}; run \`npm run build\` and commit the file`,
    );
  }
  console.log(`kernels: ${Object.keys(TIERS).join(', ')} rebuilt to the committed bytes`);
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

function sha256(data) {
  return createHash('sha256').update(data).digest('hex');
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
  await checkWorker();
} else {
  const force = process.argv.includes('--force');
  buildKernels({ force });
  await buildWorker({ force });
  await buildLibrary({ force });
}
