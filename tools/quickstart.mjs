// `npm run quickstart`: from a fresh clone to a trained forecast of real weather, in one command.
// Installs by the lock file and builds when needed, then trains on the Seattle weather of `vega-datasets` (1,461 days).
// Further arguments go to the command line tool: `npm run quickstart -- --seed 3 --json`. Runs on a bare Node 20.
import { relative } from 'node:path';
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

const given = process.argv.slice(2);
const table = relative(process.cwd(), packageFile('vega-datasets', 'data/seattle-weather.csv'));
const job = [
  ['train', 'forecast', table],
  ['--target', 'temp_max', '--unit', '°C', '--time', 'date', '--test-from', '2015-01-01'],
  ['--context', '30', '--horizon', '7', '--cell', 'gru', '--hidden', '64', '--seed', '7'],
  ['--out', 'runs/weather'],
  // The folder is this command's own, so a second quickstart begins anew.
  given.includes('--resume') ? [] : ['--overwrite'],
  given,
].flat();
process.exitCode = await run(nodeBinary(), [`${root}/dist/cli/main.js`, ...job]);
