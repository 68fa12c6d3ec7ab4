import { type Case, SHAPES } from './cases.ts';
import { type Absent, engineOf, figures, numericsOf, type Section, shownTime } from './context.ts';
import { coresBusy } from './machine.ts';
import { alternate } from './measure.ts';
import { recurveSide } from './recurve.ts';

export interface ThreadRow {
  cell: string;
  T: number;
  B: number;
  D: number;
  H: number;
  numerics: string;
  tier: string;
  /** Milliseconds of a training step with one thread and with two. */
  one: number;
  two: number;
  ratio: number;
}

/** Cores that may be busy with other work before two threads share theirs. */
const QUIET = 0.25;

export const threads: Section = {
  says: 'training with two threads against one; left out on a busy machine unless named',
  async run(context): Promise<{ busy: number; rows: ThreadRow[] } | Absent> {
    const { options, log } = context;
    const busy = await coresBusy();
    if (busy > QUIET && !options.sections?.includes('threads')) {
      return {
        absent: `two threads need two free cores, and other work kept ${busy} busy; name --sections threads to measure anyway`,
      };
    }
    const shapes = (options.shapes ?? SHAPES).filter(({ H, B }) => H >= 256 && B >= 32);
    const rows: ThreadRow[] = [];
    for (const numerics of numericsOf(context)) {
      using open = new DisposableStack();
      const engines = [open.use(await engineOf(context, numerics, 1)), open.use(await engineOf(context, numerics, 2))];
      if (engines[1].threads.count < 2) return { absent: engines[1].threads.reason };
      for (const { cell, ...shape } of shapes.flatMap((shape) => options.cells.map((cell) => ({ cell, ...shape })))) {
        using mine = new DisposableStack();
        const work: Case = { work: 'train', cell, ...shape };
        const sides = engines.map((engine) => mine.use(recurveSide(engine, work)));
        const [one, two] = await alternate(sides, { rounds: 9, least: 7, milliseconds: 6000 });
        const ratio = figures(one.ms / two.ms);
        rows.push({
          cell,
          ...shape,
          numerics,
          tier: engines[0].name,
          one: figures(one.ms),
          two: figures(two.ms),
          ratio,
        });
        log(
          `${cell.padEnd(5)}H ${shape.H}  ${numerics}  ${shownTime(one.ms)} with one thread, ${shownTime(two.ms)} with two: × ${ratio.toFixed(2)}`,
        );
      }
    }
    return { busy, rows };
  },
};
