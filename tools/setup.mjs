// Set-up that every command of a fresh clone shares: check Node, install by the lock file, build what is stale.
// Runs on a bare Node 20 before anything is installed, so it imports nothing but Node's own modules.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

// Set-up talks on standard error, so that standard output holds what the program itself prints (`--json`).
const toStderr = ['inherit', 2, 2];

/** Exit code of the command line for an `unsupported` error; `src/cli/exit.ts` owns the table, a test compares. */
export const UNSUPPORTED = 8;

/** Returns the sentence that says why this Node is too old, or undefined when it is new enough (20.19). */
export function nodeTooOld(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `recurve: expected Node 20.19 or newer, got ${version}; install a newer Node (nodejs.org, or your system's package) and run this again`;
}

/** The packaged Node 24 when it is installed, else the Node that runs this. */
export function nodeBinary() {
  const packaged = join(root, 'node_modules', 'node', 'bin', 'node');
  return existsSync(packaged) ? packaged : process.execPath;
}

/** A Chromium on this machine: `RECURVE_CHROMIUM`, or where Linux distributions put theirs; undefined when there is none. */
export function findChromium() {
  const places = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);
  return [process.env.RECURVE_CHROMIUM, ...places].find((path) => path && existsSync(path));
}

/** A Firefox on this machine: `RECURVE_FIREFOX`, or where Linux distributions put theirs; undefined when there is none. */
export function findFirefox() {
  return [process.env.RECURVE_FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
    (path) => path && existsSync(path),
  );
}

/** Where Debian's packages put the libraries of ARM64 that Node is linked against. */
export const ARM64_LIBRARIES = '/usr/aarch64-linux-gnu';

/** A QEMU that runs programs for ARM64 on this machine; undefined when there is none, or nothing for them to be linked against. */
export function findArm64Emulator() {
  if (!existsSync(`${ARM64_LIBRARIES}/lib/libstdc++.so.6`)) return undefined;
  return ['/usr/bin/qemu-aarch64', '/usr/bin/qemu-aarch64-static'].find(existsSync);
}

/** Path of an installed package's own JavaScript command, e.g. `bin('vitest', 'vitest.mjs')`. */
export function packageFile(name, file) {
  return join(root, 'node_modules', name, file);
}

/** What can be installed: the package that holds the lock file, the manifests in it, and what to tell people. */
const INSTALLS = {
  build: { folder: '.', manifests: [''], flags: ['--workspaces=false'], says: 'what the build needs' },
  tests: { folder: '.', manifests: ['', 'test'], flags: [], says: 'what the build and the tests need' },
  // Outside the workspace: each release brings a `node` command that would shadow the one `npm run` uses.
  hosts: {
    folder: 'test/platform/hosts',
    manifests: [''],
    // For the Node that QEMU runs: an optional package, which npm leaves out where it does not fit the processor it is told of.
    flags: ['--os=linux', '--cpu=arm64'],
    says: 'Node 18, 20, 22 and 26, and one for ARM64',
  },
  // Also outside: 600 MB that nobody needs who only builds, tests or measures Recurve alone.
  bench: { folder: 'bench', manifests: [''], flags: ['--omit=dev'], says: 'a link to this package for the benches' },
  peers: { folder: 'bench', manifests: [''], flags: ['--include=dev'], says: 'what Recurve is compared with, 600 MB' },
};

/**
 * Says what makes an installation differ from its lock file, or undefined when it agrees.
 * Compares npm's own record of what it installed (`node_modules/.package-lock.json`) with the lock file: two small
 * files, no tree walk.
 *
 * @param {'build' | 'tests' | 'hosts' | 'bench' | 'peers'} what
 */
function staleInstall(what) {
  const { folder, manifests, flags } = INSTALLS[what];
  const lock = readJson(join(root, folder, 'package-lock.json'))?.packages;
  const installed = readJson(join(root, folder, 'node_modules', '.package-lock.json'))?.packages;
  if (lock === undefined) return 'package-lock.json is missing';
  if (installed === undefined) return 'nothing is installed yet';
  for (const [path, entry] of Object.entries(installed)) {
    const wanted = lock[path];
    if (wanted !== undefined && (wanted.version !== entry.version || wanted.integrity !== entry.integrity)) {
      return `${path} is ${entry.version}, the lock file says ${wanted.version}`;
    }
  }
  for (const manifest of manifests) {
    const { dependencies, optionalDependencies, devDependencies } = lock[manifest];
    const needed = { ...dependencies, ...optionalDependencies, ...(!flags.includes('--omit=dev') && devDependencies) };
    for (const name of Object.keys(needed)) {
      const nested = `${manifest}/node_modules/${name}`;
      const path = lock[nested] ? nested : `node_modules/${name}`;
      if (!installed[path] || !existsSync(join(root, folder, path))) return `${name} is not installed`;
    }
  }
  return undefined;
}

/**
 * Installs by the lock file when `node_modules` is absent or stale. Throws with npm's code when that fails.
 *
 * @param {'build' | 'tests' | 'hosts' | 'bench' | 'peers'} what
 */
export function install(what) {
  const reason = staleInstall(what);
  if (reason === undefined) return;
  const { folder, flags, says } = INSTALLS[what];
  console.error(`Installing ${says} (${reason}) …`);
  // `ci` refuses a lock file that disagrees with package.json; over an older install, `install` only adds the difference.
  const fresh = !existsSync(join(root, folder, 'node_modules'));
  const args = [fresh ? 'ci' : 'install', '--loglevel=error', '--no-audit', '--no-fund', '--no-progress', ...flags];
  // With npm's own variable inherited (`npm run --silent`), its messages would be silenced too.
  const { npm_config_loglevel: _, ...env } = process.env;
  const shell = process.platform === 'win32';
  const { status, error } = spawnSync('npm', args, { cwd: join(root, folder), stdio: toStderr, env, shell });
  if (error) throw new Error(`setup: expected npm to start, got ${error.message}; install npm and run this again`);
  if (status !== 0) throw new Error(`setup: expected \`npm ${args.join(' ')}\` to succeed, got exit code ${status}`);
}

/** Builds kernels and library when `dist/` is absent or was made from other sources. */
export function build() {
  const result = spawnSync(nodeBinary(), [join(root, 'tools', 'build.mjs')], { cwd: root, stdio: toStderr });
  if (result.status !== 0) throw new Error('setup: expected the build to succeed; its messages are above');
}

/**
 * Runs a program with this terminal and resolves with its exit code, staying alive until it has ended.
 * A Ctrl-C on a terminal reaches the child by itself (same process group); only a signal sent to us alone is passed on.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', cwd: root, ...options });
    const onTerminal = [0, 1, 2].some((fd) => [process.stdin, process.stdout, process.stderr][fd].isTTY);
    let interrupted = false;
    const onInterrupt = () => {
      if (!onTerminal && !interrupted) child.kill('SIGINT');
      interrupted = true;
    };
    const onTerminate = () => child.kill('SIGTERM');
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onTerminate);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
      resolve(code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal] ?? 0));
    });
  });
}

/** SHA-256 over the names and bytes of files, so that a checkout that only touches time stamps rebuilds nothing. */
export function digestFiles(files, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/**
 * Files below a folder of the project, sorted, as paths with forward slashes from the root.
 *
 * @param {string} folder
 * @param {(file: string) => boolean} keep
 * @returns {string[]}
 */
export function listFiles(folder, keep = () => true) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter(keep)
    .sort();
}

const cacheFolder = join(root, 'node_modules', '.cache', 'recurve');

/** Small facts kept between runs (digests of what was built from what); losing them only costs time. */
export const cache = {
  folder: cacheFolder,
  read: (name) => readJson(join(cacheFolder, `${name}.json`)),
  write: (name, value) => {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(join(cacheFolder, `${name}.json`), JSON.stringify(value));
  },
};

/** Reads a JSON file; undefined when it is missing or cut short. */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
