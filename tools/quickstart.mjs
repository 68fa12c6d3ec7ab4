// `npm run quickstart`: from a fresh clone to a trained forecast of real weather, in one command.
// Installs by the lock file and builds when needed, then trains on the Seattle weather of `vega-datasets` (1,461 days).
// Further arguments go to the command line tool: `npm run quickstart -- --seed 3 --json`. Runs on a bare Node 20.
import { build, install, nodeBinary, nodeTooOld, packageFile, root, run, UNSUPPORTED } from './setup.mjs';

const tooOld = nodeTooOld();
if (tooOld) {
  console.error(tooOld);
  process.exit(UNSUPPORTED);
}

try {
  install('build');
  build();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const job = [
  ['train', 'forecast', packageFile('vega-datasets', 'data/seattle-weather.csv')],
  ['--target', 'temp_max', '--time', 'date', '--test-from', '2015-01-01'],
  ['--context', '30', '--horizon', '7', '--cell', 'gru', '--hidden', '64', '--seed', '7'],
  ['--out', 'runs/weather'],
  process.argv.slice(2),
].flat();
process.exitCode = await run(nodeBinary(), [`${root}/dist/cli/main.js`, ...job]);
