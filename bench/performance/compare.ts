import type { Engine } from 'recurve/engine';
import { type Case, operations, type Shape } from './cases.ts';
import { alternate, type Timing } from './measure.ts';
import type { PyTorch } from './pytorch.ts';
import { recurveSide } from './recurve.ts';

/** One case on both sides; PyTorch's fields are null where it is not there. */
export interface Row extends Shape {
  cell: string;
  ms: number;
  pytorchMs: number | null;
  /** PyTorch's time over Recurve's: above 1, Recurve is faster. */
  ratio: number | null;
  /** The same of processor times, which hold on a busy machine too; null with more threads than one. */
  cpuRatio: number | null;
  gflops: number;
  /** PyTorch's fastest way, which is what `pytorchMs` is of. */
  way: string | null;
  /** PyTorch's whole layer, where another way is faster. */
  layerMs: number | null;
  layerRatio: number | null;
  rounds: number;
}

export interface Pace {
  /** Seconds for all cases together. */
  seconds: number;
  rounds: number;
  least: number;
}

/** Times each case on both sides by turns. Long cases get more of the time than short ones, by the work in them. */
export async function compare(
  engine: Engine,
  pytorch: PyTorch | undefined,
  cases: readonly Case[],
  { seconds, rounds, least }: Pace,
  log: (line: string) => void,
): Promise<Row[]> {
  const ends = performance.now() + seconds * 1000;
  // What a long case takes goes with its work; a short one needs a second to warm up and to be seen in all its rounds.
  const weights = cases.map((one) => 3 + operations(one) / 1e10);
  const rows: Row[] = [];
  for (const [i, one] of cases.entries()) {
    const share = weights[i] / weights.slice(i).reduce((a, b) => a + b);
    const milliseconds = (ends - performance.now()) * share;
    using mine = recurveSide(engine, one);
    const ways = (await pytorch?.open(one)) ?? [];
    const layer = ways.slice(1).find(({ way }) => way === `nn.${one.cell}`);
    const theirs = [...ways.slice(0, 1), ...(layer ? [layer] : [])];
    const [own, fastest, whole] = await alternate([mine, ...theirs], { rounds, least, milliseconds });
    const over = (other: Timing | undefined): number | null => (other ? figures(other.ms / own.ms) : null);
    const row: Row = {
      cell: one.cell,
      ...{ T: one.T, B: one.B, D: one.D, H: one.H },
      ms: figures(own.ms),
      pytorchMs: fastest ? figures(fastest.ms) : null,
      ratio: over(fastest),
      cpuRatio: fastest && own.cpuMs > 0 && pytorch?.facts.threads === 1 ? figures(fastest.cpuMs / own.cpuMs) : null,
      gflops: figures(operations(one) / own.ms / 1e6),
      way: ways[0]?.way ?? null,
      layerMs: whole ? figures(whole.ms) : null,
      layerRatio: over(whole),
      rounds: own.rounds,
    };
    rows.push(row);
    log(lineOf(one, row));
  }
  return rows;
}

/** Four significant figures: more is noise. */
export function figures(value: number): number {
  return Number(value.toPrecision(4));
}

function lineOf({ work, cell }: Case, row: Row): string {
  const { T, B, D, H, ms, pytorchMs, ratio, cpuRatio, layerRatio, gflops, rounds } = row;
  const time = (value: number): string => `${value < 1 ? value.toFixed(4) : value.toFixed(1)} ms`;
  const name = `${work.padEnd(6)}${cell.padEnd(5)}T ${T}  B ${B}  D ${D}  H ${H}`.padEnd(44);
  const own = `${name}${time(ms).padStart(12)}  ${gflops.toFixed(1).padStart(6)} GFLOP/s`;
  if (pytorchMs === null) return own;
  const more = [
    cpuRatio === null ? [] : `× ${cpuRatio.toFixed(2)} of processor time`,
    layerRatio === null ? [] : `× ${layerRatio.toFixed(2)} its layer`,
    `${rounds} rounds`,
  ].flat();
  return `${own}  PyTorch ${time(pytorchMs).padStart(10)}  × ${ratio?.toFixed(2)}  (${more.join(', ')})`;
}
