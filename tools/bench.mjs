// `npm run bench`: installs and builds what every bench needs, then runs bench/main.ts. Runs on a bare Node 20.
// Standard output holds only what the bench prints, so that `--json` can be read by programs.
import { join } from 'node:path';
import { build, install, nodeBinary, nodeTooOld, root, run, UNSUPPORTED } from './setup.mjs';

const tooOld = nodeTooOld();
if (tooOld) {
  console.error(tooOld);
  process.exit(UNSUPPORTED);
}

try {
  install('build');
  install('bench');
  build();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.exitCode = await run(nodeBinary(), [join(root, 'bench', 'main.ts'), ...process.argv.slice(2)]);
