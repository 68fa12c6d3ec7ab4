import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { expect, onTestFinished, test } from 'vitest';
import { DATASETS, type Dataset, datasetNamed, type Published } from '../data/datasets.ts';
import { datasetPlaces, fetchDataset, findDataset, mirrorDatasets } from './datasets.ts';
import { temporaryFolder } from './temporary-folder.case.ts';

const CONTENT = 'a,b\n1,2\n';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const dataset = (url: string, content = CONTENT): Dataset => ({
  name: 'tiny',
  title: 'two numbers',
  home: url,
  licence: 'none',
  folder: 'somewhere',
  files: [{ name: 'tiny.csv', url, sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length }],
});

test('fetches a set once, keeps it in the cache, and finds it there', async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests++;
    response.end(CONTENT);
  });
  const places = { cache: join(temporaryFolder(), 'deep', 'cache') };
  expect(await findDataset(dataset(url), places)).toBeUndefined();
  const [file] = await fetchDataset(dataset(url), places);
  expect(file.path).toBe(join(places.cache, 'tiny', 'tiny.csv'));
  expect(readFileSync(file.path, 'utf8')).toBe(CONTENT);
  expect(await findDataset(dataset(url), places)).toEqual([file]);
  await fetchDataset(dataset(url), places);
  expect(requests).toBe(1);
});

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

function published(url: string, content: string | Uint8Array): Published {
  return { url, bytes: content.length, sha256: sha256(content) };
}

/** Two files of one archive. */
function zipped(url: string, archive: Uint8Array): Dataset {
  const origin = published(url, archive);
  return {
    ...dataset(url),
    files: ['good', 'bad'].map((word) => ({
      name: `${word}.txt`,
      ...published(url, `${word}\n`),
      made: { by: 'unzip', member: `set/${word}.txt`, origin },
    })),
  };
}

const archive = zipSync({
  'set/good.txt': [strToU8('good\n'), { mtime: '2000-01-01' }],
  'set/bad.txt': [strToU8('bad\n'), { mtime: '2000-01-01' }],
});

test('files of an archive are taken out of it, which is fetched once', async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests++;
    response.end(archive);
  });
  const files = await fetchDataset(zipped(url, archive), { cache: temporaryFolder() });
  expect(files.map(({ path }) => readFileSync(path, 'utf8'))).toEqual(['good\n', 'bad\n']);
  expect(requests).toBe(1);
});

test('an archive without the file, or with another one under its name, is refused and nothing is kept', async () => {
  const cache = temporaryFolder();
  for (const [content, message] of [
    [{ 'set/other.txt': strToU8('good\n') }, /expected set\/good\.txt in it, got none/],
    [{ 'set/good.txt': strToU8('gone\n') }, /expected 5 bytes of SHA-256/],
  ] as const) {
    const other = zipSync(content);
    const url = await serve((_, response) => response.end(other));
    await expect(fetchDataset(zipped(url, other), { cache })).rejects.toMatchObject({
      code: 'data',
      message: expect.stringMatching(message),
    });
  }
  expect(readdirSync(cache, { recursive: true })).toEqual([]);
});

test('an excerpt has its lines ended by a line feed and is as long as it should be', async () => {
  const whole = 'Frame\r\nfirst\r\nsecond\r\nFrame again\r\n';
  const url = await serve((_, response) => response.end(whole));
  const part = 'first\nsecond\n';
  const excerpt: Dataset = {
    ...dataset(url),
    files: [
      {
        name: 'part.txt',
        ...published(url, part),
        made: { by: 'excerpt', from: 6, origin: published(url, whole) },
      },
    ],
  };
  const [file] = await fetchDataset(excerpt, { cache: temporaryFolder() });
  expect(readFileSync(file.path, 'utf8')).toBe(part);
});

/** A set that is in mirrors only. */
const byHand = (url: string): Dataset => ({
  ...dataset(url),
  name: 'rolled',
  files: [{ ...dataset(url).files[0], name: 'rolled.json', made: { by: 'hand', how: 'written as JSON' } }],
});

test('a set that was converted by hand is found in a mirror and never fetched; what to do is said', async () => {
  const places = { mirror: temporaryFolder(), cache: temporaryFolder() };
  await expect(fetchDataset(byHand('http://127.0.0.1:1'), places)).rejects.toMatchObject({
    code: 'file',
    message: expect.stringMatching(/rolled\.json in a mirror, got none; it is written as JSON.*RECURVE_DATA/),
  });
  mkdirSync(join(places.mirror, 'somewhere'));
  writeFileSync(join(places.mirror, 'somewhere', 'rolled.json'), CONTENT);
  expect(await fetchDataset(byHand('http://127.0.0.1:1'), places)).toHaveLength(1);
});

test('a mirror has the sets in their folders, with source and licence, and serves without network', async () => {
  let open = true;
  const url = await serve((_, response) => (open ? response.end(CONTENT) : response.destroy()));
  const mirror = join(temporaryFolder(), 'mirror');
  const made = await mirrorDatasets([dataset(url), byHand(url)], mirror, { cache: temporaryFolder() });
  expect(made.left.map(({ name }) => name)).toEqual(['rolled']);
  expect(made.files).toEqual([{ name: 'tiny.csv', path: join(mirror, 'somewhere', 'tiny.csv') }]);
  const source = readFileSync(join(mirror, 'somewhere', 'SOURCE.txt'), 'utf8');
  expect(source).toBe(`tiny: two numbers\n  home: ${url}\n  licence: none\n  tiny.csv: ${url}\n`);
  open = false;
  const again = { mirror, cache: temporaryFolder() };
  expect(await fetchDataset(dataset(url), again)).toEqual(made.files);
  // Onto itself, nothing changes.
  expect((await mirrorDatasets([dataset(url)], mirror, again)).files).toEqual(made.files);
  // Another set of the same folder, later: both are told of, and so is what somebody wrote there.
  const path = join(mirror, 'somewhere', 'SOURCE.txt');
  writeFileSync(path, `${source}\nasked for: May\n`);
  writeFileSync(join(mirror, 'somewhere', 'rolled.json'), CONTENT);
  for (const _ of ['', 'again']) await mirrorDatasets([byHand(url)], mirror, again);
  expect(readFileSync(path, 'utf8')).toBe(
    `${source}\nasked for: May\n\nrolled: two numbers\n  home: ${url}\n  licence: none\n  rolled.json: ${url}, converted\n`,
  );
});

test('a mirror keeps what is there and right, and has the licence beside what came before the network failed', async () => {
  let open = true;
  const url = await serve((_, response) => (open ? response.end(CONTENT) : response.writeHead(500).end()));
  const mirror = temporaryFolder();
  const other = { ...dataset(`${url}/other`), name: 'other', folder: 'elsewhere' };
  const path = join(mirror, 'somewhere', 'tiny.csv');
  await mirrorDatasets([dataset(url)], mirror, { cache: temporaryFolder() });
  open = false;
  // Neither cache nor network have it.
  const again = await mirrorDatasets([dataset(url)], mirror, { cache: temporaryFolder() });
  expect(again.files).toEqual([{ name: 'tiny.csv', path }]);
  writeFileSync(path, 'a,b\n1,9\n');
  open = true;
  const failing = async () => {
    const cache = temporaryFolder();
    return mirrorDatasets(
      [dataset(url), other],
      mirror,
      { cache },
      {
        onFetch: (_, { name }) => {
          open = name === 'tiny';
        },
      },
    );
  };
  await expect(failing()).rejects.toMatchObject({ code: 'file', message: expect.stringContaining('got status 500') });
  expect(readFileSync(path, 'utf8')).toBe(CONTENT);
  expect(readFileSync(join(mirror, 'somewhere', 'SOURCE.txt'), 'utf8')).toContain('licence: none');
  expect(readdirSync(mirror)).toEqual(['somewhere']);
});

test('a mirror is asked before the cache and the network', async () => {
  const mirror = temporaryFolder();
  mkdirSync(join(mirror, 'somewhere'));
  writeFileSync(join(mirror, 'somewhere', 'tiny.csv'), CONTENT);
  const [file] = await fetchDataset(dataset('http://127.0.0.1:1'), { mirror, cache: temporaryFolder() });
  expect(file.path).toBe(join(mirror, 'somewhere', 'tiny.csv'));
});

test.each([
  ['other bytes of the same length', 'a,b\n1,3\n', 'data', /expected 8 bytes of SHA-256/],
  ['too few bytes', 'a,b\n', 'data', /got 4 of/],
  ['more bytes than there should be', `${CONTENT}${CONTENT}`, 'file', /more than 8 bytes/],
])('%s are refused and nothing is kept', async (_, content, code, message) => {
  const url = await serve((__, response) => response.end(content));
  const cache = temporaryFolder();
  await expect(fetchDataset(dataset(url), { cache })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
  expect(readdirSync(cache, { recursive: true })).toEqual([]);
});

test('a server that refuses or hangs up is named, and nothing is kept', async () => {
  const cache = temporaryFolder();
  const missing = await serve((_, response) => response.writeHead(404).end());
  await expect(fetchDataset(dataset(missing), { cache })).rejects.toMatchObject({
    code: 'file',
    message: expect.stringContaining('got status 404'),
  });
  const torn = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '8' }).write('a,b');
    setTimeout(() => response.destroy(), 20);
  });
  await expect(fetchDataset(dataset(torn), { cache })).rejects.toMatchObject({ code: 'file' });
  expect(readdirSync(cache, { recursive: true })).toEqual([]);
});

test('a damaged copy in the cache or the mirror is refused, not used and not replaced', async () => {
  const cache = temporaryFolder();
  mkdirSync(join(cache, 'tiny'));
  writeFileSync(join(cache, 'tiny', 'tiny.csv'), 'a,b\n1,9\n');
  const attempt = findDataset(dataset('http://127.0.0.1:1'), { cache });
  await expect(attempt).rejects.toMatchObject({
    code: 'data',
    message: expect.stringContaining('delete or replace it'),
  });
});

test('the places follow RECURVE_DATA, XDG_CACHE_HOME, LOCALAPPDATA on Windows, and HOME', () => {
  expect(datasetPlaces({ XDG_CACHE_HOME: '/x', RECURVE_DATA: '/m' }, 'linux')).toEqual({
    mirror: '/m',
    cache: join('/x', 'recurve', 'datasets'),
  });
  expect(datasetPlaces({ HOME: '/h', LOCALAPPDATA: '/l' }, 'linux').cache).toBe(
    join('/h', '.cache', 'recurve', 'datasets'),
  );
  expect(datasetPlaces({ HOME: '/h', LOCALAPPDATA: '/l' }, 'win32').cache).toBe(join('/l', 'recurve', 'datasets'));
});

test('a user without a home, whom the host does not know, keeps data sets among the temporary files', () => {
  const none = () => undefined;
  expect(datasetPlaces({}, 'linux', none).cache).toBe(join(tmpdir(), '.cache', 'recurve', 'datasets'));
  expect(datasetPlaces({ HOME: '/h' }, 'linux', none).cache).toBe(join('/h', '.cache', 'recurve', 'datasets'));
});

test('the catalogue has unique names, pinned https addresses and whole digests', () => {
  expect(new Set(DATASETS.map(({ name }) => name)).size).toBe(DATASETS.length);
  for (const file of DATASETS.flatMap(({ files }) => files)) {
    expect(file.url).toMatch(/^https:\/\/[^ ]+\/(v\d+\.\d+\.\d+|[0-9a-f]{40})\//);
    expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(file.bytes).toBeGreaterThan(0);
  }
});

test('an unknown name gets the nearest one', () => {
  expect(() => datasetNamed('seatle-weather')).toThrow(/did you mean seattle-weather\?/);
  expect(() => datasetNamed('zzz')).toThrow(/see recurve datasets/);
});
