import type { Engine } from 'recurve/engine';
import { type Case, SHAPES, type Work } from './cases.ts';
import { type Context, engineOf, figures, type Numerics, numericsOf, shownTime } from './context.ts';
import { alternate, type Budget, type Side } from './measure.ts';
import { type RecurveSide, recurveSide } from './recurve.ts';

/** One case beside a JavaScript peer. */
export interface PeerRow {
  cell: string;
  T: number;
  B: number;
  D: number;
  H: number;
  numerics: Numerics;
  ms: number;
  peerMs: number;
  /** The peer's time over Recurve's. */
  ratio: number;
  rounds: number;
}

/** A peer's program and its figures. */
export interface PeerResult {
  version: string;
  rows: PeerRow[];
}

/** A {@link Side} that gives back what it holds. */
export interface PeerSide extends Side {
  dispose?(): void | Promise<void>;
}

export interface Peer {
  name: string;
  work: Work;
  /** Largest H it is given: beyond it takes minutes a step. */
  largest?: number;
  budget: Budget;
  /** The case on its side; `own` has Recurve's weights. */
  side(one: Case, own: RecurveSide): PeerSide | Promise<PeerSide>;
}

/** Times the six shapes of each cell on both sides by turns, one thread against one. */
export async function besidePeer(context: Context, { name, work, largest, budget, side }: Peer): Promise<PeerRow[]> {
  const { options, log } = context;
  const rows: PeerRow[] = [];
  using open = new DisposableStack();
  const engines: { numerics: Numerics; engine: Engine }[] = [];
  for (const numerics of numericsOf(context)) {
    engines.push({ numerics, engine: open.use(await engineOf(context, numerics, 1)) });
  }
  const shapes = (options.shapes ?? SHAPES).filter(({ H }) => H <= (largest ?? H));
  for (const { cell, ...shape } of shapes.flatMap((one) => options.cells.map((cell) => ({ cell, ...one })))) {
    const one: Case = { work, cell, ...shape };
    using mine = new DisposableStack();
    const sides = engines.map(({ engine }) => mine.use(recurveSide(engine, one)));
    const theirs = await side(one, sides[0]);
    try {
      const timings = await alternate([...sides, theirs], budget);
      const peerMs = timings[sides.length].ms;
      engines.forEach(({ numerics }, k) => {
        const { ms, rounds } = timings[k];
        const ratio = figures(peerMs / ms);
        rows.push({ cell, ...shape, numerics, ms: figures(ms), peerMs: figures(peerMs), ratio, rounds });
        log(
          `${cell.padEnd(5)}H ${shape.H}  ${numerics}  ${shownTime(ms)}, ${name} ${shownTime(peerMs)}: × ${ratio.toPrecision(3)}`,
        );
      });
    } finally {
      await theirs.dispose?.();
    }
  }
  return rows;
}
