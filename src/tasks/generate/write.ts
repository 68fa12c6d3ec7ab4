import type { TextCodec } from '../../data/text/index.ts';
import { beamSearch, createSampler, createStopper, logSoftmax, type SampleOptions } from '../../decode/index.ts';
import { SAMPLE_OPTIONS } from '../../decode/sample.ts';
import { RecurveError } from '../../errors.ts';
import { exp } from '../../exact.ts';
import { createStepper, type Network, type Stepper } from '../../nn/index.ts';
import { expectOptions, expectText, expectWhole, type OptionNames } from '../../options.ts';
import { visitor } from '../../train/event-loop.ts';

/** What to write. */
export interface WriteOptions extends SampleOptions {
  /** The text to go on from; not part of the answer. Default: the start of a line. */
  prompt?: string;
  /** Most tokens to write, at least 1; default 500. */
  length?: number;
  /** The text ends before the first of these. */
  stop?: readonly string[];
  /** Ends the writing. */
  signal?: AbortSignal;
}

const WRITE_OPTIONS: OptionNames<WriteOptions> = {
  ...SAMPLE_OPTIONS,
  prompt: true,
  length: 'number',
  stop: true,
  signal: true,
};

/** How the likeliest texts are searched for. All become `length` long, so that a penalty for length would change nothing. */
export interface BeamWriteOptions {
  prompt?: string;
  /** Tokens to write, at least 1; default 100. */
  length?: number;
  /** Texts kept side by side, 1 to 1,024; default 4. */
  width?: number;
}

const BEAM_OPTIONS: OptionNames<BeamWriteOptions> = { prompt: true, length: 'number', width: 'number' };

/** Widest beam: each text has its row of states, and all its continuations are looked at in every step. */
const WIDEST = 1024;

/** A token that may come next. */
export interface NextToken {
  text: string;
  probability: number;
}

/** Writes token by token: yields every piece of text as soon as it is certain. */
export async function* writeText(
  network: Network,
  codec: TextCodec,
  options: WriteOptions,
): AsyncGenerator<string, void, undefined> {
  expectOptions('generate', options, WRITE_OPTIONS);
  const { prompt = '', length = 500, stop = [], signal, ...sampling } = options;
  expectLength(length);
  expectRepeatable(codec, sampling);
  const sampler = createSampler(sampling);
  const stopper = createStopper(stop);
  const allowed = sayable(codec);
  const decoding = codec.decoder();
  using stepper = createStepper(network);
  const visit = visitor();
  let logits = await read(stepper, promptIds(codec, prompt), (id) => sampler.note(id));
  for (let n = 0; n < length && !signal?.aborted; n++) {
    const id = sampler.pick(logits, allowed);
    const { text, stopped } = stopper.feed(decoding.push(id));
    if (text !== '') yield text;
    if (stopped) return;
    if (n + 1 < length) logits = stepper.step([id]);
    await visit();
  }
  const { text, stopped } = stopper.feed(decoding.end());
  const rest = stopped ? text : text + stopper.rest();
  if (rest !== '') yield rest;
}

/** The likeliest texts that beam search finds, best first, each with its log probability in nats. */
export async function beamText(
  network: Network,
  codec: TextCodec,
  options: BeamWriteOptions,
): Promise<{ text: string; logProbability: number }[]> {
  expectOptions('generate', options, BEAM_OPTIONS);
  const { prompt = '', length = 100, width = 4 } = options;
  expectLength(length);
  expectWhole('generate', 'width', width, { most: WIDEST, next: 'try 4' });
  using stepper = createStepper(network, width);
  const K = codec.size;
  const rowsOf = (all: ArrayLike<number>, rows: number): ArrayLike<number>[] =>
    Array.from({ length: rows }, (_, b) => Array.prototype.slice.call(all, b * K, (b + 1) * K));
  // All rows read the same prompt.
  const first = await read(stepper, promptIds(codec, prompt));
  const allowed = sayable(codec);
  const found = beamSearch(
    {
      advance(parents, tokens) {
        const fill = (values: readonly number[], fallback: number) =>
          Array.from({ length: width }, (_, b) => values[b] ?? fallback);
        stepper.rearrange(fill(parents, parents[0]));
        return rowsOf(stepper.step(fill(tokens, tokens[0])), parents.length);
      },
    },
    { first: rowsOf(first, 1)[0], width, length, allowed: () => allowed },
  );
  return found.map(({ tokens, logProbability }) => ({ text: codec.decode(tokens), logProbability }));
}

/** The likeliest next tokens after a text, best first. */
export async function nextTokens(
  network: Network,
  codec: TextCodec,
  text: string,
  count: number,
): Promise<NextToken[]> {
  expectWhole('next', 'count', count);
  using stepper = createStepper(network);
  return likeliest(codec, await read(stepper, promptIds(codec, text, 'predict', 'a text')), count);
}

/** The `count` likeliest tokens of some logits. */
export function likeliest(codec: TextCodec, logits: ArrayLike<number>, count: number): NextToken[] {
  const scores = logSoftmax(logits);
  return Array.from(scores, (_, id) => id)
    .filter((id) => id !== codec.unknown)
    .sort((a, b) => scores[b] - scores[a] || a - b)
    .slice(0, count)
    .map((id) => ({ text: codec.decode([id]), probability: exp(scores[id]) }));
}

/** Reads tokens, in every row the same; gives the logits of what follows. */
async function read(stepper: Stepper, ids: Int32Array, each?: (id: number) => void): Promise<ArrayLike<number>> {
  const visit = visitor();
  const row = new Int32Array(stepper.B);
  let logits: ArrayLike<number> = [];
  for (const id of ids) {
    each?.(id);
    logits = stepper.step(row.fill(id));
    await visit();
  }
  return logits;
}

/** 1 for every token that has a spelling. */
export function sayable(codec: TextCodec): Uint8Array {
  const allowed = new Uint8Array(codec.size).fill(1);
  if (codec.unknown !== undefined) allowed[codec.unknown] = 0;
  return allowed;
}

/** The tokens of a prompt; of an empty one a line break, as if a line began. */
export function promptIds(codec: TextCodec, prompt: string, who = 'generate', what = 'a prompt'): Int32Array {
  expectText(who, what, prompt);
  const text = prompt === '' ? '\n' : prompt.replaceAll('\r\n', '\n');
  // A composed é and a decomposed one look alike: the text may have either.
  const spellings = [text, text.normalize('NFC'), text.normalize('NFD')].map((spelling) => spelled(codec, spelling));
  const ids = spellings.find((found) => !found.includes(codec.unknown ?? -1)) ?? spellings[0];
  const strange = ids.indexOf(codec.unknown ?? -1);
  if (strange < 0) return ids;
  // A text without line breaks has none to begin with.
  if (prompt === '') return Int32Array.of(strange === 0 && codec.size > 1 ? firstKnown(codec) : 0);
  const unit = codec.split(text)[strange];
  const code =
    codec.unit === 'characters' ? ` (U+${unit.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')})` : '';
  throw new RecurveError(
    'data',
    `${who}: expected ${what} of ${codec.unit} that the model knows, got ${JSON.stringify(unit)}${code} at place ${strange + 1}; write it otherwise, or train on text that has it`,
  );
}

function spelled(codec: TextCodec, text: string): Int32Array {
  const ids = codec.encode(text);
  // A word is known with the space before it; at the beginning of a prompt there is none.
  return codec.unit === 'words' && ids[0] === codec.unknown ? withKnownFirst(codec, text, ids) : ids;
}

/** A text whose letters must not come again is none: the penalty is for words and parts of words. */
function expectRepeatable(codec: TextCodec, { repetitionPenalty }: SampleOptions): void {
  if (repetitionPenalty === undefined || repetitionPenalty === 1 || codec.unit !== 'characters') return;
  throw new RecurveError(
    'usage',
    `generate: expected a repetition penalty with a model of words or subwords, got ${repetitionPenalty} with one of characters, which have to repeat; leave it out`,
  );
}

function withKnownFirst(codec: TextCodec, text: string, ids: Int32Array): Int32Array {
  const spaced = codec.encode(` ${text}`);
  return spaced.length === ids.length && spaced[0] !== codec.unknown ? spaced : ids;
}

function firstKnown(codec: TextCodec): number {
  return codec.unknown === 0 ? 1 : 0;
}

function expectLength(length: number): void {
  expectWhole('generate', 'length', length, { next: 'it counts tokens' });
}
