import type { Tape, Tensor } from '../autograd/index.ts';
import { RecurveError } from '../errors.ts';
import type { Carry, Pass } from '../nn/index.ts';
import { expectList, expectOptions, expectWhole, kindOf, type OptionNames } from '../options.ts';
import type { Random } from '../random.ts';
import type { Objective } from './options.ts';

/**
 * Training on long streams by truncated back-propagation through time: BPTT(k2; k1) of Williams & Peng 1990. Documents stand one
 * after another in a corpus; B rows read them side by side, k1 new steps per update. States are carried from update to update,
 * gradients are not; where a document begins its row's state begins anew. Steps of a window are read with the weights of its own
 * update only, the carried state with those of the updates before: that is the usual approximation.
 */
export interface StreamOptions {
  /** Steps of each document, at least 1 and below 2^31 in all; they stand one after another in the corpus. {@link cutStream} cuts one long stream. */
  documents: ArrayLike<number>;
  /** Streams read side by side (B), at least 1 and at most the number of documents. */
  rows: number;
  /** New steps per update, at least 1: shorter updates more often, longer sees further. An epoch has at most 20,000,000 windows of a row. */
  k1: number;
  /**
   * Steps that gradients flow back, at least k1 (default). Beyond k1, each window is read again from the state k2 − k1 steps
   * earlier, so that the first new step learns from k2 − k1 steps too: (k1 + k2)/k1 times the forward work. The state that is
   * carried then comes from a pass without dropout.
   */
  k2?: number;
  /** Read each row's documents in a new order every epoch; default true. */
  shuffle?: boolean;
  /**
   * The mean loss of the window's new steps (give `window.weights` to the loss), as a one-element tensor on `tape`. `pass` carries
   * states and lengths: hand it to the network.
   */
  loss(window: StreamWindow, pass: Pass, tape: Tape): Tensor;
}

const OPTIONS: OptionNames<StreamOptions> = {
  documents: true,
  rows: 'number',
  k1: 'number',
  k2: 'number',
  shuffle: 'boolean',
  loss: 'function',
};

/** What is read for one update: a block of B rows and T steps, T ≤ k2. */
export interface StreamWindow {
  B: number;
  T: number;
  /** Place in the corpus of each step, −1 past the end of a row: [B, T]. */
  positions: Int32Array;
  /** Steps of each row, 0 for a row that has no document left: [B]. */
  lengths: Int32Array;
  /** 1 for new steps, 0 for steps that are read again and for padding: [B, T]. */
  weights: Float64Array;
  /** 1 for rows that begin a document with this block: [B]. */
  fresh: Uint8Array;
}

/** One row's part of an update: steps of a document, counted from its start. */
/** Positions in the corpus are 32-bit numbers. */
const MOST_STEPS = 2 ** 31 - 1;
/** An epoch's windows are laid out in advance, some sixty bytes each. */
const MOST_WINDOWS = 2e7;
/** Steps of all rows that are read at once. */
const MOST_IN_WINDOW = 1e8;
/** Rows that a stream is cut into. */
const MOST_ROWS = 1e6;

interface Span {
  document: number;
  /** First step read, first new step, and end. */
  from: number;
  begin: number;
  end: number;
}

/**
 * An objective for `fit`: long streams, read in windows with carried states.
 *
 * @example
 * const training = streams({
 *   documents: cutStream(text.length - 1, 16), rows: 16, k1: 32,
 *   loss({ B, T, positions, weights }, pass, tape) {
 *     const at = (offset: number) => Array.from(positions, (p) => text[Math.max(p, 0) + offset]);
 *     const logits = network.root.forward(tape.constant(at(0), [B, T]), pass);
 *     return crossEntropy(logits, { values: at(1), shape: [B, T] }, { weights });
 *   },
 * });
 */
export function streams(options: StreamOptions): Objective {
  expectOptions('streams', options, OPTIONS);
  if (typeof options.loss !== 'function') {
    throw new RecurveError(
      'usage',
      `streams: expected loss as a function, got ${kindOf(options.loss)}; give loss(window, pass, tape)`,
    );
  }
  return {
    examples: planStreams(options).windows,
    streams: options,
    loss() {
      throw new RecurveError(
        'usage',
        'streams: expected to be read in order by fit or evaluate, got a request for single examples; call streams.loss with a window',
      );
    },
  };
}

/** Lengths of `rows` pieces, as equal as can be, of one stream of `length` steps: documents for {@link streams}. */
export function cutStream(length: number, rows: number): number[] {
  if (!(Number.isSafeInteger(rows) && rows >= 1 && Number.isSafeInteger(length) && length >= rows)) {
    throw new RecurveError(
      'usage',
      `cutStream: expected at least one step for each of ${rows} rows, got ${length}; lower rows or give a longer stream`,
    );
  }
  expectWhole('cutStream', 'rows', rows, { most: MOST_ROWS, next: 'a few dozen read side by side will do' });
  return Array.from(
    { length: rows },
    (_, b) => Math.floor(((b + 1) * length) / rows) - Math.floor((b * length) / rows),
  );
}

/** The windows of every epoch: a function of the objective and the random stream alone. */
export interface StreamPlan {
  /** Updates per epoch, the same in all epochs. */
  windows: number;
  /** Which spans each row reads for each update of an epoch: [rows][windows], short rows end early. */
  epoch(random: Random | undefined): Span[][];
}

/** Deals the documents out to the rows, each to the row with the fewest windows so far. */
export function planStreams({ documents, rows, k1, k2 = k1 }: Omit<StreamOptions, 'loss'>): StreamPlan {
  check({ documents, rows, k1, k2 });
  const queues: number[][] = Array.from({ length: rows }, () => []);
  const load = new Array<number>(rows).fill(0);
  for (let d = 0; d < documents.length; d++) {
    const b = load.indexOf(Math.min(...load));
    queues[b].push(d);
    load[b] += Math.ceil(documents[d] / k1);
  }
  return {
    windows: Math.max(...load),
    epoch: (random) =>
      queues.map((queue, b) => {
        const order = random?.fork(String(b)).permutation(queue.length);
        return queue.flatMap((_, i) => {
          const document = queue[order ? order[i] : i];
          return Array.from({ length: Math.ceil(documents[document] / k1) }, (_, w): Span => {
            const begin = w * k1;
            const end = Math.min(begin + k1, documents[document]);
            return { document, from: Math.max(begin - (k2 - k1), 0), begin, end };
          });
        });
      }),
  };
}

/** Reads streams window by window with carried states. */
export interface StreamReader {
  readonly windows: number;
  /** States at the start of the next window; empty at the start of an epoch. */
  readonly carry: Carry;
  /** Reads window k of the epoch begun last, in a pass of the caller: `learn` runs once, on the whole window. */
  read<R>(k: number, pass: Pass, learn: (window: StreamWindow, pass: Pass) => R): R;
  /** Lays an epoch out; forgets all states. */
  begin(random: Random | undefined): void;
}

/** `advance` runs the network on a window without learning, for the states it leaves in its pass. */
export function streamReader(
  objective: Omit<StreamOptions, 'loss'>,
  advance: (window: StreamWindow, pass: Pick<Pass, 'carry' | 'lengths' | 'fresh'>) => void,
): StreamReader {
  const plan = planStreams(objective);
  const { rows: B, documents } = objective;
  const starts = startsOf(documents);
  const carry: Carry = new Map();
  let spans: Span[][] = [];

  /** The block of steps [from, end) of each row; new ones from `begin` on. */
  const block = (parts: readonly (Span | undefined)[]): StreamWindow => {
    const lengths = Int32Array.from(parts, (part) => (part ? part.end - part.from : 0));
    const T = Math.max(...lengths);
    const positions = new Int32Array(B * T).fill(-1);
    const weights = new Float64Array(B * T);
    parts.forEach((part, b) => {
      if (!part) return;
      for (let t = 0; t < lengths[b]; t++) {
        positions[b * T + t] = starts[part.document] + part.from + t;
        weights[b * T + t] = part.from + t >= part.begin ? 1 : 0;
      }
    });
    return { B, T, positions, lengths, weights, fresh: Uint8Array.from(parts, (part) => (part?.from === 0 ? 1 : 0)) };
  };

  return {
    windows: plan.windows,
    carry,
    begin(random) {
      carry.clear();
      spans = plan.epoch(random);
    },
    read(k, pass, learn) {
      const parts = spans.map((row): Span | undefined => row[k]);
      const window = block(parts);
      if (window.fresh.includes(1)) resetRows(carry, window.fresh);
      const known = (w: StreamWindow): Pick<Pass, 'lengths' | 'fresh'> => ({
        ...(w.lengths.some((length) => length < w.T) && { lengths: w.lengths }),
        ...(w.fresh.includes(1) && { fresh: w.fresh }),
      });
      // Rows go on from their last step, except where the next window reads steps of this one again.
      const ahead = spans.map((row): Span | undefined => {
        const [now, next] = [row[k], row[k + 1]];
        if (!now || next?.document !== now.document || next.begin !== now.end) return undefined;
        return next.from === now.end ? undefined : { ...now, end: next.from, begin: now.from };
      });
      if (!ahead.some(Boolean)) return learn(window, { ...pass, ...known(window), carry });
      const result = learn(window, { ...pass, ...known(window), carry: new Map(carry) });
      // The next window's first state: this one's, read on up to there. Rows that end here begin anew anyway.
      const way = block(ahead);
      if (way.T > 0) advance(way, { ...known(way), carry });
      return result;
    },
  };
}

/** The first states of rows that begin anew are zero; layers with a learned first state take it by `pass.fresh`. */
function resetRows(carry: Carry, fresh: Uint8Array): void {
  for (const [layer, states] of carry) {
    carry.set(
      layer,
      states.map((state) =>
        Object.fromEntries(
          Object.entries(state).map(([name, values]) => {
            const width = values.length / fresh.length;
            return [name, Float64Array.from(values, (v, i) => (fresh[Math.floor(i / width)] ? 0 : v))];
          }),
        ),
      ),
    );
  }
}

function startsOf(documents: ArrayLike<number>): Float64Array {
  const starts = new Float64Array(documents.length);
  for (let d = 1; d < documents.length; d++) starts[d] = starts[d - 1] + documents[d - 1];
  return starts;
}

function check({
  documents,
  rows,
  k1,
  k2,
}: {
  documents: ArrayLike<number>;
  rows: number;
  k1: number;
  k2: number;
}): void {
  expectList('streams', 'documents', documents, 'give their lengths in steps');
  let steps = 0;
  let windows = 0;
  let longest = 0;
  for (const [name, value] of Object.entries({ rows, k1, k2 })) expectWhole('streams', name, value);
  if (k2 < k1) {
    throw new RecurveError(
      'usage',
      `streams: expected k2 of at least k1 = ${k1}, got ${k2}; every new step's loss must flow back at least to the window's start`,
    );
  }
  if (documents.length < rows) {
    throw new RecurveError(
      'usage',
      `streams: expected at least ${rows} documents for ${rows} rows, got ${documents.length}; lower rows, or cut a long document with cutStream`,
    );
  }
  for (let d = 0; d < documents.length; d++) {
    if (!(Number.isSafeInteger(documents[d]) && documents[d] >= 1)) {
      throw new RecurveError(
        'data',
        `streams: expected documents of at least 1 step, got ${documents[d]} for document ${d}; leave empty documents out`,
      );
    }
    steps += documents[d];
    windows += Math.ceil(documents[d] / k1);
    longest = Math.max(longest, documents[d]);
  }
  const refuse = (expected: string, got: number, next: string): never => {
    throw new RecurveError('usage', `streams: expected ${expected}, got ${got}; ${next}`);
  };
  if (steps > MOST_STEPS)
    refuse(`documents of at most ${MOST_STEPS} steps in all`, steps, 'read parts of them in turn');
  if (windows > MOST_WINDOWS) refuse(`at most ${MOST_WINDOWS} windows of k1 = ${k1} steps in all`, windows, 'raise k1');
  const block = rows * Math.min(k2, longest);
  if (block > MOST_IN_WINDOW)
    refuse(
      `at most ${MOST_IN_WINDOW} steps in a window of ${rows} rows`,
      block,
      `lower rows or ${k2 > k1 ? 'k2' : 'k1'}`,
    );
}
