import { decimalsFor, formatFixed } from '../format.ts';
import { barChart } from './charts/bar.ts';
import { figure, type Section, type TableColumn, table } from './page.ts';

/** A figure by which models are compared. */
export interface Measure {
  /** Its key in the scores. */
  key: string;
  /** `RMSE (°C)` */
  name: string;
  /** Default `lower`. */
  better?: 'lower' | 'higher';
}

/** The model or one of its baselines. */
export interface Contestant {
  name: string;
  scores: Readonly<Record<string, number | undefined>>;
  /** What it does, in a few words. */
  method?: string;
  /** The model of the report, set off from its baselines. */
  model?: boolean;
}

/** The model and its baselines, ranked by the first measure. */
export interface ScoreInput {
  /** The first one that any contestant has ranks them. */
  measures: readonly Measure[];
  contestants: readonly Contestant[];
  /** What the table shows: `Errors one step ahead on the test span`. */
  caption: string;
  /** Heads of the columns of names and of methods: `Forecaster`, `How it forecasts`. Default `Model`, `How it works`. */
  heads?: readonly [name: string, method: string];
}

/** The model among its baselines, ranked: a chart of the first measure and a table of all. Without scores it is empty. */
export function scoreSection(input: ScoreInput): Section {
  const section = { id: 'baselines', heading: 'Beside the baselines', short: 'Baselines' };
  const { contestants, caption, heads = ['Model', 'How it works'] } = input;
  const measures = input.measures.filter(({ key }) => contestants.some(({ scores }) => scores[key] !== undefined));
  if (measures.length === 0) return { ...section, content: [] };
  const [first] = measures;
  const sign = ({ better }: Measure): number => (better === 'higher' ? -1 : 1);
  const order = ({ scores }: Contestant): number => sign(first) * (scores[first.key] ?? sign(first) * Infinity);
  const ranked = contestants.toSorted((a, b) => order(a) - order(b) || 0);
  const bold = measures.flatMap((measure, column): [number, number][] => {
    const values = ranked.map(({ scores }) => sign(measure) * (scores[measure.key] ?? Number.NaN));
    const best = Math.min(...values.filter(Number.isFinite));
    return values.flatMap((value, row): [number, number][] => (value === best ? [[row, column + 1]] : []));
  });
  const decimals = measures.map(({ key }) => decimalsFor(ranked.map(({ scores }) => scores[key] ?? Number.NaN)));
  const described = ranked.some(({ method }) => method);
  const columns: TableColumn[] = [
    { header: heads[0] },
    ...measures.map(({ name }): TableColumn => ({ header: name, align: 'right' })),
    ...(described ? [{ header: heads[1] }] : []),
  ];
  const errors = table({
    caption: `${caption}; the best of each column in bold`,
    columns,
    rows: ranked.map(({ name, scores, method = '' }) => [
      name,
      ...measures.map(({ key }, m) => {
        const value = scores[key];
        return value === undefined ? '–' : formatFixed(value, decimals[m]);
      }),
      ...(described ? [method] : []),
    ]),
    bold,
    highlight: ranked.findIndex(({ model }) => model),
  });
  const [shortName] = first.name.split(' (');
  const chart = figure({
    caption: `${shortName} on the test part, ${first.better ?? 'lower'} is better`,
    height: 60 + 34 * ranked.length,
    draw: ({ width }) =>
      barChart({
        title: `${shortName} of the model and its baselines`,
        ...{ width, height: 60 + 34 * ranked.length, horizontal: true, xLabel: first.name },
        bars: ranked.map(({ name, scores, model }) => ({
          label: name,
          value: scores[first.key] ?? Number.NaN,
          color: model ? 0 : 'faint',
        })),
      }),
  });
  const lead = 'A model earns its keep only where it beats simple rules on data it has never seen.';
  return { ...section, lead, content: ranked.length > 1 ? [chart, errors] : [errors] };
}
