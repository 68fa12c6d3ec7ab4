import { geometricMean } from '../statistics.ts';
import type { PeerResult } from './beside-peer.ts';
import { CELLS } from './cases.ts';
import type { Absent } from './context.ts';
import type { GrowthRow } from './growth.ts';
import type { Row, StepRow } from './sequences.ts';
import type { Startup } from './startup.ts';
import type { ThreadRow } from './threads.ts';
import type { TierRow } from './tiers.ts';

/** What a ratio has to reach, each single one and their geometric mean. */
export interface Aim {
  each: number;
  mean?: number;
}

type Cell = string | number;

/** A table of Markdown; numbers stand on the right. */
export function markdown(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, k) =>
    rows.some((row) => typeof row[k] === 'number' || /^[×\d]/.test(String(row[k]))) ? '--:' : '---',
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Three significant figures, with the unit that suits. */
export function time(ms: number | null): string {
  if (ms === null) return 'absent';
  return ms < 1 ? `${Number((ms * 1000).toPrecision(3))} µs` : `${Number(ms.toPrecision(3))} ms`;
}

export function times(ratio: number | null): string {
  return ratio === null ? '' : `× ${ratio < 100 ? ratio.toPrecision(3) : ratio.toFixed(0)}`;
}

/** One table per numerics: a row a size, for each cell Recurve's time, PyTorch's, and their ratio; and what the aim came to. */
export function sequenceTable(rows: readonly Row[], aims: Readonly<Record<string, Aim>>): string {
  return byNumerics(rows)
    .map(([numerics, some]) => {
      const cells = CELLS.filter((cell) => some.some((row) => row.cell === cell));
      const sizes = [...new Set(some.map(sizeOf))];
      const head = ['T, B, D, H', ...cells.flatMap((cell) => [cell, 'PyTorch', 'ratio'])];
      const body = sizes.map((size) => [
        size,
        ...cells.flatMap((cell) => {
          const row = some.find((one) => one.cell === cell && sizeOf(one) === size);
          return row ? [time(row.ms), time(row.pytorchMs), times(row.ratio)] : ['', '', ''];
        }),
      ]);
      return `**${numerics}** (tier ${some[0].tier}): ${verdict(some, aims[numerics])}\n\n${markdown(head, body)}`;
    })
    .join('\n\n');
}

/** Streaming steps. */
export function stepTable(rows: readonly StepRow[]): string {
  const inMilliseconds = rows.map(({ us, pytorchUs, layerUs, ...row }) => ({
    ...{ ...row, size: `${row.D}, ${row.H}`, ms: us / 1000 },
    ...{ pytorchMs: milliseconds(pytorchUs), layerMs: milliseconds(layerUs) },
  }));
  return layerTable('D, H', inMilliseconds);
}

/** Steps of training from the last output alone. */
export function lastTable(rows: readonly Row[]): string {
  return layerTable(
    'T, B, D, H',
    rows.map((row) => ({ ...row, size: sizeOf(row) })),
  );
}

type SizedRow = Pick<
  Row,
  'cell' | 'numerics' | 'tier' | 'ms' | 'pytorchMs' | 'layerMs' | 'ratio' | 'layerRatio' | 'way'
>;

/** Beside PyTorch's layer, which the aims are about, and beside its fastest way. */
function layerTable(sizes: string, rows: readonly (SizedRow & { size: string })[]): string {
  const peer = ['PyTorch, its layer', 'ratio', 'PyTorch, its fastest way', 'ratio', 'that way'];
  return byNumerics(rows)
    .map(([numerics, some]) => {
      const body = some.map(({ cell, size, ms, pytorchMs, layerMs, ratio, layerRatio, way }) => [
        ...[cell, size, time(ms)],
        ...[time(layerMs ?? pytorchMs), times(layerRatio ?? ratio)],
        ...[time(pytorchMs), times(ratio), way ?? ''],
      ]);
      return `**${numerics}** (tier ${some[0].tier})\n\n${markdown(['cell', sizes, 'Recurve', ...peer], body)}`;
    })
    .join('\n\n');
}

const milliseconds = (us: number | null): number | null => (us === null ? null : us / 1000);

/** Like-for-like ratios, where PyTorch was also kept to narrower instructions. */
export function narrowTable(rows: readonly Row[], capability: string): string | undefined {
  const known = rows.filter(({ isaRatio }) => isaRatio !== null);
  if (known.length === 0) return undefined;
  return byNumerics(known)
    .map(([numerics, some]) => {
      const of = (cell: string | undefined): string =>
        times(geometricMean(some.flatMap((row) => (cell === undefined || row.cell === cell ? [row.isaRatio!] : []))));
      const worst = Math.min(...some.map((row) => row.isaRatio!));
      const cells = CELLS.filter((cell) => some.some((row) => row.cell === cell)).map((cell) => `${cell} ${of(cell)}`);
      return `PyTorch kept to ${capability}, ${numerics}: geometric mean ${of(undefined)} (${cells.join(', ')}), worst ${times(worst)}.`;
    })
    .join(' ');
}

export function threadTable(result: { busy: number; rows: readonly ThreadRow[] } | Absent): string {
  if ('absent' in result) return `Not measured: ${result.absent}.`;
  const body = result.rows.map(({ cell, numerics, one, two, ratio, ...size }) => [
    ...[cell, sizeOf(size), numerics, time(one), time(two), times(ratio)],
  ]);
  return markdown(['cell', 'T, B, D, H', 'numerics', 'one thread', 'two threads', 'ratio'], body);
}

export function tierTable(rows: readonly TierRow[]): string {
  const body = rows.map((row) =>
    'absent' in row
      ? [row.host, row.tier, 'absent', '', '', '', '']
      : [
          ...[row.host, row.tier, row.cell, sizeOf(row), time(row.ms)],
          ...[`${row.gflops.toFixed(1)} of ${row.peakGflops.toFixed(1)}`, `${(row.share * 100).toFixed(0)} %`],
        ],
  );
  return markdown(['host', 'tier', 'cell', 'T, B, D, H', 'training step', 'GFLOP/s of its peak', 'share'], body);
}

export function startupTable(rows: readonly (Startup | ({ what: string } & Absent))[]): string {
  const body = rows.map((row) =>
    'absent' in row ? [row.what, 'absent', ''] : [row.what, time(row.ms), row.limit === null ? '' : `${row.limit} ms`],
  );
  return markdown(['', 'median', 'may take'], body);
}

export function growthTable(rows: readonly GrowthRow[]): string {
  const body = rows.map(({ over, T, B, H, ms, usPerStep, peakMiB, predictedMiB }) => [
    ...[over, T, B, H, time(ms), time(usPerStep / 1000), peakMiB.toFixed(1), predictedMiB.toFixed(1)],
  ]);
  return markdown(['grows', 'T', 'B', 'H', 'step', 'per step and row', 'peak, MiB', '`memory()`, MiB'], body);
}

/** Beside a JavaScript peer of some name. */
export function peerTable(name: string): (result: PeerResult | Absent) => string {
  return (result) => {
    if ('absent' in result) return `Absent: ${result.absent}.`;
    const body = result.rows.map(({ cell, numerics, ms, peerMs, ratio, ...size }) => [
      ...[cell, sizeOf(size), numerics, time(ms), time(peerMs), times(ratio)],
    ]);
    return markdown(['cell', 'T, B, D, H', 'numerics', 'Recurve', `${name} ${result.version}`, 'ratio'], body);
  };
}

function verdict(rows: readonly Row[], aim: Aim | undefined): string {
  const ratios = rows.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
  if (ratios.length === 0) return 'PyTorch absent';
  const mean = geometricMean(ratios);
  const worst = Math.min(...ratios);
  const to = (value: number | undefined): string => (value === undefined ? '' : ` (to reach ${value})`);
  return `geometric mean ${times(mean)}${to(aim?.mean)}, worst ${times(worst)}${to(aim?.each)}`;
}

const sizeOf = ({ T, B, D, H }: { T: number; B: number; D: number; H: number }): string => `${T}, ${B}, ${D}, ${H}`;

function byNumerics<R extends { numerics: unknown }>(rows: readonly R[]): [R['numerics'], R[]][] {
  const kinds = [...new Set(rows.map(({ numerics }) => numerics))];
  return kinds.map((kind) => [kind, rows.filter(({ numerics }) => numerics === kind)]);
}
