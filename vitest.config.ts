import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Where the tests of each part live; `npm test -- properties` runs one part. */
const parts = {
  unit: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
  properties: ['test/properties/**/*.test.ts'],
  parity: ['test/parity/**/*.test.ts'],
  cli: ['test/cli/**/*.test.ts'],
  api: ['test/api/**/*.test.ts'],
  platform: ['test/platform/**/*.test.ts'],
  docs: ['test/docs/**/*.test.ts'],
};

const source = (file: string): string => fileURLToPath(new URL(`./src/${file}`, import.meta.url));

export default defineConfig({
  // The benches are a package of their own, whose link to this one is made by `npm run bench`.
  resolve: {
    alias: [
      { find: /^recurve$/, replacement: source('index.ts') },
      { find: /^recurve\/(\w+)$/, replacement: source('$1/index.ts') },
    ],
  },
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: Object.entries(parts).map(([name, include]) => ({ extends: true, test: { name, include } })),
  },
});
