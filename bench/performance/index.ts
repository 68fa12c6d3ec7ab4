import { createEngine } from 'recurve/engine';
import { geometricMean } from '../statistics.ts';
import { type Case, STEPS, type Work } from './cases.ts';
import { compare, figures, type Pace, type Row } from './compare.ts';
import { machine } from './machine.ts';
import { type Options, readOptions } from './options.ts';
import { ISAS, startPyTorch } from './pytorch.ts';

/** Seconds of each section's share, and rounds, with `--quick`; without, every case gets at least seven. */
const QUICK: Record<Work, Pace> = {
  train: { seconds: 64, rounds: 9, least: 1 },
  infer: { seconds: 22, rounds: 9, least: 1 },
  step: { seconds: 14, rounds: 9, least: 5 },
};
const WHOLE: Pace = { seconds: 240, rounds: 15, least: 7 };

/** `npm run bench [-- options]`: see {@link Options}. */
export async function main(words: readonly string[]): Promise<void> {
  const options = readOptions(words, ['train', 'infer', 'step'], ISAS);
  const log = (line: string): void => console.error(line);
  const engine = await createEngine(engineOptions(options));
  const { python, isa, threads, cells } = options;
  const pytorch = python === undefined ? undefined : await startPyTorch({ command: python, threads, isa });
  const before = machine();
  log(`Recurve, tier ${engine.name}, ${options.numerics}, on ${before.cpu} (load ${before.load})`);
  if (pytorch) log(`PyTorch ${pytorch.facts.version}, ${pytorch.facts.capability}`);
  try {
    const tables: Partial<Record<Work, Row[]>> = {};
    for (const work of ['train', 'step', 'infer'] as const) {
      if (options.sections && !options.sections.includes(work)) continue;
      const shapes = work === 'step' ? STEPS : options.shapes;
      const cases = shapes.flatMap((shape) => cells.map((cell): Case => ({ work, cell, ...shape })));
      tables[work] = await compare(engine, pytorch, cases, options.quick ? QUICK[work] : WHOLE, log);
    }
    const result = {
      machine: { ...before, loadAfter: machine().load },
      recurve: { tier: engine.name, numerics: options.numerics, threads },
      pytorch: pytorch ? { ...pytorch.facts, isa: isa ?? null, busy: figures(pytorch.busy()) } : null,
      summary: Object.fromEntries(Object.entries(tables).map(([work, rows]) => [work, summary(rows)])),
      ...tables,
      step: tables.step?.map(({ cell, D, H, ms, pytorchMs, layerMs, T: _, B: __, gflops: ___, ...rest }) => ({
        ...{ cell, D, H, us: figures(ms * 1000) },
        ...{ pytorchUs: pytorchMs && figures(pytorchMs * 1000), layerUs: layerMs && figures(layerMs * 1000) },
        ...rest,
      })),
    };
    if (options.json) console.log(JSON.stringify(result));
    else log(JSON.stringify(result.summary, null, 2));
  } finally {
    pytorch?.close();
  }
}

function engineOptions({ tier, numerics, threads }: Options): Parameters<typeof createEngine>[0] {
  return { tier, numerics, ...({ threads } as object) };
}

/** Geometric mean and worst of the ratios, of all rows and by cell; null where there is nothing to compare with. */
function summary(rows: readonly Row[]): object {
  const of = (some: readonly Row[]): object => {
    const ratios = some.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
    if (ratios.length === 0) return { geometricMean: null, worst: null };
    return { geometricMean: figures(geometricMean(ratios)), worst: Math.min(...ratios) };
  };
  const cells = [...new Set(rows.map(({ cell }) => cell))];
  return {
    ...of(rows),
    ...Object.fromEntries(cells.map((cell) => [cell, of(rows.filter((row) => row.cell === cell))])),
  };
}
