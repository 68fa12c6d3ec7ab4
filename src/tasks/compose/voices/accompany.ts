import { expectKey } from '../../../data/music/pitch.ts';
import { createSampler, type SampleOptions } from '../../../decode/index.ts';
import { RecurveError } from '../../../errors.ts';
import { type Json, plainJson } from '../../../model/index.ts';
import { array, number, object, record } from '../../../model/validate.ts';
import type { Carry, Network } from '../../../nn/index.ts';
import { drawLower } from './harmony.ts';
import type { VoicesArchitecture, VoicesNetwork } from './network.ts';
import { classesOf, classOf, pitchOf } from './range.ts';
import { quiet } from './soprano.ts';

/** How freely the lower voices are drawn. */
export type AccompanyOptions = Pick<SampleOptions, 'temperature' | 'topK' | 'topP' | 'minP' | 'seed'>;

/** Finds the lower voices to a soprano while it is played. */
export interface Accompaniment {
  /**
   * Takes the soprano's next step, a MIDI number or −1 for silence, and gives soprano, alto, tenor and bass of it.
   *
   * @throws RecurveError `data` for a note that is not among the 88 keys
   */
  push(soprano: number): number[];
  /** Ends the piece, and begins another; gives its number of steps. */
  end(): number;
  /** Plain JSON to go on from, to the same notes. */
  state(): Json;
}

/** Steps of the soprano that are read for each new one, its own included: 16 bars of sixteenths. */
const READ = 256;

const whole = number({ integer: true, min: 0 });
const checkState = object({
  steps: whole,
  soprano: array(whole),
  before: array(whole),
  decoder: array(record(array(number()))),
  sampler: object({ key: array(number()), position: whole }),
});

function fits({ steps, soprano, before }: { steps: number; soprano: number[]; before: number[] }, K: number): boolean {
  const sized = soprano.length === Math.min(steps, READ) && before.length === 3;
  // Before the first step stands the class behind all others.
  return sized && soprano.every((id) => id < K) && before.every((id) => id <= K);
}

/**
 * The network was trained to know the soprano whole. Here it reads what has been played so far, as if the piece ended there: nothing
 * waits for a later note, and what has been answered stays. Each step reads up to 256 steps anew, since the soprano is read backwards too.
 */
export function accompany(
  network: Network,
  a: VoicesArchitecture,
  options: AccompanyOptions,
  saved?: Json,
): Accompaniment {
  const root = network.root as VoicesNetwork;
  const { tape } = network;
  const { decoder } = root.children as Record<'decoder', Parameters<Carry['get']>[0]>;
  const from = saved === undefined ? undefined : checkState(saved, 'accompany: state');
  if (from && !(fits(from, classesOf(a)) && from.decoder.length === (from.steps > 0 ? a.layers : 0))) {
    throw new RecurveError(
      'model',
      'accompany: state: expected notes of this model, got others; use the model it was made with, or another state',
    );
  }
  const sampler = createSampler(options, from && { ...from.sampler, key: from.sampler.key as [number, number] });
  const anything = new Uint8Array(classesOf(a)).fill(1);
  const nothing = (): number[] => [1, 2, 3].map(() => classesOf(a));

  let pass = quiet();
  let steps = from?.steps ?? 0;
  let soprano = from?.soprano.slice() ?? [];
  let before = from?.before ?? nothing();
  if (from && from.decoder.length > 0) pass.carry?.set(decoder, from.decoder);

  return {
    push(pitch) {
      if (pitch !== -1) expectKey(pitch, 'accompany');
      const heard = [...soprano, classOf(pitch, a)].slice(-READ);
      const T = heard.length;
      const first = steps + 1 - T;
      const code = tape.evaluate(() => {
        const all = root.encode(tape, heard, { B: 1, T, first }, quiet(false)).values();
        return all.slice(all.length - all.length / T);
      });
      before = drawLower(network, { code, before, soprano: heard[T - 1] }, pass, (logits) =>
        sampler.pick(logits, anything),
      );
      soprano = heard;
      steps++;
      return [pitch, ...before.map((id) => pitchOf(id, a))];
    },
    end() {
      const count = steps;
      pass = quiet();
      steps = 0;
      soprano = [];
      before = nothing();
      return count;
    },
    state: () =>
      plainJson({
        steps,
        soprano,
        before,
        decoder: (pass.carry?.get(decoder) ?? []).map((state) =>
          Object.fromEntries(Object.entries(state).map(([name, values]) => [name, Array.from(values)])),
        ),
        sampler: sampler.state,
      }),
  };
}
