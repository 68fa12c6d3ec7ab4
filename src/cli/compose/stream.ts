import { noteName, parseKey, parseMetre, TICKS } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { type ComposeBeginning, type ComposeModel, loadCompose } from '../../tasks/index.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { firstGiven, given } from '../options.ts';
import { type LineValues, streamLines } from '../stream-lines.ts';
import { unknownNote } from './results.ts';
import { sopranoIn, stepIn } from './steps.ts';

interface Values extends LineValues {
  key?: string;
  metre?: string;
  title?: string;
  pickup?: number;
  accompany?: boolean;
  temperature?: number;
  seed?: number;
}

/** Possibilities told of each step. */
const NEXT = 8;
/** The line that ends a piece. */
const END = 'end';

/** `recurve stream`: a step of music per line, answered with what it cost and what may come next. */
export async function stream(opened: OpenedModel, _: readonly string[], values: Values): Promise<void> {
  using model = await loadModel(opened, loadCompose);
  if (values.accompany) return await accompany(opened, model, values);
  const alone = firstGiven(values, ['--temperature', '--seed']);
  if (alone !== undefined)
    throw new RecurveError('usage', `stream: expected ${alone} with --accompany only, got it alone; leave it out`);
  const unknown = model.unknownIn(values.title ?? '');
  if (unknown.length > 0) process.stderr.write(`${unknownNote(unknown)}\n`);
  await streamLines(opened, values, (saved) => {
    const heard = model.stream(saved, beginningOf(values));
    const next = () => heard.next().slice(0, NEXT);
    return {
      answer(line, count) {
        const text = line.trim();
        if (text === '') return undefined;
        const source = `standard input, line ${count}`;
        if (text === END) return { end: true, ...named(source, () => heard.end()), next: next() };
        const step = stepIn(model.kind, text, source);
        return { nats: named(source, () => heard.push(step)).nats, next: next() };
      },
      state: () => heard.state(),
      [Symbol.dispose]: () => heard[Symbol.dispose](),
    };
  });
}

/** `recurve stream --accompany`: a note of the soprano per line, answered with the notes of all voices. */
async function accompany(opened: OpenedModel, model: ComposeModel, values: Values): Promise<void> {
  const [told] = Object.keys(beginningOf(values));
  if (told !== undefined)
    throw new RecurveError('usage', `stream: expected no --${told} with --accompany, got it; leave it out`);
  const { temperature, seed } = values;
  await streamLines(opened, values, (saved) => {
    const players = model.accompany(given({ temperature, seed }), saved);
    return {
      answer(line, count) {
        const text = line.trim();
        if (text === '') return undefined;
        const source = `standard input, line ${count}`;
        if (text === END) return { end: true, steps: players.end() };
        const pitches = named(source, () => players.push(sopranoIn(text, source)));
        return { pitches, names: pitches.map((pitch) => (pitch < 0 ? 'rest' : noteName(pitch))) };
      },
      state: () => players.state(),
      [Symbol.dispose]: () => {},
    };
  });
}

/** Does something with a line, whose place a refusal names. */
function named<T>(source: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof RecurveError) || cause.code !== 'data') throw cause;
    throw new RecurveError('data', cause.message.replace(/^(stream|accompany)/, source), { cause });
  }
}

function beginningOf({ key, metre, title, pickup }: Values): ComposeBeginning {
  return given({
    title,
    key: key === undefined ? undefined : parseKey(key),
    metre: metre === undefined ? undefined : parseMetre(metre),
    pickup: pickup === undefined ? undefined : Math.round(pickup * TICKS),
  });
}
