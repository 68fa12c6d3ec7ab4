import {
  barsOf,
  barTicks,
  keyName,
  type MelodyEvent,
  metreName,
  parseKey,
  parseMetre,
  TICKS,
} from '../../../data/music/index.ts';
import { expectKey } from '../../../data/music/pitch.ts';
import { logSoftmax } from '../../../decode/index.ts';
import { RecurveError } from '../../../errors.ts';
import type { Json } from '../../../model/index.ts';
import { anyObject, number, object, string } from '../../../model/validate.ts';
import type { Network } from '../../../nn/index.ts';
import { likeliest } from '../likely.ts';
import type { ComposeBeginning, ComposeStep, Cost, Listener } from '../listener.ts';
import { createReader, type Reader } from '../reader.ts';
import { type Heard, type MelodyCodec, melodyCodec, tokenSets } from './codec.ts';
import type { MelodyArchitecture } from './melody.ts';
import { Tune } from './tune.ts';

const checkState = object({
  reader: anyObject,
  title: string(),
  key: string({ min: 1 }),
  metre: string({ min: 1 }),
  pickup: number({ integer: true, min: 0 }),
  left: number({ integer: true, min: 1 }),
});

/** Ticks of a note that nobody holds. */
const LONGEST = 256 * TICKS;

type Head = Omit<Heard, 'events' | 'metreChanges'>;

/** Hears a melody note by note; bar lines are counted out by themselves. */
export function listenToMelody(
  network: Network,
  a: MelodyArchitecture,
  beginning: ComposeBeginning,
  saved?: Json,
): Listener {
  const codec = melodyCodec(a.codec);
  const from = saved === undefined ? undefined : checkState(saved, 'stream: state');
  const reader = createReader(network, [codec.start], from?.reader);
  const { sounds } = tokenSets(codec);
  const things = Array.from({ length: codec.size }, (_, id) => id)
    .filter((id) => sounds[id] || id === codec.end)
    .map((id) => {
      const token = codec.token(id);
      return token.sort === 'pitch' ? { id, pitch: token.pitch } : { id, name: token.sort };
    });

  let cost: Cost = { nats: 0, scored: 0 };
  const say = (id: number): number => {
    cost.nats -= logSoftmax(reader.logits)[id];
    cost.scored++;
    reader.step([id]);
    return id;
  };
  const head: Head = from
    ? { title: from.title, key: parseKey(from.key), metre: parseMetre(from.metre), pickup: from.pickup }
    : readHead(reader, codec, beginning);
  if (from) expectSame(head, beginning);
  const begin = (): Tune => new Tune(codec, barsOf(head.metre), head.pickup, say);
  let tune = begin();
  if (from) tune.left = from.left;

  return {
    hear(step) {
      const { pitch, duration } = eventIn(step);
      cost = { nats: 0, scored: 0 };
      tune.add({ pitch, duration });
      return cost;
    },
    next: () => likeliest(reader.logits, things),
    end() {
      cost = { nats: 0, scored: 0 };
      const ended = cost;
      say(codec.end);
      reader.reset();
      readHead(reader, codec, head);
      tune = begin();
      return ended;
    },
    state: () => ({
      reader: reader.state(),
      title: head.title,
      key: keyName(head.key),
      metre: metreName(head.metre),
      pickup: head.pickup,
      left: tune.left,
    }),
    [Symbol.dispose]: () => reader[Symbol.dispose](),
  };
}

/** Reads title, key and metre; without them in C and in common time, as scores are heard, or in what training had instead. */
function readHead(reader: Reader, codec: MelodyCodec, { title = '', key, metre, pickup = 0 }: ComposeBeginning): Head {
  const { modes, metres } = codec.document;
  const head: Head = {
    title,
    key: key ?? parseKey(`C ${modes.includes('major') ? 'major' : modes[0]}`),
    metre: metre ?? parseMetre(metres.includes('4/4') ? '4/4' : metres[0]),
    pickup,
  };
  const bar = barTicks(head.metre);
  if (!(Number.isSafeInteger(pickup) && pickup >= 0 && pickup < bar)) {
    throw new RecurveError(
      'usage',
      `stream: expected a pickup from 0 to below a bar of ${metreName(head.metre)}, ${bar / TICKS} quarters, got ${pickup / TICKS}; it is what stands before the first full bar`,
    );
  }
  for (const id of [...codec.title(title), codec.key(head.key), codec.metre(head.metre)]) reader.step([id]);
  return head;
}

/** A stream that goes on keeps its beginning. */
function expectSame(head: Head, { title, key, metre, pickup }: ComposeBeginning): void {
  const pairs: [string, string | number, string | number | undefined][] = [
    ['title', head.title, title],
    ['key', keyName(head.key), key && keyName(key)],
    ['metre', metreName(head.metre), metre && metreName(metre)],
    ['pickup', head.pickup, pickup],
  ];
  const other = pairs.find(([, kept, given]) => given !== undefined && given !== kept);
  if (!other) return;
  const [name, kept, given] = other;
  throw new RecurveError(
    'usage',
    `stream: expected the ${name} of the saved stream, ${kept}, got ${given}; leave it out, or begin a new state`,
  );
}

function eventIn(step: ComposeStep): MelodyEvent {
  if (!('pitch' in step)) {
    throw new RecurveError(
      'data',
      'stream: expected a note with its duration, got a list of notes; give { pitch, duration }, 48 ticks a quarter',
    );
  }
  const { pitch, duration } = step;
  if (!(Number.isSafeInteger(duration) && duration >= 1 && duration <= LONGEST)) {
    throw new RecurveError(
      'data',
      `stream: expected a duration from 1 to ${LONGEST} ticks, a whole number, got ${duration}; ${TICKS} ticks are a quarter`,
    );
  }
  return { pitch: pitch === null ? null : expectKey(pitch, 'stream'), duration };
}
