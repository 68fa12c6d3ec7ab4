#!/usr/bin/env node
// What an old Node runs before anything else, so it is written in what Node 14 can read and imports nothing else at once.
import { exitCodes } from './exit.ts';
import { nodeTooOld } from './node-version.ts';

const problem = nodeTooOld(process.versions.node);
if (problem === undefined) {
  import('./run.ts').then(({ run }) => run(process.argv.slice(2)));
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = exitCodes.unsupported;
}
