import { geometricMean } from '../statistics.ts';
import { CELLS } from './cases.ts';
import { type Context, figures, type Section } from './context.ts';
import { coresBusy, machine } from './machine.ts';
import { readOptions } from './options.ts';
import { ISAS, startPyTorch } from './pytorch.ts';
import { type Recorded, record, type Taken } from './record.ts';
import { SECTIONS } from './sections.ts';
import type { Row, StepRow } from './sequences.ts';

/** `npm run bench [-- options]`: all sections, then bench/results/performance.json and docs/performance.md. */
export async function main(words: readonly string[]): Promise<void> {
  const options = readOptions(words, Object.keys(SECTIONS), ISAS);
  const log = (line: string): void => console.error(line);
  const facts = machine();
  let busy = await coresBusy();
  log(`${facts.cpu}, ${facts.cores} cores, ${busy} of them busy with other work; Node ${facts.node}`);
  const { python, isa, threads } = options;
  const pytorch = python === undefined ? undefined : await startPyTorch({ command: python, threads });
  if (pytorch) log(`PyTorch ${pytorch.facts.version}, ${pytorch.facts.capability}, threads ${threads}`);
  const limited = python && isa ? await startPyTorch({ command: python, threads, isa }) : undefined;
  if (limited) log(`and kept to ${limited.facts.capability}`);
  const context: Context = { options, pytorch, limited, log };
  const taken: Record<string, unknown> = {};
  const sections: Record<string, Taken> = {};
  const results = (): Recorded => ({
    machine: facts,
    run: { threads, sections },
    pytorch: pytorch ? { ...pytorch.facts, busy: figures(pytorch.busy()), limited: limited?.facts ?? null } : null,
    summary: summary(taken),
    ...taken,
  });
  const partly = options.shapes || options.tier || options.numerics || options.cells.length < CELLS.length;
  const writes = !(options.json || options.quick || partly);
  try {
    for (const [name, section] of chosen(options.sections, options.quick)) {
      log(`── ${name}: ${section.says}`);
      const began = performance.now();
      taken[name] = await section.run(context);
      const seconds = Math.round((performance.now() - began) / 1000);
      const before = busy;
      busy = await coresBusy();
      sections[name] = { seconds, busyBefore: before, busyAfter: busy };
      // After each section, so that an interrupted run keeps those that are done.
      if (writes) record(results());
    }
  } finally {
    pytorch?.close();
    limited?.close();
  }
  if (options.json) console.log(JSON.stringify(results()));
  else log(JSON.stringify(results().summary, null, 2));
  if (writes) log('bench/results/performance.json, docs/performance.md and its pictures written');
  else if (partly && !options.json) log('figures of a part: nothing written');
}

function chosen(names: readonly string[] | undefined, quick: boolean): [string, Section][] {
  return Object.entries(SECTIONS).filter(([name, section]) => (names ? names.includes(name) : section.quick || !quick));
}

/** Geometric mean and worst of the ratios to PyTorch, by section, numerics and cell; null where there is nothing to compare with. */
function summary(taken: Record<string, unknown>): Record<string, object> {
  const sections = ['train', 'last', 'infer', 'step'].filter((name) => taken[name]);
  return Object.fromEntries(
    sections.map((name) => {
      const rows = taken[name] as (Row | StepRow)[];
      const by = (key: 'numerics' | 'cell', some: typeof rows, then: (of: typeof rows) => object): object =>
        Object.fromEntries(
          [...new Set(some.map((row) => row[key]))].map((value) => [
            value,
            then(some.filter((row) => row[key] === value)),
          ]),
        );
      return [name, by('numerics', rows, (some) => ({ ...ratios(some), ...by('cell', some, ratios) }))];
    }),
  );
}

function ratios(rows: readonly (Row | StepRow)[]): object {
  const known = rows.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
  if (known.length === 0) return { geometricMean: null, worst: null };
  return { geometricMean: figures(geometricMean(known)), worst: Math.min(...known) };
}
