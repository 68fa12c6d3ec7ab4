import { writeFileSync } from 'node:fs';

type Figures = Readonly<Record<string, number>>;

/** What a bench of a task records; of other keys the page takes no notice. */
interface Recorded {
  /** What was learned and measured, in a line; default the name of the bench. */
  title?: string;
  /** The data set and how it was split, where there is no title. */
  data?: string;
  protocol?: string;
  seed?: number;
  seeds?: string;
  seconds?: number;
  wallSeconds?: number;
  figures?: Figures;
  /** Of a composer: nats per step, in the place of figures. */
  nll?: number;
  target?: Figures | number;
  baselines?: Readonly<Record<string, Figures>>;
  /** The same measures taken otherwise, by how. */
  also?: Readonly<Record<string, Figures>>;
}

interface Results {
  machine: { cpu: string; cores: number; node: string };
  tasks: Readonly<Record<string, Recorded>>;
}

/** Makes docs/results.md of bench/results/tasks.json. */
export function writePage({ machine, tasks }: Results): void {
  const rows = Object.entries(tasks)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([
        name,
        {
          title,
          data,
          protocol,
          seed,
          seeds,
          seconds,
          wallSeconds = 0,
          figures: many,
          nll,
          target: aim,
          baselines = {},
          also = {},
        },
      ]) => {
        const figures: Figures = many ?? (nll === undefined ? {} : { nll });
        const target = typeof aim === 'number' ? { nll: aim } : aim;
        const keys = Object.keys(target ?? figures).filter((key) => key in figures);
        const shown = (some: Figures): string =>
          keys.flatMap((key) => (key in some ? [figureOf(some[key])] : [])).join(' / ');
        const beside = Object.entries({ ...baselines, ...also }).map(([other, own]) => `${other} ${shown(own)}`);
        return [
          `\`${name}\``,
          title ?? ([data, protocol].filter(Boolean).join(', ') || name),
          keys.join(' / '),
          `**${shown(figures)}**`,
          target ? aimOf(keys.map((key) => figureOf(target[key]))) : '',
          beside.join('; '),
          String(seeds ?? seed ?? ''),
          `${Math.round(seconds ?? wallSeconds).toLocaleString('en')} s`,
        ];
      },
    );
  const head = ['bench', 'what', 'measure', 'reached', 'aim', 'beside it', 'seeds', 'wall time'];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const page = `# Results

What the tasks reach on real data. This page is made of [\`bench/results/tasks.json\`](../bench/results/tasks.json), which has every figure, by \`npm run bench -- tasks NAME\`;
data come from \`recurve datasets\`. The last of these ran on ${machine.cores} cores of ${machine.cpu}, Node ${machine.node.replace(/^v/, '')}.

${table}
`;
  writeFileSync(new URL('../../docs/results.md', import.meta.url), page);
}

/** One aim for all measures is told once. */
function aimOf(aims: readonly string[]): string {
  return new Set(aims).size === 1 ? aims[0] : aims.join(' / ');
}

function figureOf(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(4).replace(/0{1,2}$/, '');
}
