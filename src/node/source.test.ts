import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTable } from '../data/read-table.ts';
import { openSource } from './source.ts';

let folder: string;
let server: Server;
let origin: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recurve-source-'));
  server = createServer((request, response) => {
    if (request.url === '/table.csv') response.end('a,b\n1,2\n3,4\n');
    else if (request.url === '/login.csv') response.end(`login\n${request.headers.authorization}\n`);
    else if (request.url === '/cut.csv') {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('a,b\n1,2\n');
      setTimeout(() => response.destroy(), 20);
    } else if (request.url === '/table.csv.gz') response.end(gzipSync('a\n7\n'));
    else response.writeHead(404).end('not here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const failure = async (made: Promise<unknown>): Promise<unknown> => made.catch((error: unknown) => error);

test('a file is read as a stream, and its Parquet columns at random', async () => {
  const csv = join(folder, 'a.csv');
  await writeFile(csv, `a,b\n${'1,2\n'.repeat(200_000)}`);
  expect((await readTable(await openSource(csv))).rows).toBe(200_000);
  const parquet = join(folder, 'a.parquet');
  const columnData = Array.from({ length: 8 }, (_, c) => ({
    name: `c${c}`,
    data: Float64Array.from({ length: 100_000 }, (_, k) => c + k / 7),
    type: 'DOUBLE' as const,
  }));
  await writeFile(
    parquet,
    new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 25_000, codec: 'UNCOMPRESSED' })),
  );
  const source = await openSource(parquet);
  let read = 0;
  const { slice } = source.file!;
  source.file!.slice = async (start, end) => {
    const bytes = await slice(start, end);
    read += bytes.byteLength;
    return bytes;
  };
  const table = await readTable(source, { columns: ['c3'] });
  expect(table.rows).toBe(100_000);
  expect(table.columns[0]).toMatchObject({ kind: 'number', missing: 0 });
  expect((table.columns[0] as { values: Float64Array }).values[99_999]).toBe(3 + 99_999 / 7);
  // One column of eight, and the footer.
  expect(read).toBeLessThan(source.file!.byteLength / 3);
});

test('a missing file, a path through a file and a directory are refused in one sentence', async () => {
  const missing = join(folder, 'no.csv');
  expect(await failure(openSource(missing))).toMatchObject({
    code: 'file',
    message: `${missing}: expected a file to read, got no such file or folder (ENOENT); check the path`,
  });
  expect(await failure(openSource(folder))).toMatchObject({
    code: 'file',
    message: `${folder}: expected a file, got a directory; name a file in it`,
  });
  await writeFile(join(folder, 'file'), '');
  expect(await failure(openSource(join(folder, 'file', 'x')))).toMatchObject({ code: 'file' });
});

test.skipIf(process.getuid?.() === 0)(
  'a file without permission is refused (needs a user who is not root)',
  async () => {
    const path = join(folder, 'secret.csv');
    await writeFile(path, 'a\n1\n');
    await chmod(path, 0);
    expect(await failure(openSource(path))).toMatchObject({
      code: 'file',
      message: expect.stringContaining('no permission'),
    });
  },
);

test('addresses are fetched, plain and gzip', async () => {
  expect((await readTable(await openSource(`${origin}/table.csv`))).rows).toBe(2);
  expect((await readTable(await openSource(`${origin}/table.csv.gz`))).rows).toBe(1);
});

test('a server that answers 404, hangs up midway or is not there is a file error, and passwords stay out of it', async () => {
  expect(await failure(openSource(`${origin}/none.csv`))).toMatchObject({
    code: 'file',
    message: expect.stringContaining('got status 404 Not Found'),
  });
  expect(await failure(readTable(await openSource(`${origin}/cut.csv`)))).toMatchObject({ code: 'file' });
  const gone = (await failure(openSource('http://127.0.0.1:1/x.csv'))) as Error;
  expect(gone).toMatchObject({ code: 'file', message: expect.stringContaining('got none') });
  const asUser = origin.replace('//', '//user:hush@');
  const login = await readTable(await openSource(`${asUser}/login.csv`));
  expect(login.source).toBe(`${origin}/login.csv`);
  expect(login.columns[0]).toMatchObject({ dictionary: [`Basic ${btoa('user:hush')}`] });
  const secret = (await failure(openSource(`${asUser}/none.csv`))) as Error;
  expect(secret).toMatchObject({ code: 'file', message: expect.not.stringContaining('hush') });
});

test('standard input is read when it is named -', () => {
  const script = `
    import { openSource } from ${JSON.stringify(new URL('./source.ts', import.meta.url).href)};
    import { readTable } from ${JSON.stringify(new URL('../data/read-table.ts', import.meta.url).href)};
    const table = await readTable(await openSource('-'));
    console.log(table.source, table.rows);
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    input: 'a\n1\n2\n',
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe('standard input 2\n');
});
