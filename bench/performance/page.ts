import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { barChart, lineChart } from 'recurve/report';
import { glanceTable } from './glance.ts';
import type { GrowthRow } from './growth.ts';
import type { Recorded } from './record.ts';
import type { Row } from './sequences.ts';
import * as tables from './tables.ts';

const DOCS = new URL('../../docs/', import.meta.url);
/** Pages with tables of ours. */
const PAGES = [new URL('performance.md', DOCS), new URL('../README.md', DOCS)];

/** What each section's figures have to reach: docs/performance.md says where that comes from. */
const TRAIN = { fast: { each: 1, mean: 3 }, exact: { each: 0.8, mean: 2.3 } };
const INFER = { fast: { each: 1 }, exact: { each: 1 } };

/** Stands with the table, so that the page names the pictures only once they are there. */
const GROWTH_PICTURES = (['T', 'B', 'H'] as const)
  .map((over) => `![Time and memory of a training step over ${over}](pictures/performance-growth-${over}.svg)`)
  .join('\n');

/** Renews the tables between `<!-- bench NAME -->` and `<!-- /bench -->` in docs/performance.md and the README, and the pictures. */
export function writePages(recorded: Recorded): void {
  const made = tablesOf(recorded);
  for (const page of PAGES) writeFileSync(page, withTables(readFileSync(page, 'utf8'), made));
  const pictures = new URL('pictures/', DOCS);
  mkdirSync(pictures, { recursive: true });
  for (const [name, svg] of Object.entries(picturesOf(recorded))) {
    writeFileSync(new URL(`performance-${name}.svg`, pictures), svg);
  }
}

/** Puts tables into their places; a place without a table keeps what it has. */
export function withTables(text: string, made: Readonly<Record<string, string>>): string {
  return text.replace(
    /(<!-- bench ([\w-]+) -->\n)[\s\S]*?(<!-- \/bench -->)/g,
    (old, open: string, name: string, close: string) =>
      Object.hasOwn(made, name) ? `${open}\n${made[name]}\n\n${close}` : old,
  );
}

function tablesOf(recorded: Recorded): Record<string, string> {
  const makers: Record<string, (value: never) => string> = {
    train: (rows: Row[]) => tables.sequenceTable(rows, TRAIN),
    last: tables.lastTable,
    infer: (rows: Row[]) => tables.sequenceTable(rows, INFER),
    step: tables.stepTable,
    threads: tables.threadTable,
    tiers: tables.tierTable,
    startup: tables.startupTable,
    growth: (rows: GrowthRow[]) => `${tables.growthTable(rows)}\n\n${GROWTH_PICTURES}`,
    onnx: tables.peerTable('onnxruntime-node'),
    tfjs: tables.peerTable('TensorFlow.js wasm'),
    tfjsCpu: tables.peerTable('TensorFlow.js cpu'),
    brain: tables.peerTable('brain.js'),
  };
  const made = Object.entries(makers).flatMap(([name, maker]) =>
    recorded[name] === undefined ? [] : [[name, maker(recorded[name] as never)]],
  );
  const rows = (recorded.train ?? []) as Row[];
  const narrow = tables.narrowTable(rows, recorded.pytorch?.limited?.capability ?? '');
  const glance = glanceTable(recorded);
  return {
    ...Object.fromEntries(made),
    machine: machineOf(recorded),
    ...(narrow && { narrow }),
    ...(glance && { glance }),
  };
}

function machineOf({ machine, run, pytorch }: Recorded): string {
  const { cpu, cores, flags, platform, node, v8, uptime } = machine;
  const count = (threads: number): string => (threads === 1 ? 'one thread' : `${threads} threads`);
  const torch = pytorch
    ? `PyTorch ${pytorch.version} (${pytorch.capability}, ${count(pytorch.threads)})`
    : 'PyTorch absent';
  const busy = Object.values(run.sections).flatMap(({ busyBefore, busyAfter }) => [busyBefore, busyAfter]);
  return [
    `${cpu}, ${cores} cores (${flags.join(' ')}), ${platform}, up for ${(uptime / 3600).toFixed(1)} h; Node ${node}, V8 ${v8}; ${count(run.threads)}; ${torch}.`,
    `Between the sections other work kept ${Math.min(...busy)} to ${Math.max(...busy)} cores busy.`,
  ].join(' ');
}

function picturesOf(recorded: Recorded): Record<string, string> {
  const [train = [], growth = []] = [recorded.train as Row[] | undefined, recorded.growth as GrowthRow[] | undefined];
  const pictures: Record<string, string> = {};
  const compared = train.filter(({ ratio }) => ratio !== null);
  for (const numerics of new Set(compared.map((row) => row.numerics))) {
    pictures[`train-${numerics}`] = ratios(
      compared.filter((row) => row.numerics === numerics),
      numerics,
    );
  }
  for (const over of ['T', 'B', 'H'] as const) {
    const rows = growth.filter((row) => row.over === over);
    if (rows.length > 0) pictures[`growth-${over}`] = growthPicture(rows, over);
  }
  return pictures;
}

/** How many times faster than PyTorch, by size and cell, as powers of two: 0 is even. */
function ratios(rows: readonly Row[], numerics: string): string {
  const cells = [...new Set(rows.map(({ cell }) => cell))];
  return barChart({
    title: `Training step beside PyTorch, ${numerics}: log₂ of PyTorch's time over Recurve's (0: even, 1: twice as fast)`,
    width: 880,
    height: 60 + rows.length * 22,
    horizontal: true,
    standalone: true,
    bars: cells.flatMap((cell, k) =>
      rows
        .filter((row) => row.cell === cell)
        .map(({ T, B, D, H, ratio }) => ({
          label: `${cell}  ${T}, ${B}, ${D}, ${H}`,
          value: Math.round(Math.log2(ratio!) * 100) / 100,
          color: k,
        })),
    ),
  });
}

/** Both axes logarithms, so that a straight line of slope 1 is linear growth. */
function growthPicture(rows: readonly GrowthRow[], over: 'T' | 'B' | 'H'): string {
  const names = { T: 'steps T', B: 'batch rows B', H: 'hidden units H' };
  return lineChart({
    title: `LSTM, training step: growth with ${names[over]}`,
    width: 640,
    height: 280,
    xLabel: `log₁₀ of ${names[over]}`,
    yLabel: 'log₁₀ of milliseconds and of MiB',
    x: rows.map((row) => Math.log10(row[over])),
    standalone: true,
    hover: false,
    series: [
      { label: 'time', y: rows.map(({ ms }) => Math.log10(ms)), points: true },
      { label: 'peak memory', y: rows.map(({ peakMiB }) => Math.log10(peakMiB)), points: true },
      {
        label: 'predicted by memory()',
        y: rows.map(({ predictedMiB }) => Math.log10(predictedMiB)),
        dash: 'dotted',
        color: 'ink',
      },
    ],
  });
}
