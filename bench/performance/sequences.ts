import type { Engine } from 'recurve/engine';
import { type Case, LONG, operations, SHAPES, STEPS, type Work } from './cases.ts';
import { type Context, engineOf, figures, type Numerics, numericsOf, type Section, shownTime } from './context.ts';
import { alternate, type Timing } from './measure.ts';
import { recurveSide } from './recurve.ts';

/** One case on both sides; PyTorch's fields are null where it is not there. */
export interface Row {
  cell: string;
  T: number;
  B: number;
  D: number;
  H: number;
  ms: number;
  pytorchMs: number | null;
  /** PyTorch's time over Recurve's: above 1, Recurve is faster. */
  ratio: number | null;
  /** The same of processor times, which hold on a busy machine too; null with more threads than one. */
  cpuRatio: number | null;
  gflops: number;
  numerics: Numerics;
  tier: string;
  /** PyTorch's fastest way, which is what `pytorchMs` is of. */
  way: string | null;
  /** PyTorch's whole layer, where another way is faster. */
  layerMs: number | null;
  layerRatio: number | null;
  /** PyTorch kept to the instructions of --python-isa. */
  isaMs: number | null;
  isaRatio: number | null;
  rounds: number;
}

/** A {@link Row} of one streaming step, in microseconds. */
export interface StepRow extends Omit<Row, 'T' | 'B' | 'ms' | 'pytorchMs' | 'layerMs' | 'isaMs' | 'gflops'> {
  us: number;
  pytorchUs: number | null;
  layerUs: number | null;
  isaUs: number | null;
}

interface Pace {
  /** Seconds for all cases together. */
  seconds: number;
  rounds: number;
  least: number;
}

/** With `--quick`; without, every case gets the rounds of --rounds at least. */
const QUICK: Record<Work, Pace> = {
  train: { seconds: 60, rounds: 9, least: 1 },
  last: { seconds: 20, rounds: 9, least: 1 },
  infer: { seconds: 18, rounds: 9, least: 1 },
  step: { seconds: 14, rounds: 9, least: 5 },
};
const WHOLE: Omit<Pace, 'least'> = { seconds: 240, rounds: 15 };

export const train: Section = {
  says: 'training step over a sequence, beside PyTorch',
  quick: true,
  run: (context) => compare('train', context),
};

export const last: Section = {
  says: 'training step of the last output of a long sequence, beside PyTorch',
  run: (context) => compare('last', context),
};

export const infer: Section = {
  says: 'forward pass over a sequence, beside PyTorch',
  run: (context) => compare('infer', context),
};

export const step: Section = {
  says: 'one step of a stream, batch 1, beside PyTorch',
  quick: true,
  async run(context): Promise<StepRow[]> {
    const us = (ms: number | null): number | null => (ms === null ? null : figures(ms * 1000));
    return (await compare('step', context)).map(
      ({ cell, D, H, ms, pytorchMs, layerMs, isaMs, T: _, B: __, gflops: ___, ...rest }) => ({
        ...{ cell, D, H, us: figures(ms * 1000), pytorchUs: us(pytorchMs), layerUs: us(layerMs), isaUs: us(isaMs) },
        ...rest,
      }),
    );
  },
};

/** Times each case on all sides by turns. Long cases get more of the time than short ones, by the work in them. */
async function compare(work: Work, context: Context): Promise<Row[]> {
  const { options, pytorch, log } = context;
  const { seconds, rounds, least } = options.quick ? QUICK[work] : { ...WHOLE, least: options.least };
  const shapes =
    options.shapes && work !== 'step'
      ? options.shapes
      : { train: SHAPES, last: LONG, infer: SHAPES, step: STEPS }[work];
  const cases = shapes.flatMap((shape) => options.cells.map((cell): Case => ({ work, cell, ...shape })));
  const ends = performance.now() + seconds * 1000;
  // What a long case takes goes with its work; a short one needs a second to warm up and to be seen in all its rounds.
  const weights = cases.map((one) => 3 + operations(one) / 1e10);
  using open = new DisposableStack();
  const engines = new Map<Numerics, Engine>();
  for (const numerics of numericsOf(context)) engines.set(numerics, open.use(await engineOf(context, numerics)));
  const rows: Row[] = [];
  for (const [i, one] of cases.entries()) {
    const share = weights[i] / weights.slice(i).reduce((a, b) => a + b);
    const milliseconds = (ends - performance.now()) * share;
    const taken = await oneCase(one, engines, context, { rounds, least, milliseconds });
    for (const row of taken) log(lineOf(one, row, pytorch !== undefined));
    rows.push(...taken);
  }
  return rows;
}

/** A row for each engine, all of the same rounds of PyTorch. */
async function oneCase(
  one: Case,
  engines: ReadonlyMap<Numerics, Engine>,
  { pytorch, limited }: Context,
  budget: Parameters<typeof alternate>[1],
): Promise<Row[]> {
  using mine = new DisposableStack();
  const sides = [...engines.values()].map((engine) => mine.use(recurveSide(engine, one)));
  const ways = (await pytorch?.open(one)) ?? [];
  const layer = ways.slice(1).find(({ way }) => way === `nn.${one.cell}`);
  const [kept] = (await limited?.open(one)) ?? [];
  const others = [ways[0], layer, kept];
  const taken = await alternate([...sides, ...others.filter((side) => side !== undefined)], budget);
  const timings = taken.slice(0, sides.length);
  const rest = taken.slice(sides.length);
  const [fastest, whole, narrow] = others.map((side) => (side ? rest.shift() : undefined));
  const { cell, T, B, D, H } = one;
  return [...engines].map(([numerics, engine], k) => {
    const own = timings[k];
    const over = (other: Timing | undefined): number | null => (other ? figures(other.ms / own.ms) : null);
    const time = (other: Timing | undefined): number | null => (other ? figures(other.ms) : null);
    return {
      ...{ cell, T, B, D, H, ms: figures(own.ms) },
      pytorchMs: time(fastest),
      ratio: over(fastest),
      cpuRatio: fastest && own.cpuMs > 0 && pytorch?.facts.threads === 1 ? figures(fastest.cpuMs / own.cpuMs) : null,
      gflops: figures(operations(one) / own.ms / 1e6),
      ...{ numerics, tier: engine.name },
      way: ways[0]?.way ?? null,
      layerMs: time(whole),
      layerRatio: over(whole),
      isaMs: time(narrow),
      isaRatio: over(narrow),
      rounds: own.rounds,
    };
  });
}

function lineOf({ work }: Case, row: Row, compared: boolean): string {
  const { cell, T, B, D, H, ms, pytorchMs, ratio, cpuRatio, layerRatio, isaRatio, gflops, numerics, rounds } = row;
  const name = `${work.padEnd(6)}${cell.padEnd(5)}T ${T}  B ${B}  D ${D}  H ${H}`.padEnd(44);
  const own = `${name}${numerics.padEnd(6)}${shownTime(ms).padStart(10)}  ${gflops.toFixed(1).padStart(6)} GFLOP/s`;
  if (!compared) return own;
  const more = [
    cpuRatio === null ? [] : `× ${cpuRatio.toFixed(2)} of processor time`,
    isaRatio === null ? [] : `× ${isaRatio.toFixed(2)} with narrower instructions`,
    layerRatio === null ? [] : `× ${layerRatio.toFixed(2)} its layer`,
    `${rounds} rounds`,
  ].flat();
  return `${own}  PyTorch ${shownTime(pytorchMs ?? 0).padStart(10)}  × ${ratio?.toFixed(2)}  (${more.join(', ')})`;
}
