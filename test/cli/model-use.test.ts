import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { packageFile } from '../../tools/setup.mjs';
import { recurve, SMALL, startRecurve, table, trainSmall } from './recurve.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'recurve-'));
  expect(trainSmall(cwd).code).toBe(0);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('predict', () => {
  test('gives the same numbers as JSON, as CSV and in a file, and as a picture for people', () => {
    const json = JSON.parse(recurve(['predict', 'run', 'table.csv', '--json'], { cwd }).stdout);
    const csv = recurve(['predict', 'run/model.safetensors', 'table.csv', '--csv', '--quiet'], { cwd });
    expect(csv.stderr).toBe('');
    const [header, ...lines] = csv.stdout.trim().split('\n');
    expect(header).toBe('id,time,step,forecast,lower_80,upper_80,lower_95,upper_95');
    expect(lines.map((line) => Number(line.split(',')[3]))).toEqual(json.forecasts[0].point);
    expect(lines.map((line) => line.split(',')[1])).toEqual(json.forecasts[0].times);
    expect(json.forecasts[0].times[0]).toBe('2015-06-10T00:00:00.000Z');
    expect(recurve(['predict', 'run', 'table.csv', '--out', 'next.csv', '--quiet'], { cwd }).stdout).toBe('');
    expect(readFileSync(join(cwd, 'next.csv'), 'utf8')).toBe(csv.stdout);
    expect(recurve(['predict', 'run', 'table.csv'], { cwd }).stdout).toContain('Next 3 days of temp');
  });

  test('reads a table from standard input', () => {
    const piped = recurve(['predict', 'run', '-', '--json'], { cwd, input: table(160) });
    expect(piped.stdout).toBe(recurve(['predict', 'run', 'table.csv', '--json'], { cwd }).stdout);
  });

  test('refuses --json with --csv, and a folder for --out', () => {
    expect(recurve(['predict', 'run', 'table.csv', '--json', '--csv'], { cwd }).code).toBe(2);
    expect(recurve(['predict', 'run', 'table.csv', '--out', 'no/such/file'], { cwd })).toMatchObject({
      code: 5,
      stdout: '',
    });
  });
});

describe('evaluate', () => {
  test('measures what training measured on the same span', () => {
    const trained = JSON.parse(trainSmall(cwd, '--out', 'again', '--json').stdout);
    const { code, stdout, stderr } = recurve(['evaluate', 'again', 'table.csv', '--json'], { cwd });
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      test: trained.test,
      baselines: trained.baselines,
      coverage: trained.coverage,
    });
  });

  test('--backtest covers the span in parts; --refit trains before each', () => {
    const plain = JSON.parse(
      recurve(['evaluate', 'run', 'table.csv', '--backtest', '--folds', '2', '--json'], { cwd }).stdout,
    );
    expect(plain.folds).toHaveLength(2);
    expect(plain.refit).toBe(false);
    const whole = JSON.parse(recurve(['evaluate', 'run', 'table.csv', '--json'], { cwd }).stdout);
    expect(plain.folds[0].windows + plain.folds[1].windows).toBe(whole.windows);
    const refit = recurve(['evaluate', 'run', 'table.csv', '--backtest', '--folds', '2', '--refit', '--json'], { cwd });
    expect(refit.code, refit.stderr).toBe(0);
    expect(JSON.parse(refit.stdout).test.rmse).not.toBe(plain.test.rmse);
  });

  test('measures a table of new rows alone, and says in a line which baselines are missing', () => {
    const [header, ...rows] = table(220).trim().split('\n');
    writeFileSync(join(cwd, 'new.csv'), [header, ...rows.slice(160)].join('\n'));
    const args = ['evaluate', 'run', 'new.csv', '--from', rows[160].slice(0, 10)];
    const { code, stdout, stderr } = recurve([...args, '--quiet'], { cwd });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Test of temp, one day ahead, 52 days');
    expect(stdout).toMatch(/Persistence +\d/);
    expect(stdout).toContain(
      '\nClimatology, AR(1), Ridge regression: left out: no step before the test span to learn from\n',
    );
    expect(stdout).not.toContain('n/a');
    const { test: scores, baselines } = JSON.parse(recurve([...args, '--json'], { cwd }).stdout);
    expect(scores.mase).toBeGreaterThan(0);
    expect(Object.keys(baselines)).toEqual(['persistence', 'seasonal naive']);
  });

  test('prints the errors of every step beside all baselines', () => {
    const { stdout } = recurve(['evaluate', 'run', 'table.csv', '--backtest', '--quiet'], { cwd });
    for (const part of ['By step, this model', 'By step, RMSE', 'By part', 'Ridge', 'pinball', 'in 80 %']) {
      expect(stdout).toContain(part);
    }
    expect(recurve(['evaluate', 'run', 'table.csv', '--refit'], { cwd })).toMatchObject({ code: 2 });
  });
});

describe('stream', () => {
  const answers = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const [header, ...lines] = table(160).trim().split('\n');
  const csv = (from: number, to: number, withHeader = true) =>
    [...(withHeader ? [header] : []), ...lines.slice(from, to)].map((line) => `${line}\n`).join('');
  let whole: string;
  beforeAll(() => {
    whole = recurve(['stream', 'run'], { cwd, input: csv(0, 40) }).stdout;
  });

  test('answers every row, with null until the context is full, and with the bits of predict at the end', () => {
    const all = answers(whole);
    expect(all.map(({ row }) => row)).toEqual(Array.from({ length: 40 }, (_, k) => k + 1));
    expect(all.slice(0, 7).every(({ point }) => point === null)).toBe(true);
    expect(all.slice(7).every(({ point }) => point.length === 3)).toBe(true);
    writeFileSync(join(cwd, 'forty.csv'), csv(0, 40));
    const [predicted] = JSON.parse(recurve(['predict', 'run', 'forty.csv', '--json'], { cwd }).stdout).forecasts;
    expect(all[39]).toEqual({ row: 40, time: '2015-02-09T00:00:00.000Z', ...predicted });
  });

  test('reads JSON lines to the same answers', () => {
    const input = lines.slice(0, 40).map((line) => {
      const [date, temp, wind] = line.split(',');
      return `${JSON.stringify({ date, temp: Number(temp), wind: Number(wind) })}\n`;
    });
    expect(recurve(['stream', 'run'], { cwd, input: input.join('') }).stdout).toBe(whole);
  });

  test('goes on from its state as if it had never stopped, whatever of the input is sent again', () => {
    const ways = { rest: csv(20, 40), headless: csv(20, 40, false), overlap: csv(12, 40), everything: csv(0, 40) };
    for (const [way, input] of Object.entries(ways)) {
      const state = `${way}.state`;
      const first = recurve(['stream', 'run', '--state', state], { cwd, input: csv(0, 20) }).stdout;
      const second = recurve(['stream', 'run', '--state', state], { cwd, input });
      expect(second.code, second.stderr).toBe(0);
      // The last answer before the stop comes once more where its row is sent once more.
      const repeated = way === 'overlap' || way === 'everything' ? first.trim().split('\n').slice(-1) : [];
      expect([...first.trim().split('\n'), ...second.stdout.trim().split('\n')]).toEqual([
        ...whole.split('\n').slice(0, 20),
        ...repeated,
        ...whole.trim().split('\n').slice(20),
      ]);
    }
  });

  test('kill -9 in the middle forgets no answer that was read', async () => {
    const child = startRecurve(['stream', 'run', '--state', 'killed.state'], { cwd });
    const read: string[] = [];
    child.stdin?.on('error', () => {});
    child.stdin?.write(csv(0, 40));
    await new Promise<void>((resolve) => {
      let text = '';
      child.stdout?.on('data', (piece) => {
        text += piece;
        read.splice(0, read.length, ...text.split('\n').slice(0, -1));
        if (read.length >= 15) {
          child.kill('SIGKILL');
          resolve();
        }
      });
    });
    await once(child, 'close');
    const second = recurve(['stream', 'run', '--state', 'killed.state'], { cwd, input: csv(read.length, 40) });
    expect([...read, ...second.stdout.trim().split('\n')].join('\n')).toBe(whole.trim());
  });

  test('--skip-seen takes the whole input again', () => {
    const state = 'skip.state';
    recurve(['stream', 'run', '--state', state], { cwd, input: csv(0, 20) });
    const { stdout, stderr } = recurve(['stream', 'run', '--state', state, '--skip-seen'], { cwd, input: csv(0, 40) });
    expect(stdout.trim().split('\n')).toEqual(whole.trim().split('\n').slice(19));
    expect(stderr).toBe('going on after row 20\npassed over 19 rows that were taken before\n');
  });

  test('a bad row is one sentence with its line and exit code 3, and the state stays that of the row before', () => {
    const state = 'bad.state';
    const input = `${csv(0, 12)}2015-01-13,warm,1\n`;
    const { code, stdout, stderr } = recurve(['stream', 'run', '--state', state], { cwd, input });
    expect(answers(stdout)).toHaveLength(12);
    expect(stderr).toMatch(/^standard input: expected a finite number in "temp" in line 14, got "warm"; [^\n]+\n$/);
    expect(code).toBe(3);
    expect(JSON.parse(readFileSync(join(cwd, state), 'utf8')).rows).toBe(12);
  });

  test('a state of another model, or a damaged one, is refused with exit code 4', () => {
    expect(trainSmall(cwd, '--out', 'other', '--seed', '9').code).toBe(0);
    recurve(['stream', 'other', '--state', 'other.state'], { cwd, input: csv(0, 3) });
    const foreign = recurve(['stream', 'run', '--state', 'other.state'], { cwd, input: csv(0, 3) });
    expect(foreign).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringContaining('expected the state of this model'),
    });
    writeFileSync(join(cwd, 'torn.state'), readFileSync(join(cwd, 'other.state'), 'utf8').slice(0, 50));
    expect(recurve(['stream', 'other', '--state', 'torn.state'], { cwd, input: csv(0, 3) })).toMatchObject({
      code: 4,
      stdout: '',
    });
    expect(existsSync(join(cwd, 'torn.state'))).toBe(true);
  });
});

describe('several series in one table', () => {
  const [header, ...days] = table(160).trim().split('\n');
  const rows = days.flatMap((line) => [`${line},007`, `${line.replace(/,/, ',1')},8`]);
  const text = `${header},site\n${rows.join('\n')}\n`;

  test('are trained together, predicted each, and streamed interleaved, with the zeros of their ids', () => {
    writeFileSync(join(cwd, 'sites.csv'), text);
    const options = [...SMALL, '--series', 'site', '--out', 'sites', '--quiet'];
    const trained = recurve(['train', 'forecast', 'sites.csv', ...options], { cwd });
    expect(trained.code, trained.stderr).toBe(0);
    const { forecasts } = JSON.parse(recurve(['predict', 'sites', 'sites.csv', '--json'], { cwd }).stdout);
    expect(forecasts.map(({ id }: { id: string }) => id)).toEqual(['007', '8']);
    const streamed = recurve(['stream', 'sites', '--state', 'sites.state'], { cwd, input: text });
    expect(streamed.stderr).toBe('');
    const last = streamed.stdout
      .trim()
      .split('\n')
      .slice(-2)
      .map((line) => JSON.parse(line));
    expect(last.map(({ id, point }) => ({ id, point }))).toEqual(
      forecasts.map(({ id, point }: { id: string; point: number[] }) => ({ id, point })),
    );
  });

  test('are refused as one series, with the column that may tell them apart', () => {
    const { code, stderr } = recurve(['train', 'forecast', '-', ...SMALL, '--out', 'one'], {
      cwd,
      input: text.replaceAll(',007', ',a').replaceAll(',8\n', ',b\n'),
    });
    expect(stderr).toMatch(/expected one row per time .*perhaps series: "site"/);
    expect(code).toBe(3);
  });
});

test('columns known in advance stand in the last rows of the table', () => {
  const known = table(163)
    .trim()
    .split('\n')
    .map((line, k) =>
      k === 0 ? `${line},holiday` : `${k > 160 ? `${line.split(',')[0]},,` : line},${k % 7 === 0 ? 1 : 0}`,
    );
  writeFileSync(join(cwd, 'known.csv'), known.join('\n'));
  const options = [...SMALL, '--past', 'wind', '--future', 'holiday', '--out', 'known', '--json'];
  const trained = recurve(['train', 'forecast', 'known.csv', ...options], { cwd });
  expect(trained.code, trained.stderr).toBe(0);
  const { forecasts } = JSON.parse(trained.stdout);
  expect(forecasts[0].times[0]).toBe('2015-06-10T00:00:00.000Z');
  expect(JSON.parse(recurve(['predict', 'known', 'known.csv', '--json'], { cwd }).stdout).forecasts).toEqual(forecasts);
  writeFileSync(join(cwd, 'short.csv'), known.slice(0, -1).join('\n'));
  const short = recurve(['predict', 'known', 'short.csv', '--quiet'], { cwd });
  expect(short).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('expected "holiday" for 3 steps ahead, got 2'),
  });
});

test('a table can come from an address and from a data set by name', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/table.csv') response.end(table(160));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Not `recurve`, which would keep this process, and so the server, from answering.
  const run = async (place: string, env = {}) => {
    const child = startRecurve(['predict', 'run', place, '--json'], { cwd, env });
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (piece) => (stdout += piece));
    child.stderr?.on('data', (piece) => (stderr += piece));
    const [code] = await once(child, 'close');
    return { code, stdout, stderr };
  };
  expect((await run(`${address}/table.csv`)).stdout).toBe(
    recurve(['predict', 'run', 'table.csv', '--json'], { cwd }).stdout,
  );
  expect(await run(`${address}/other.csv`)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('got status 404'),
  });
  const mirror = join(cwd, 'mirror');
  mkdirSync(join(mirror, 'weather'), { recursive: true });
  copyFileSync(packageFile('vega-datasets', 'data/seattle-weather.csv'), join(mirror, 'weather/seattle-weather.csv'));
  const other = await run('dataset:seattle-weather', { RECURVE_DATA: mirror });
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('column named \\"temp\\" in ') });
});
