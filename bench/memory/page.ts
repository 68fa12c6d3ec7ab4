import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { lineChart } from 'recurve/report';
import type { MemoryResults } from './index.ts';
import type { Outcome } from './learn.ts';
import { SECTIONS, type Section } from './sections.ts';

type Recorded = MemoryResults & { machine: { cpu: string; cores: number; node: string; load: number }; seed: number };

const HEAD = `# Long-memory problems

The problems of the literature that tell networks with a memory from those without, each trained from scratch by one command, \`npm run bench -- memory NAME\`, with
the seed given here; \`npm run bench -- memory\` trains all of them and writes this page from \`bench/results/memory-*.json\`. Sequences are made anew for every batch, MNIST's apart, so
nothing can be learned by heart; "sequences" counts those seen. Each training has a limit of time, so a network that did not get there may get there later. Sizes, rates
and starts were found in a few trials with this one seed, so they flatter; other seeds were not run. Wall time is that of one core which others use as well.
`;

/** Writes docs/memory-problems.md and its pictures from the results at hand. */
export function writePage(): void {
  const results = new URL('../results/', import.meta.url);
  const docs = new URL('../../docs/', import.meta.url);
  mkdirSync(new URL('pictures/', docs), { recursive: true });
  const parts = SECTIONS.flatMap((section) => {
    const file = new URL(`memory-${section.name}.json`, results);
    if (!existsSync(file)) return [];
    const recorded: Recorded = JSON.parse(readFileSync(file, 'utf8'));
    const picture = `pictures/memory-${section.name}.svg`;
    writeFileSync(new URL(picture, docs), drawing(section, recorded));
    const { seed, machine } = recorded;
    const made = `Seed ${seed}, Node ${machine.node.slice(1)}, ${machine.cpu}.`;
    return [
      `## ${section.title}`,
      section.says,
      tableOf(section, recorded),
      section.verdict(recorded),
      `![${section.title}](${picture})`,
      made,
    ];
  });
  writeFileSync(new URL('memory-problems.md', docs), `${[HEAD.trim(), ...parts].join('\n\n')}\n`);
  console.log('docs/memory-problems.md written');
}

/** One row a training. */
function tableOf({ columns, problems }: Section, { runs }: Recorded): string {
  const names = columns.map(([, title]) => title);
  const head = [
    'network',
    ...(problems ? ['problem'] : []),
    'weights',
    'batch',
    'rate',
    'steps',
    'sequences',
    'time',
    ...names,
  ];
  const rows = runs.map((run) => [
    run.label,
    ...(problems ? [run.problem ?? problems] : []),
    run.parameters.toLocaleString('en'),
    run.batchSize,
    run.rate,
    run.steps.toLocaleString('en'),
    run.sequences.toLocaleString('en'),
    `${run.seconds.toFixed(0)} s${run.stopped === 'diverged' ? ', diverged' : ''}`,
    ...columns.map(([key, , digits]) => (run.figures[key] === undefined ? '' : shown(run.figures[key], digits))),
  ]);
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Percentages with decimals, losses with figures. */
function shown(value: number, digits: number): string {
  return digits < 0 ? value.toFixed(-digits) : Number(value.toPrecision(digits)).toString();
}

/** Loss on the watched sequences, a logarithm, over sequences seen. */
function drawing({ title, problems, picture = problems }: Section, { runs }: Recorded): string {
  const drawn = runs.filter((run) => !picture || (run.problem ?? problems) === picture);
  const x = [...new Set(drawn.flatMap((run) => run.curve.map(({ sequences }) => sequences)))].sort((a, b) => a - b);
  const dashes = ['solid', 'dashed', 'dotted', 'dashdot'] as const;
  return lineChart({
    title: `${title}: loss on sequences not trained on${picture && !title.includes(picture) ? ` (${picture})` : ''}`,
    width: 880,
    height: 340,
    xLabel: 'sequences seen',
    yLabel: 'log₁₀ of the loss',
    x,
    hover: false,
    standalone: true,
    series: drawn.map(({ label, curve }, k) => ({
      label,
      y: x.map((sequences) => between(curve, sequences)),
      dash: dashes[k % 4],
    })),
  });
}

/** The logarithm of a curve's loss at any number of sequences within it, on straight lines. */
function between(curve: Outcome['curve'], sequences: number): number {
  const next = curve.findIndex((point) => point.sequences >= sequences);
  if (next < 0) return Number.NaN;
  const right = Math.log10(curve[next].validation);
  if (curve[next].sequences === sequences) return right;
  if (next === 0) return Number.NaN;
  const [before, after] = [curve[next - 1], curve[next]];
  const left = Math.log10(before.validation);
  return left + ((right - left) * (sequences - before.sequences)) / (after.sequences - before.sequences);
}
