import { sum } from 'recurve/autograd';
import type { Case } from './cases.ts';
import { type Context, engineOf, figures, numericsOf, type Section, shownTime } from './context.ts';
import { alternate } from './measure.ts';
import { recurveSide } from './recurve.ts';

export interface GrowthRow {
  /** The letter that varies; the others stay. */
  over: 'T' | 'B' | 'H';
  T: number;
  B: number;
  D: number;
  H: number;
  ms: number;
  /** Microseconds per step and row. */
  usPerStep: number;
  /** Highest mark of the engine's memory in a step, and what `network.memory()` had said, in MiB. */
  peakMiB: number;
  predictedMiB: number;
}

const series = (over: GrowthRow['over'], rest: Omit<Case, 'work' | 'cell'>, values: readonly number[]) =>
  values.map((value) => ({ over, one: { work: 'train', cell: 'LSTM', ...rest, [over]: value } as Case }));

const CASES = [
  ...series('T', { T: 0, B: 1, D: 64, H: 64 }, [10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]),
  ...series('B', { T: 50, B: 0, D: 128, H: 128 }, [1, 2, 4, 8, 16, 32, 64, 128, 256]),
  ...series('H', { T: 20, B: 16, D: 64, H: 0 }, [16, 32, 64, 128, 256, 512, 1024, 2048]),
];

const MIB = 2 ** 20;

export const growth: Section = {
  says: 'time and memory of an LSTM over T, B and H, with what memory() predicts',
  async run(context: Context): Promise<GrowthRow[]> {
    const [numerics] = numericsOf(context);
    const rows: GrowthRow[] = [];
    for (const { over, one } of CASES) {
      // An engine each, so that its highest mark is this case's.
      using engine = await engineOf(context, numerics);
      using mine = recurveSide(engine, one);
      const { T, B, D, H } = one;
      const predicted = mine.network.memory({ shape: [B, T, D], loss: (y) => sum(y) }).peak;
      const [{ ms }] = await alternate([mine], { rounds: 15, least: 7, milliseconds: 3000 });
      const row = {
        ...{ over, T, B, D, H, ms: figures(ms), usPerStep: figures((ms * 1000) / T / B) },
        peakMiB: figures(engine.arena.usage().peak / MIB),
        predictedMiB: figures(predicted / MIB),
      };
      rows.push(row);
      context.log(
        `over ${over}  T ${T}  B ${B}  H ${H}: ${shownTime(ms)}, ${row.usPerStep} µs a step and row, ${row.peakMiB} MiB (memory() said ${row.predictedMiB})`,
      );
    }
    return rows;
  },
};
