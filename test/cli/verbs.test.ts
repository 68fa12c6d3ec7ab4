import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeModelFile, type ModelDocument } from '../../src/model/index.ts';
import { temporaryFolder } from '../../src/node/temporary-folder.case.ts';
import { recurve, table } from './recurve.ts';

/** A model file of a task that this version does not know. */
function foreign(folder: string, task: string): void {
  const document: ModelDocument = {
    kind: 'model',
    ...{ task, step: 0, architecture: {}, data: {}, training: {} },
    versions: { recurve: '9.0.0' },
  };
  writeFileSync(join(folder, 'model.safetensors'), encodeModelFile({ tensors: {}, document }));
  writeFileSync(join(folder, 'table.csv'), table(40));
}

test.each([['predict'], ['evaluate'], ['stream']])('%s refuses a model of an unknown task in a sentence', (verb) => {
  const folder = temporaryFolder();
  foreign(folder, 'juggle');
  const data = verb === 'stream' ? [] : ['table.csv'];
  const { code, stdout, stderr } = recurve([verb, 'model.safetensors', ...data], { cwd: folder });
  expect(stderr).toMatch(
    new RegExp(
      `^${verb}: expected a model of [a-z, ]*forecast[a-z, ]*, got one of juggle in model\\.safetensors; upgrade recurve to use it\n$`,
    ),
  );
  expect(stdout).toBe('');
  expect(code).toBe(4);
});
