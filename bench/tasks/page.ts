import { writeFileSync } from 'node:fs';

type Figures = Readonly<Record<string, number>>;

/** What a bench of a task records. Of other keys, such as settings, the page takes no notice. */
export interface TaskRecord {
  /** What was learned and what was measured, in a line. */
  title: string;
  seed?: number | undefined;
  /** In the place of `seed`, where the figures are a median. */
  seeds?: string;
  /** Wall time of everything, scoring included. */
  seconds: number;
  /** What was reached, by measure. */
  figures: Figures;
  /** What was to be reached. */
  target?: Figures;
  /** The same measures of simpler models on the same data. */
  baselines?: Readonly<Record<string, Figures>>;
  /** The same measures as others published them. */
  published?: Readonly<Record<string, Figures>>;
  /** The same measures taken otherwise, by how. */
  also?: Readonly<Record<string, Figures>>;
}

interface Results {
  machine: { cpu: string; cores: number; node: string };
  tasks: Readonly<Record<string, TaskRecord>>;
}

/** Measures whose key is no word. */
const MEASURES: Readonly<Record<string, string>> = {
  nats: 'nats per character',
  bits: 'bits per character',
  nll: 'nats per step over 88 keys',
  brier: 'Brier score',
  logLoss: 'log loss',
  f1: 'F1',
  auc: 'AUC',
};

/** Makes docs/results.md of bench/results/tasks.json. */
export function writePage({ machine, tasks }: Results): void {
  const sections = Object.entries(tasks)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, record]) => section(name, record));
  const page = `# Results

What the tasks reach on real data. This page is made of [\`bench/results/tasks.json\`](../bench/results/tasks.json), which also holds settings and curves, by \`npm run bench -- tasks NAME\`; NAME is the heading.
The data come from \`recurve datasets\`. The last of these ran on ${machine.cores} cores of ${machine.cpu}, Node ${machine.node.replace(/^v/, '')}.

${sections.join('\n')}`;
  writeFileSync(new URL('../../docs/results.md', import.meta.url), page);
}

function section(name: string, record: TaskRecord): string {
  const { title, seed, seeds, seconds, figures, target, baselines = {}, published = {}, also = {} } = record;
  const measures = Object.keys(figures);
  const row = (who: string, own: Figures, mark = ''): string[] => [
    `${mark}${who}${mark}`,
    ...measures.map((key) => (key in own ? `${mark}${figureOf(own[key])}${mark}` : '')),
  ];
  const rows = [
    row('Recurve', figures, '**'),
    ...(target ? [row('to reach', target)] : []),
    ...Object.entries({ ...also, ...baselines }).map(([who, own]) => row(who, own)),
    ...Object.entries(published).map(([who, own]) => row(`${who}, published`, own)),
  ];
  const head = ['', ...measures.map((key) => MEASURES[key] ?? key)];
  const line = ['---', ...measures.map(() => '---:')];
  const table = [head, line, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const drawn = seeds === undefined ? `Seed ${seed}` : `Seeds ${seeds}`;
  return `## ${name}\n\n${title}. ${drawn}, ${Math.round(seconds).toLocaleString('en')} s.\n\n${table}\n`;
}

function figureOf(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(4).replace(/0{1,2}$/, '');
}
