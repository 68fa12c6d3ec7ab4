import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderFiles, foldersOfFiles } from './folder-files.ts';
import { temporaryFolder } from './temporary-folder.case.ts';

const BESIDE = ['README', 'readme.md', 'LICENSE.txt', 'Thumbs.db', 'desktop.ini', 'a.txt.bak', 'b.mid~', 'c.abc.orig'];

function folderOf(...names: string[]): string {
  const folder = temporaryFolder();
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), 'x');
  }
  return folder;
}

const paths = (folder: string, ...names: string[]): string[] => names.map((name) => join(folder, name));

describe('a folder of data stands for the files that have the name of data, in the order of their names', () => {
  test('of texts any but notes, backups and what desktops leave', async () => {
    const folder = folderOf('b', 'a.md', '49960', '.DS_Store', 'inner/c.txt', 'readmes.txt', ...BESIDE);
    const { files, passedOver } = await folderFiles(folder, 'texts');
    expect(files).toEqual(paths(folder, '49960', 'a.md', 'b', 'readmes.txt'));
    expect(passedOver).toEqual(BESIDE.toSorted());
  });

  test('of music those that end so', async () => {
    const folder = folderOf('b.MID', 'a.abc', 'c.json', 'd.midi', '.hidden.mid', 'notes.txt', ...BESIDE);
    const { files, passedOver } = await folderFiles(folder, 'music');
    expect(files).toEqual(paths(folder, 'a.abc', 'b.MID', 'c.json', 'd.midi'));
    expect(passedOver).toEqual([...BESIDE, 'notes.txt'].sort());
  });

  test('of folders those in each; what lies in none is passed over', async () => {
    const folder = folderOf('good/2', 'good/1', 'good/deep/3', 'good/a~', 'bad/1', '.git/1', 'stray.txt', 'README');
    mkdirSync(join(folder, 'empty'));
    const { folders, passedOver } = await foldersOfFiles(folder, 'texts');
    expect(folders).toEqual([
      { path: join(folder, 'bad'), files: paths(folder, 'bad/1') },
      { path: join(folder, 'empty'), files: [] },
      { path: join(folder, 'good'), files: paths(folder, 'good/1', 'good/2') },
    ]);
    expect(passedOver).toEqual(['stray.txt', 'README', `good${sep}a~`]);
  });
});

// Links need a permission on Windows.
describe.skipIf(process.platform === 'win32')('a link that leads nowhere', () => {
  test('is refused by name with the number of the others, where it has the name of data', async () => {
    const folder = folderOf('a.abc', 'good/1', 'bad/1');
    symlinkSync(join(folder, 'a.abc'), join(folder, 'b.abc'));
    symlinkSync('nowhere', join(folder, '.#lock.abc'));
    symlinkSync('nowhere', join(folder, 'README'));
    expect((await folderFiles(folder, 'music')).files).toEqual(paths(folder, 'a.abc', 'b.abc'));
    symlinkSync('nowhere', join(folder, 'c.abc'));
    const refusal = `${join(folder, 'c.abc')}: expected a file to read, got a link to nowhere (ENOENT); mend it`;
    await expect(folderFiles(folder, 'music')).rejects.toMatchObject({
      code: 'file',
      message: `${refusal} or take it out of ${folder}`,
    });
    symlinkSync('nowhere', join(folder, 'd.abc'));
    symlinkSync('circle', join(folder, 'good', 'circle'));
    await expect(folderFiles(folder, 'music')).rejects.toThrow(
      `${refusal} and 1 more of ${folder} that cannot be read, or take them out`,
    );
    await expect(foldersOfFiles(folder, 'texts')).rejects.toThrow(
      `${refusal} and 2 more of ${folder} that cannot be read, or take them out`,
    );
  });

  test('to itself is told as a circle', async () => {
    const folder = folderOf('good/1');
    symlinkSync('circle', join(folder, 'good', 'circle'));
    await expect(foldersOfFiles(folder, 'texts')).rejects.toThrow(
      `circle: expected a file to read, got a circle of symbolic links (ELOOP); mend it or take it out of ${folder}`,
    );
  });
});
