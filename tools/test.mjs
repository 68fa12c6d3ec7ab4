// `npm test`: sets everything up on a fresh clone, runs every check, and ends with the line `N passed, N failed`.
// `npm test -- unit` runs one part, `npm test -- src/data` the test files below a path. Parts: see PARTS.
// Runs on a bare Node 20; what it starts runs on the packaged Node 24.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countTests } from './count-tests.mjs';
import { provideArm64, provideChromium, provideFirefox } from './provide.mjs';
import { build, install, nodeBinary, nodeTooOld, packageFile, readJson, root, run, UNSUPPORTED } from './setup.mjs';

/** What `npm test` is made of, in running order: cheap checks first. Each returns { passed, failed, skipped }. */
const PARTS = {
  types: () => check('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json']),
  lint: () => check('node_modules/@biomejs/biome/bin/biome', ['ci', '--colors=off', '.']),
  layers: () => check('tools/check-layers.ts', ['--check']),
  kernels: () => check('tools/build.mjs', ['--check']),
  unit: () => vitest(['--project=unit']),
  properties: () => vitest(['--project=properties']),
  parity: () => vitest(['--project=parity']),
  cli: () => vitest(['--project=cli']),
  api: () => vitest(['--project=api']),
  package: () => check('tools/check-package.ts'),
  size: () => check('tools/check-size.ts'),
  platform: () => vitest(['--project=platform']),
  docs: () => vitest(['--project=docs']),
};

/** Runs a check that either holds or does not. */
async function check(script, args = []) {
  const code = await run(nodeBinary(), [join(root, script), ...args]);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** Runs the test files of a project of vitest.config.ts, or below some paths, and counts single tests. */
async function vitest(selection) {
  const folder = mkdtempSync(join(tmpdir(), 'recurve-test-'));
  const report = join(folder, 'report.json');
  const args = ['run', ...selection, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  // CI: a missing snapshot is a failure, not written on the fly, and a forgotten `.only` is refused.
  const env = { ...process.env, CI: '1', ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }) };
  const code = await run(nodeBinary(), [packageFile('vitest', 'vitest.mjs'), ...args], { env });
  const counts = countTests(readJson(report), code);
  rmSync(folder, { recursive: true, force: true });
  return counts;
}

function finish(total) {
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

const wanted = process.argv.slice(2);
const names = wanted.filter((name) => name in PARTS);
const paths = wanted.filter((name) => !(name in PARTS));
const unknown = paths.filter((path) => !existsSync(join(root, path)));

const tooOld = nodeTooOld();
if (tooOld || unknown.length > 0) {
  console.error(
    tooOld ?? `test: expected one of ${Object.keys(PARTS).join(', ')} or a path, got ${unknown.join(', ')}`,
  );
  finish({ passed: 0, failed: 1, skipped: 0 });
  process.exitCode = tooOld ? UNSUPPORTED : 2;
} else {
  const parts = names.length + paths.length > 0 ? names.map((name) => [name, PARTS[name]]) : Object.entries(PARTS);
  if (paths.length > 0) parts.push([paths.join(' '), () => vitest(paths)]);
  await runParts(parts);
}

async function runParts(parts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const rows = [];
  try {
    install('tests');
    if (parts.some(([name]) => name === 'platform')) {
      if (process.platform === 'linux' && process.arch === 'x64') install('hosts');
      provideChromium();
      provideFirefox();
      provideArm64();
    }
    build();
  } catch (error) {
    console.error(error.message);
    finish({ passed: 0, failed: 1, skipped: 0 });
    return;
  }
  for (const [name, part] of parts) {
    console.log(`\n── ${name}`);
    const started = performance.now();
    const counts = await part();
    for (const key of Object.keys(total)) total[key] += counts[key];
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const { passed, failed, skipped } = counts;
    rows.push([
      failed > 0 ? 'FAILED' : 'ok',
      name,
      `${passed} passed, ${failed} failed, ${skipped} skipped`,
      `${seconds} s`,
    ]);
  }
  console.log('');
  for (const [state, name, counts, time] of rows) {
    console.log(`${state.padEnd(7)}${name.padEnd(12)}${counts.padEnd(44)}${time.padStart(8)}`);
  }
  finish(total);
}
