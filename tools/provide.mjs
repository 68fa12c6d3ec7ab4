// Debian packages that the platform tests need: installed where they are missing and may be installed; else it says what to do.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findArm64Emulator, findChromium, findFirefox } from './setup.mjs';

/** For the tests in a real browser, which fail without one. */
export function provideChromium() {
  if (findChromium()) return;
  provide(['chromium'], 'the browser tests', 'or name yours in RECURVE_CHROMIUM; they will fail');
}

/** For the tests in a browser with another engine than Chromium's, which are skipped without it. */
export function provideFirefox() {
  if (findFirefox()) return;
  provide(['firefox-esr'], 'the tests in Firefox', 'or name yours in RECURVE_FIREFOX; they will be skipped');
}

/** For the tests on an emulated ARM64, which are skipped without it. */
export function provideArm64() {
  if (process.platform !== 'linux' || process.arch !== 'x64' || findArm64Emulator()) return;
  provide(['qemu-user', 'libc6-arm64-cross', 'libstdc++6-arm64-cross'], 'the tests on ARM64', 'they will be skipped');
}

function provide(packages, what, otherwise) {
  const names = packages.join(' ');
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.log(`For ${what}: \`sudo apt-get install ${names}\`, ${otherwise}.`);
    return;
  }
  console.log(`Installing Debian’s ${names} for ${what} …`);
  const apt = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  const install = () =>
    apt('install', '-y', '-qq', '-o', 'DPkg::Lock::Timeout=120', '--no-install-recommends', ...packages);
  if (!(apt('update', '-qq') && install())) console.error(`apt-get could not install ${names}: ${otherwise}.`);
}
