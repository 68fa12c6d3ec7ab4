import {
  barTicks,
  inKey,
  type Key,
  type MelodyEvent,
  type Metre,
  noteName,
  type Score,
  scoreOfMelody,
} from '../../../data/music/index.ts';
import { createSampler } from '../../../decode/index.ts';
import { exp } from '../../../exact.ts';
import { createStepper, type Network } from '../../../nn/index.ts';
import type { Likely } from '../kind.ts';
import { aboutOf, type ComposeRequest, refuse, samplingOf } from '../request.ts';
import { type Heard, hear, type MelodyCodec, melodyCodec } from './codec.ts';
import type { MelodyArchitecture } from './melody.ts';

/** A melody that the model does not end by itself ends after so many bars. */
const LONGEST = 64;

/** Draws a melody token by token; a grammar allows at each place only what makes a tune, and what the request asks for. */
export function composeMelody(network: Network, a: MelodyArchitecture, request: ComposeRequest): Score {
  refuse('melody', request, ['soprano', 'notes']);
  const codec = melodyCodec(a.codec);
  using stepper = createStepper(network);
  const sampler = createSampler(samplingOf(request));
  let logits: ArrayLike<number> = stepper.step([codec.start]);
  const say = (id: number): number => {
    logits = stepper.step([id]);
    return id;
  };
  const draw = (allowed: Uint8Array): number => say(sampler.pick(logits, allowed));
  const forced = tokenSets(codec);

  const opening = request.opening && hear(request.opening, 'opening');
  for (const id of codec.title(request.title ?? opening?.title ?? '')) say(id);
  const key = keyIn(codec, say, draw, forced.keys, request.key ?? opening?.key);
  const metre = metreIn(codec, say, draw, forced.metres, request.metre ?? opening?.metre);

  const tune = new Tune(codec, metre, opening?.pickup ?? 0, say);
  for (const event of opening?.events ?? []) tune.add(event);
  const melodic = Uint8Array.from(forced.sounds, (allowed, id) => {
    const token = codec.token(id);
    return Number(allowed && !(request.keepKey && token.sort === 'pitch' && !inKey(key, token.pitch)));
  });
  const [start] = request.start ?? [];
  const most = request.bars ?? LONGEST;
  while (tune.bars < most) {
    const first = tune.events.length === 0;
    let id: number;
    if (first && start !== undefined) id = say(codec.pitch(start));
    else {
      const allowed = Uint8Array.from(melodic);
      // A tune ends with a bar, and not before its time; a bar of its own may end early only as the pickup.
      allowed[codec.end] = Number(request.bars === undefined && tune.bars > 0 && tune.atBar);
      allowed[codec.bar] = Number(!request.keepMetre && tune.bars === 0 && !tune.atBar && tune.mayPickUp);
      id = draw(allowed);
    }
    if (id === codec.end) break;
    if (id === codec.bar) {
      tune.endPickup();
      continue;
    }
    const token = codec.token(id);
    const pitch = token.sort === 'pitch' ? token.pitch : null;
    const durations = forced.durations.map((allowed, d) => {
      const duration = codec.token(d);
      if (!allowed || duration.sort !== 'duration') return 0;
      const fits =
        duration.duration <= (request.keepMetre ? tune.left : tune.left + (most - tune.bars - 1) * barTicks(metre));
      return Number(fits);
    });
    tune.place(pitch, draw(durations.includes(1) ? durations : forced.durations));
  }
  return scoreOfMelody(tune.events, { ...aboutOf({ ...request, key, metre }), pickup: tune.pickup });
}

/** What comes next after a tune: its notes, a rest, the end. */
export function nextInMelody(network: Network, a: MelodyArchitecture, heard: Heard): Likely[] {
  const codec = melodyCodec(a.codec);
  using stepper = createStepper(network);
  let logits = stepper.step([codec.start]);
  for (const id of codec.body(heard)) logits = stepper.step([id]);
  const { sounds } = tokenSets(codec);
  sounds[codec.end] = 1;
  const highest = Array.from(logits).reduce(
    (most, logit, id) => (sounds[id] ? Math.max(most, logit) : most),
    -Infinity,
  );
  const weights = Float64Array.from(logits, (logit, id) => (sounds[id] ? exp(logit - highest) : 0));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return Array.from(weights, (weight, id): Likely | undefined => {
    const token = codec.token(id);
    const probability = weight / total;
    if (!sounds[id]) return undefined;
    return token.sort === 'pitch'
      ? { name: noteName(token.pitch), pitch: token.pitch, probability }
      : { name: token.sort, probability };
  })
    .filter((one): one is Likely => one !== undefined)
    .sort((x, y) => y.probability - x.probability);
}

/** The events of a growing tune and its place in the bar; bar lines are said by themselves where a bar is full. */
class Tune {
  readonly events: MelodyEvent[] = [];
  /** Full bars so far. */
  bars = 0;
  pickup: number;
  /** Ticks to the next bar line. */
  left: number;
  readonly #full: number;
  readonly #codec: MelodyCodec;
  readonly #say: (id: number) => number;

  constructor(codec: MelodyCodec, metre: Metre, pickup: number, say: (id: number) => number) {
    this.#codec = codec;
    this.#say = say;
    this.#full = barTicks(metre);
    this.pickup = pickup;
    this.left = pickup > 0 ? pickup : this.#full;
    // A pickup is no bar.
    if (pickup > 0) this.bars = -1;
  }

  get atBar(): boolean {
    return this.left === this.#full;
  }

  /** Whether what has been played so far may be a pickup. */
  get mayPickUp(): boolean {
    return this.pickup === 0 && this.left > 0;
  }

  add({ pitch, duration }: MelodyEvent): void {
    this.#say(pitch === null ? this.#codec.rest : this.#codec.pitch(pitch));
    this.place(pitch, this.#say(this.#codec.duration(duration)), duration);
  }

  /** Counts an event whose tokens have been said. */
  place(pitch: number | null, id: number, exact?: number): void {
    const token = this.#codec.token(id);
    const duration = exact ?? (token.sort === 'duration' ? token.duration : 0);
    this.events.push({ pitch, duration });
    this.left -= duration;
    while (this.left <= 0) {
      this.#say(this.#codec.bar);
      this.left += this.#full;
      this.bars++;
    }
  }

  endPickup(): void {
    this.pickup = this.#full - this.left;
    this.left = this.#full;
  }
}

/** Which tokens may stand where. */
function tokenSets(codec: MelodyCodec) {
  const set = (...sorts: string[]): Uint8Array =>
    Uint8Array.from({ length: codec.size }, (_, id) => Number(sorts.includes(codec.token(id).sort)));
  return { sounds: set('pitch', 'rest'), durations: set('duration'), keys: set('key'), metres: set('metre') };
}

function keyIn(
  codec: MelodyCodec,
  say: (id: number) => number,
  draw: (allowed: Uint8Array) => number,
  keys: Uint8Array,
  given: Key | undefined,
): Key {
  const token = codec.token(given ? say(codec.key(given)) : draw(keys));
  return token.sort === 'key' ? token.key : (given as Key);
}

function metreIn(
  codec: MelodyCodec,
  say: (id: number) => number,
  draw: (allowed: Uint8Array) => number,
  metres: Uint8Array,
  given: Metre | undefined,
): Metre {
  const token = codec.token(given ? say(codec.metre(given)) : draw(metres));
  return token.sort === 'metre' ? token.metre : (given as Metre);
}
