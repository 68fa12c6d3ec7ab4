import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { type ProgressEvent, type ProgressOptions, type ProgressRenderer, progressRenderer } from './progress.ts';
import { shownLines } from './screen.case.ts';
import { lineWidth } from './width.ts';

const ESC = '\u001b';

/** A terminal that keeps what is written and knows what a reader would see, cursor movements applied. */
function screen(columns = 80, isTTY = true) {
  let written = '';
  const stream = { isTTY, columns, write: (text: string) => (written += text) };
  const rows = (): string[] => shownLines(written);
  return { stream, rows, written: () => written };
}

let renderer: ProgressRenderer | undefined;
afterEach(() => renderer?.finish());

function start(target: ReturnType<typeof screen>, options: ProgressOptions = {}): ProgressRenderer {
  renderer = progressRenderer({
    stream: target.stream,
    env: { TERM: 'xterm', NO_COLOR: '1' },
    platform: 'linux',
    ...options,
  });
  return renderer;
}

/** A training of `epochs` epochs of 10 steps, ten steps a second; the validation loss is lowest in epoch 3. */
function* training(epochs: number): Generator<ProgressEvent> {
  for (let step = 1; step <= epochs * 10; step++) {
    const epoch = Math.ceil(step / 10);
    const event = {
      epoch,
      epochs,
      step,
      steps: epochs * 10,
      loss: 1 / epoch,
      learningRate: 1e-3,
      gradientNorm: 0.84,
      seconds: step / 10,
      eta: 1,
    };
    yield step % 10 === 0 ? { ...event, validation: 0.5 + Math.abs(epoch - 3) / 10 } : event;
  }
}

test('a terminal shows three lines redrawn in place: progress, loss with its course, and rate of learning', () => {
  const target = screen();
  const progress = start(target);
  for (const event of training(6)) if (event.step <= 45) progress.update(event);
  expect(target.rows()).toEqual([
    `epoch 5/6  ${'━'.repeat(29)}${'─'.repeat(10)}   75 %  ETA 0:01  10 steps/s`,
    'loss 0.20000  █▃▂▁▁ · best validation 0.50000 (epoch 3)',
    'learning rate 0.00100  gradient 0.840  0:05 so far',
  ]);
});

test('the cursor is hidden while lines are live and shown at the end, once', () => {
  const target = screen();
  const before = process.listenerCount('SIGINT');
  const progress = start(target);
  for (const event of training(2)) progress.update(event);
  expect(process.listenerCount('SIGINT')).toBe(before + 1);
  progress.finish();
  progress.finish();
  expect(target.written().split(`${ESC}[?25l`)).toHaveLength(2);
  expect(target.written().split(`${ESC}[?25h`)).toHaveLength(2);
  expect(target.written().endsWith(`${ESC}[?25h`)).toBe(true);
  expect(process.listenerCount('SIGINT')).toBe(before);
  expect(target.rows()).toHaveLength(3);
});

test('no line wraps on a terminal of 1 to 120 columns', () => {
  for (let columns = 1; columns <= 120; columns++) {
    const target = screen(columns);
    const progress = start(target);
    for (const event of training(3)) progress.update(event);
    progress.finish();
    for (const row of target.rows()) expect(lineWidth(row)).toBeLessThanOrEqual(columns);
    expect(target.rows()).toHaveLength(3);
  }
});

test('a window made narrower has its wrapped rows cleared too', () => {
  const target = screen(80);
  const progress = start(target);
  const events = [...training(3)];
  progress.update(events[0]!);
  target.stream.columns = 30;
  progress.update(events[29]!);
  // The lines of 79, 11 and 50 columns now take 3, 1 and 2 rows of 30.
  const up = [...target.written().matchAll(new RegExp(`${ESC}\\[(\\d+)F`, 'g'))].map((match) => Number(match[1]));
  expect(up).toEqual([3 + 1 + 2]);
});

test('redrawing is at most every 80 ms', () => {
  const target = screen();
  const progress = start(target);
  for (let step = 1; step < 1000; step++) {
    progress.update({ epoch: 1, epochs: 1, step, steps: 1000, loss: 1, learningRate: 1e-3, seconds: step / 1000 });
  }
  expect(target.written().split('learning rate').length - 1).toBe(Math.ceil(999 / 80));
});

test('in a pipe a note follows what was done before it', () => {
  const target = screen(80, false);
  const progress = start(target);
  const events = [...training(2)];
  for (const event of events.slice(0, 15)) progress.update(event);
  progress.note('scoring 111,540 characters');
  progress.finish();
  const rows = target.rows();
  expect(rows[rows.length - 2]).toMatch(/^epoch 2\/2 {2}loss 0\.50000/);
  expect(rows[rows.length - 1]).toBe('scoring 111,540 characters');
});

test('a note stands above the lines and stays', () => {
  const target = screen();
  const progress = start(target);
  for (const event of training(2)) {
    progress.update(event);
    if (event.step === 5) progress.note('checkpoint saved');
  }
  progress.finish();
  expect(target.rows()[0]).toBe('checkpoint saved');
  expect(target.rows()).toHaveLength(4);
});

test('a note after the last step of a training stays on the screen, with lines of other writers below it', () => {
  const target = screen();
  const progress = start(target);
  for (const event of training(2)) progress.update(event);
  progress.note('1,600 examples to train, 200 to validate');
  progress.note('a second note');
  progress.finish();
  progress.note('a third one, when all is done');
  target.stream.write('Test on 200 examples\n');
  const rows = target.rows();
  expect(rows.slice(0, 2)).toEqual(['1,600 examples to train, 200 to validate', 'a second note']);
  expect(rows[2]).toMatch(/^epoch 2\/2 /);
  expect(rows.slice(5)).toEqual(['a third one, when all is done', 'Test on 200 examples']);
});

test('a pipe gets one line per epoch, at most one every 5 seconds, always the first and the last, and no escape sequence', () => {
  const target = screen(80, false);
  const progress = start(target);
  for (const event of training(13)) progress.update(event);
  progress.finish();
  expect(target.rows().map((row) => row.split('  ')[0])).toEqual([
    'epoch 1/13',
    'epoch 6/13',
    'epoch 11/13',
    'epoch 13/13',
  ]);
  expect(target.rows()[1]).toBe(
    'epoch 6/13  loss 0.16667  validation 0.80000  best 0.50000 (epoch 3)  10 steps/s  ETA 0:07',
  );
  expect(target.rows()[3]).toMatch(/0:13 in all$/);
  expect(target.written()).not.toContain(ESC);
});

test('a training stopped in the middle of an epoch still gets its last line', () => {
  const target = screen(80, false);
  const progress = start(target, { env: { TERM: 'dumb' } });
  for (const event of training(3)) if (event.step <= 14) progress.update(event);
  progress.finish();
  expect(target.rows().map((row) => row.split('  ')[0])).toEqual(['epoch 1/3', 'epoch 2/3']);
});

test('silent writes nothing', () => {
  const target = screen();
  const progress = start(target, { silent: true });
  for (const event of training(2)) progress.update(event);
  progress.note('x');
  progress.finish();
  expect(target.written()).toBe('');
});

test('the time left never exceeds the time allowed, and is the trainer\u2019s until there is a pace', () => {
  const target = screen();
  const progress = start(target, { maxSeconds: 10 });
  const event = { epoch: 1, epochs: 1, steps: 1000, loss: 1, learningRate: 1e-3 };
  progress.update({ ...event, step: 1, seconds: 1, eta: 5 });
  expect(target.rows()[0]).toContain('ETA 0:05');
  progress.update({ ...event, step: 2, seconds: 2, eta: 5 });
  expect(target.rows()[0]).toContain('ETA 0:08');
});

test('a loss that is not finite is shown as it is', () => {
  const target = screen();
  const progress = start(target);
  progress.update({ epoch: 1, epochs: 1, step: 1, steps: 2, loss: Number.NaN, learningRate: 1e-3, seconds: 1 });
  expect(target.rows()[1]).toBe('loss NaN');
});

/** Draws in a process of its own, then runs `ending`; what it wrote to standard error and how it ended. */
function drawAndEnd(ending: string) {
  const module = new URL('./progress.ts', import.meta.url).href;
  const script = `
    import { progressRenderer } from ${JSON.stringify(module)};
    const stream = { isTTY: true, columns: 80, write: (text) => process.stderr.write(text) };
    const progress = progressRenderer({ stream, env: { TERM: 'xterm' } });
    progress.update({ epoch: 1, epochs: 1, step: 1, steps: 2, loss: 1, learningRate: 1e-3, seconds: 1 });
    const stay = setInterval(() => {}, 1000);
    ${ending}`;
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', cwd, timeout: 20_000 });
}

test.skipIf(process.platform === 'win32').each([
  [
    'an interrupt nobody handles, which still ends the process',
    `process.kill(process.pid, 'SIGINT');`,
    { signal: 'SIGINT', status: null },
  ],
  ['an exit', 'process.exit(3);', { signal: null, status: 3 }],
  ['an uncaught error', `throw new Error('x');`, { signal: null, status: 1 }],
  [
    'an interrupt somebody else handles',
    `process.on('SIGINT', () => process.exit(4)); process.kill(process.pid, 'SIGINT');`,
    { signal: null, status: 4 },
  ],
])('the cursor comes back after %s', (_, ending, expected) => {
  const { stderr, signal, status } = drawAndEnd(ending);
  expect({ signal, status }).toEqual(expected);
  expect(stderr.lastIndexOf(`${ESC}[?25h`)).toBeGreaterThan(stderr.lastIndexOf(`${ESC}[?25l`));
});

test('parts of a training are named, count their own epochs and do not share a best', () => {
  const lines: string[] = [];
  const progress = progressRenderer({
    stream: { isTTY: false, write: (text: string) => lines.push(text) > 0 } as never,
    everySeconds: 0,
  });
  const at = (name: string, step: number, validation: number) =>
    progress.update({
      ...{ part: { name, epoch: 1, epochs: 1 }, epoch: step, epochs: 2, step, steps: 2 },
      ...{ loss: 1, validation, learningRate: 1e-3, seconds: step },
    });
  at('block 1 of 2', 1, 0.5);
  at('block 2 of 2', 2, 0.75);
  expect(lines[0]).toContain('block 1 of 2, epoch 1/1');
  expect(lines[1]).toContain('best 0.75000 (epoch 1)');
});
