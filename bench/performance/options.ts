import { parseArgs } from 'node:util';
import { RecurveError } from 'recurve';
import { CELLS, type CellName, type Shape } from './cases.ts';

export interface Options {
  /** Prints one JSON object instead of tables, and writes no files. */
  json: boolean;
  /** Fewer rounds and sections: within two minutes. */
  quick: boolean;
  /** Words that start a Python with torch. */
  python: string | undefined;
  isa: string | undefined;
  /** Undefined: both where there is time. */
  numerics: 'exact' | 'fast' | undefined;
  tier: string | undefined;
  threads: number;
  cells: readonly CellName[];
  /** Undefined: those of each section. */
  shapes: readonly Shape[] | undefined;
  /** Rounds that each case beside PyTorch gets at least in a whole run. */
  least: number;
  /** Sections by name; undefined: all that the run has time for. */
  sections: readonly string[] | undefined;
}

export const USAGE = `npm run bench -- [options]: Recurve beside its peers, by turns, in one run

  --python CMD            compare with PyTorch; CMD runs a Python with torch, e.g. "chroot /srv/torch python3"
                          (bench/setup-pytorch.sh sets one up)
  --python-isa avx2       also time a PyTorch kept from instructions wider than WebAssembly can use
  --numerics exact|fast   default: both where there is time, else exact
  --tier NAME             engine tier; default: the fastest this machine runs
  --threads N             of both sides; default 1
  --cells LSTM,GRU,RNN    default: all
  --shapes T,B,D,H;…      default: the six of the comparison, e.g. "64,32,128,128;128,32,512,512"
  --sections A,B          parts of the run; default: all, with --quick those marked *
  --rounds N              that each case beside PyTorch gets at least, however long it takes; default 7
  --quick                 fewer rounds, at most two minutes
  --json                  one JSON object on standard output and no files written
`;

/** @throws RecurveError `usage` for an unknown option or a value that makes no sense */
export function readOptions(words: readonly string[], sections: readonly string[], isas: readonly string[]): Options {
  const { values } = parsed(words);
  const { python, tier, threads = '1', rounds = '7' } = values;
  return {
    json: values.json ?? false,
    quick: values.quick ?? false,
    python,
    isa: values['python-isa'] === undefined ? undefined : oneOf('--python-isa', isas, values['python-isa']),
    numerics:
      values.numerics === undefined ? undefined : oneOf('--numerics', ['exact', 'fast'] as const, values.numerics),
    tier,
    threads: whole('--threads', threads),
    cells: list(values.cells)?.map((one) => oneOf('--cells', CELLS, one.toUpperCase())) ?? CELLS,
    shapes: values.shapes?.split(/[;\s]+/).map(shapeOf),
    least: whole('--rounds', rounds),
    sections: list(values.sections)?.map((one) => oneOf('--sections', sections, one)),
  };
}

function parsed(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...words],
      options: {
        json: flag,
        quick: flag,
        python: text,
        'python-isa': text,
        numerics: text,
        tier: text,
        threads: text,
        cells: text,
        shapes: text,
        rounds: text,
        sections: text,
      },
    });
  } catch (error) {
    // Node's sentence names the option; ours the next move.
    throw new RecurveError('usage', `bench: ${(error as Error).message.split('\n')[0]}; see npm run bench -- --help`);
  }
}

const list = (text: string | undefined): string[] | undefined => text?.split(',').map((one) => one.trim());

function oneOf<T extends string>(option: string, known: readonly T[], given: string): T {
  const found = known.find((one) => one === given);
  if (found !== undefined) return found;
  throw new RecurveError(
    'usage',
    `${option}: expected one of ${known.join(', ')}, got "${given}"; see npm run bench -- --help`,
  );
}

function whole(option: string, text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new RecurveError('usage', `${option}: expected a whole number of at least 1, got "${text}"; correct it`);
}

function shapeOf(text: string): Shape {
  const numbers = text.split(',');
  if (numbers.length !== 4) {
    throw new RecurveError(
      'usage',
      `--shapes: expected T,B,D,H, got "${text}"; e.g. --shapes "64,32,128,128;128,32,512,512"`,
    );
  }
  const [T, B, D, H] = numbers.map((one) => whole('--shapes', one.trim()));
  return { T, B, D, H };
}
