import { parseKey, parseMetre, TICKS } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import type { ComposeBeginning } from '../../tasks/index.ts';
import type { OpenedModel } from '../models.ts';
import { given } from '../options.ts';
import { type LineValues, streamLines } from '../stream-lines.ts';
import { loadModel } from './model.ts';
import { stepIn } from './steps.ts';

interface Values extends LineValues {
  key?: string;
  metre?: string;
  title?: string;
  pickup?: number;
}

/** Possibilities told of each step. */
const NEXT = 8;
/** The line that ends a piece. */
const END = 'end';

/** `recurve stream`: a step of music per line, answered with what it cost and what may come next. */
export async function stream(opened: OpenedModel, _: readonly string[], values: Values): Promise<void> {
  using model = await loadModel(opened);
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

/** Does something with a line, whose place a refusal names. */
function named<T>(source: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof RecurveError) || cause.code !== 'data') throw cause;
    throw new RecurveError('data', cause.message.replace(/^stream/, source), { cause });
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
