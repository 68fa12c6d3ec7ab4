import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MetricsLog, type MetricsRecord, openMetricsLog, readMetricsLog } from './metrics-log.ts';
import { mountTmpfs, temporaryFolder } from './temporary-folder.case.ts';

function withLog<T>(path: string, use: (log: MetricsLog) => T): T {
  const log = openMetricsLog(path);
  try {
    return use(log);
  } finally {
    log.close();
  }
}

const records: MetricsRecord[] = [
  { step: 0, note: 'Anfang ü' },
  { step: 10, loss: 0.5 },
  { step: 10, validation: { rmse: 2.5 } },
  { step: 20, loss: 0.25 },
];
const text = `${records.map((record) => JSON.stringify(record)).join('\n')}\n`;

describe('a metrics log', () => {
  it('keeps one JSON object per line, and goes on behind them when opened again', async () => {
    const path = join(temporaryFolder(), 'metrics.jsonl');
    expect(await readMetricsLog(path)).toEqual([]);
    for (const part of [records.slice(0, 2), records.slice(2)]) {
      withLog(path, (log) => {
        for (const record of part) log.append(record);
      });
    }
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(await readMetricsLog(path)).toEqual(records);
  });

  it('cut at any byte is read up to its last whole line, and repaired when opened', async () => {
    const path = join(temporaryFolder(), 'metrics.jsonl');
    const bytes = new TextEncoder().encode(text);
    for (let length = 0; length <= bytes.length; length++) {
      writeFileSync(path, bytes.subarray(0, length));
      const whole = bytes.subarray(0, length).filter((byte) => byte === 0x0a).length;
      expect(await readMetricsLog(path)).toEqual(records.slice(0, whole));
      withLog(path, (log) => log.append({ step: 99 }));
      expect(await readMetricsLog(path)).toEqual([...records.slice(0, whole), { step: 99 }]);
    }
  });

  it('rewound to the checkpoint and run again equals the log of a run that was never killed', () => {
    const path = join(temporaryFolder(), 'metrics.jsonl');
    const perStep = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(perStep, fc.nat(12), fc.nat(12), fc.string(), (counts, from, to, torn) => {
        const run = (log: MetricsLog, begin: number, end: number) => {
          for (let step = begin; step < end; step++) {
            for (let line = 0; line < counts[step]; line++) log.append({ step: step + 1, line });
          }
        };
        const checkpoint = Math.min(from, counts.length);
        const killed = Math.max(checkpoint, Math.min(to, counts.length));
        writeFileSync(path, '');
        withLog(path, (log) => run(log, 0, counts.length));
        const whole = readFileSync(path, 'utf8');
        writeFileSync(path, '');
        withLog(path, (log) => run(log, 0, killed));
        appendFileSync(path, torn.replaceAll('\n', ' '));
        withLog(path, (log) => {
          log.rewind(checkpoint);
          run(log, checkpoint, counts.length);
        });
        expect(readFileSync(path, 'utf8')).toBe(whole);
      }),
    );
  });

  it.each(['not json', '{"loss":1}', '{"step":"3"}', 'null', ''])('names the damaged line %j', async (line) => {
    const path = join(temporaryFolder(), 'metrics.jsonl');
    writeFileSync(path, `{"step":1}\n${line}\n{"step":3}\n`);
    const message = `${path}: line 2: expected a JSON object with a step, got ${JSON.stringify(line)}; delete the line or the file`;
    await expect(readMetricsLog(path)).rejects.toMatchObject({ code: 'file', message });
    withLog(path, (log) => expect(() => log.rewind(3)).toThrow(message));
  });

  it('refuses NaN, a missing step and a folder, and leaves the file as it was', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'metrics.jsonl');
    withLog(path, (log) => {
      log.append({ step: 1 });
      expect(() => log.append({ step: 2, loss: Number.NaN })).toThrow(
        `${path}: loss: expected a plain JSON value, got NaN`,
      );
      expect(() => log.append({ loss: 1 } as never)).toThrow('expected a record with a step from 0, got undefined');
      expect(() => log.append({ step: 0.5 })).toThrow('got 0.5');
    });
    expect(readFileSync(path, 'utf8')).toBe('{"step":1}\n');
    expect(() => openMetricsLog(folder)).toThrow('expected to open the metrics log, got a folder (EISDIR)');
    expect(() => openMetricsLog(join(folder, 'no', 'x'))).toThrow('no such file or folder (ENOENT)');
  });

  it('takes half a line back when the disk fills up, and goes on once there is room (a tmpfs of 16 KiB)', async ({
    skip,
  }) => {
    const folder = mountTmpfs('size=16k');
    if (folder === undefined) return skip('needs root and the right to mount');
    const path = join(folder, 'metrics.jsonl');
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(8192));
    const note = 'x'.repeat(1500);
    withLog(path, (log) => {
      let step = 0;
      expect(() => {
        for (; step < 100; step++) log.append({ step, note });
      }).toThrow(/expected to add 15\d\d bytes, got a full disk \(ENOSPC\)/);
      expect(readFileSync(path, 'utf8').endsWith('"}\n')).toBe(true);
      writeFileSync(join(folder, 'ballast'), '');
      log.append({ step, note });
      expect(readFileSync(path, 'utf8').trimEnd().split('\n').length).toBe(step + 1);
    });
    expect((await readMetricsLog(path)).at(-1)).toMatchObject({ note });
  });
});
