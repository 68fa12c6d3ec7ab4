import { barsOf, barTicks, inKey, type Key, type Metre, type Score, scoreOfMelody } from '../../../data/music/index.ts';
import { createSampler } from '../../../decode/index.ts';
import { createStepper, type Network } from '../../../nn/index.ts';
import { aboutOf, type ComposeRequest, expectOneStart, expectRoom, refuse, samplingOf } from '../request.ts';
import { hear, melodyCodec, tokenSets } from './codec.ts';
import type { MelodyArchitecture } from './melody.ts';
import { Tune } from './tune.ts';

/** A melody that the model does not end by itself ends after so many bars. */
const LONGEST = 64;

/** Draws a melody token by token; a grammar allows at each place only what makes a tune, and what the request asks for. */
export function composeMelody(network: Network, a: MelodyArchitecture, request: ComposeRequest): Score {
  refuse('melody', request, ['soprano', 'notes']);
  expectOneStart('melody', request);
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

  codec.expectKnown(request);
  const opening = request.opening && hear(request.opening, 'opening');
  for (const id of codec.title(request.title ?? opening?.title ?? '')) say(id);
  let key = request.key ?? opening?.key;
  if (key) say(codec.key(key));
  else ({ key } = codec.token(draw(forced.keys)) as { key: Key });
  let metre = request.metre ?? opening?.metre;
  if (metre) say(codec.metre(metre));
  else ({ metre } = codec.token(draw(forced.metres)) as { metre: Metre });

  const metreChanges = request.metre ? [] : (opening?.metreChanges ?? []);
  // What is composed is in the last metre of the opening.
  const full = barTicks(metreChanges.at(-1)?.metre ?? metre);

  const tune = new Tune(codec, barsOf(metre, metreChanges), opening?.pickup ?? 0, say);
  for (const event of opening?.events ?? []) tune.add(event);
  const melodic = Uint8Array.from(forced.sounds, (allowed, id) => {
    const token = codec.token(id);
    return Number(allowed && !(request.keepKey && token.sort === 'pitch' && !inKey(key, token.pitch)));
  });
  const [start] = request.start ?? [];
  const most = request.bars ?? LONGEST;
  expectRoom(opening && request.opening, barsOf(metre, metreChanges), most);
  // A duration leaves room that known durations fill to the last tick; where none does, after an opening, any that fits, else any.
  const fillable = sumsOf(codec.document.durations, (request.keepMetre ? 1 : most + 1) * full);
  const durationsFor = (room: number): Uint8Array => {
    const leaving = (enough: (rest: number) => boolean): Uint8Array =>
      forced.durations.map((allowed, id) => {
        const token = codec.token(id);
        return Number(allowed && token.sort === 'duration' && token.duration <= room && enough(room - token.duration));
      });
    const [filling, fitting] = [leaving((rest) => fillable[rest] === 1), leaving(() => true)];
    return [filling, fitting].find((set) => set.includes(1)) ?? forced.durations;
  };
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
    const room = request.keepMetre ? tune.left : tune.left + (most - tune.bars - 1) * full;
    tune.place(pitch, draw(durationsFor(room)));
  }
  return scoreOfMelody(tune.events, {
    ...aboutOf({ ...request, key, metre }),
    ...(metreChanges.length > 0 && { metreChanges }),
    pickup: tune.pickup,
  });
}

/** 1 for every number of ticks up to `most` that is a sum of durations. */
function sumsOf(durations: readonly number[], most: number): Uint8Array {
  const sums = new Uint8Array(most + 1);
  sums[0] = 1;
  for (let ticks = 1; ticks <= most; ticks++)
    sums[ticks] = Number(durations.some((duration) => duration <= ticks && sums[ticks - duration] === 1));
  return sums;
}
