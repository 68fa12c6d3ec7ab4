import { type Address, NONE } from '../../engine/engine.ts';
import { type Call, keyOf, type Recording, type Region } from './recording.ts';

/** Calls of backward that may wait until all steps are there: what counts rows, and for each source what counts its columns. */
export const SUMS: Readonly<Record<string, { rows: number; sources: readonly (readonly [number, number])[] }>> = {
  gemmTn: {
    rows: 5,
    sources: [
      [1, 3],
      [2, 4],
    ],
  },
  reduce: { rows: 3, sources: [[1, 4]] },
  gemmNn: { rows: 3, sources: [[1, 5]] },
};

/** What differs from step to step, given what does so at first. */
export function varyingOf(record: Recording, calls: readonly Call[], first: readonly Region[]): ReadonlySet<Region> {
  const varying = new Set(first);
  for (let size = 0; size < varying.size; ) {
    size = varying.size;
    for (const call of calls) {
      if (keyOf(call) || record.touched(call).some((region) => varying.has(region))) {
        for (const region of record.written(call)) varying.add(region);
      }
    }
  }
  return varying;
}

/** Products of x with weights: rows of all steps fit into one. What else writes there is a bias for each row. */
export function productsOf(record: Recording, calls: readonly Call[], x: Address): ReadonlySet<Region> {
  const products = calls.filter(({ name, args }) => {
    const [c, a, w, M, N, K] = args as number[];
    return name === 'gemmNt' && a === x && record.whole(a, M * K) && record.whole(c, M * N) && !record.regionOf(w);
  });
  return new Set(products.flatMap((call) => record.written(call)));
}

/** Whether a call of backward adds to the gradient of x or of a weight, which nothing in the loop reads, from arrays that each step has of its own. */
export function waits(record: Recording, { name, args }: Call, dx: Address, own: (region: Region) => boolean): boolean {
  const form = SUMS[name];
  if (!form || (name === 'gemmNn' ? args[0] !== dx || record.regionOf(args[2]) : record.regionOf(args[0])))
    return false;
  if (name === 'reduce' && !(args[2] === 1 && args[5])) return false;
  return form.sources.every(([i, columns]) => {
    const region = record.whole(args[i], (args[form.rows] as number) * (args[columns] as number));
    return region && own(region);
  });
}

/** Functions whose slope comes from their value; that of the others comes from their argument. */
const BY_VALUE: readonly unknown[] = ['exp', 'tanh', 'sigmoid', 'sqrt'];

/** The arrays whose numbers matter to a call of backward; the others need not be kept. */
export function readBy(record: Recording, { name, args }: Call): Region[] {
  const [op, da, db] = args;
  const unread = (i: number): boolean => {
    if (name === 'unaryBackward') return i === (BY_VALUE.includes(op) ? 3 : 4);
    const other = { 4: db, 5: da }[i];
    return (
      name === 'binaryBackward' &&
      !!other &&
      (op === 'add' || op === 'subtract' || (op === 'multiply' && other === NONE))
    );
  };
  return record.touched({ name, args: args.filter((_, i) => !unread(i)) });
}

/** Backward without copies: where all that a's gradient comes from is c = a + b, it is that of c. */
export function merged(record: Recording, calls: readonly Call[], own: readonly Region[]): Call[] {
  const gone = new Set<Call>();
  for (const call of calls) {
    if (call.name !== 'binaryBackward' || call.args[0] !== 'add' || call.args[1] === call.args[2]) continue;
    for (const i of [1, 2]) {
      const [dc, , , n] = call.args.slice(3) as number[];
      const region = record.whole(call.args[i], n);
      if (!region || !own.includes(region) || !record.whole(dc, n)) continue;
      const writers = calls.filter((other) => changed(other).some((arg) => record.regionOf(arg) === region));
      if (writers.length !== 2 || writers[0].name !== 'fill') continue;
      gone.add(writers[0]);
      for (const other of calls) {
        other.args = other.args.map((arg) =>
          record.regionOf(arg) === region ? dc + (arg as number) - region.start : arg,
        );
      }
      call.args[i] = NONE;
      region.size = 0;
    }
    if (call.args[1] === NONE && call.args[2] === NONE) gone.add(call);
  }
  return calls.filter((call) => !gone.has(call));
}

/** What a call of backward writes or adds to. */
function changed({ name, args }: Call): unknown[] {
  if (typeof args[0] === 'string') return args.slice(1, 3);
  return args.slice(0, name === 'layerNormBackward' ? 3 : 1);
}
