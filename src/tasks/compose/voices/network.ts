import { concat, dropout, type Tensor } from '../../../autograd/index.ts';
import { embedding, type Layer, linear, type Pass } from '../../../nn/index.ts';
import type { ComposeSettings } from '../options.ts';
import { stackOf } from '../stack.ts';
import { classesOf, type NoteRange } from './range.ts';

export interface VoicesArchitecture
  extends NoteRange,
    Pick<ComposeSettings, 'cell' | 'hidden' | 'layers' | 'dropout' | 'weightDrop' | 'embedding'> {
  /** Steps of a beat: each place in it is told to the network. */
  beat: number;
}

/** Soprano, alto, tenor, bass, as in scores. */
export const VOICES = 4;
/** The order in which the voices of a step are found: the outer ones first. */
export const ORDER = [0, 3, 1, 2] as const;
/** A network of four voices: p(soprano) · p(bass, alto, tenor | soprano). */
export interface VoicesNetwork extends Layer {
  /** Logits of the soprano after the notes `before` [B, T]; `first` is the number of their first step. */
  soprano(tape: Tensor['tape'], before: ArrayLike<number>, at: Grid, pass: Pass): Tensor;
  /** What a whole soprano [B, T] says at each step, read both ways: [B, T, H]. */
  encode(tape: Tensor['tape'], soprano: ArrayLike<number>, at: Grid, pass: Pass): Tensor;
  /** State of the harmony [B, T, H] from the code and the three lower voices of the step before [B, T, 3], in score order. */
  decode(code: Tensor, before: ArrayLike<number>, pass: Pass): Tensor;
  /** Logits of the n-th voice of `ORDER` (1 to 3) given those before it in the same step, each [B, T]. */
  voice(n: number, state: Tensor, known: readonly ArrayLike<number>[]): Tensor;
}

/** Rows, steps and the number of the first step. */
export interface Grid {
  B: number;
  T: number;
  first: number;
}

/** x[B, T, 4], classes of the voices, to logits [B, T, 4·K] of each voice in `ORDER` given the steps before and the voices found before it. */
export function voicesNetwork(a: VoicesArchitecture): VoicesNetwork {
  const { hidden, embedding: width, beat, dropout: p } = a;
  const K = classesOf(a);
  const notes = embedding({ vocabulary: K + 1, output: width });
  const melody = stackOf({ ...a, input: width + beat });
  const encoder = stackOf({ ...a, input: width + beat, bidirectional: true });
  const decoder = stackOf({ ...a, input: 2 * hidden + 3 * width });
  const heads = ORDER.map((_, n) => linear({ input: hidden + n * width, output: K }));
  const drop = (t: Tensor, pass: Pass): Tensor => (pass.training && p > 0 ? dropout(t, p, pass.dropoutKey()) : t);
  const look = (ids: ArrayLike<number>, { B, T }: Pick<Grid, 'B' | 'T'>): Tensor =>
    notes.look({ values: ids, shape: [B, T] });
  const placed = (tape: Tensor['tape'], ids: ArrayLike<number>, at: Grid): Tensor =>
    concat([look(ids, at), tape.constant(beats(at, beat), [at.B, at.T, beat])]);

  const network: VoicesNetwork = {
    config: { kind: 'voices', ...a },
    parameters: {},
    children: {
      notes,
      melody,
      encoder,
      decoder,
      ...Object.fromEntries(heads.map((head, n) => [`head${n}`, head])),
    },
    soprano: (tape, before, at, pass) =>
      heads[0].forward(drop(melody.forward(placed(tape, before, at), pass), pass), pass),
    encode: (tape, soprano, at, pass) => drop(encoder.forward(placed(tape, soprano, at), pass), pass),
    decode(code, before, pass) {
      const [B, T] = code.shape;
      const parts = [0, 1, 2].map((v) => look(strided(before, 3, v), { B, T }));
      return drop(decoder.forward(concat([code, ...parts.map((part) => drop(part, pass))]), pass), pass);
    },
    voice(n, state, known) {
      const [B, T] = state.shape;
      return heads[n].forward(concat([state, ...known.map((ids) => look(ids, { B, T }))]), {
        training: false,
        dropoutKey: never,
      });
    },
    forward(x, pass) {
      const { tape } = x;
      const [B, T] = x.shape;
      const at = { B, T, first: 0 };
      const ids = x.values();
      const voice = Array.from({ length: VOICES }, (_, v) => strided(ids, VOICES, v));
      const before = (v: number) => delayed(voice[v], at, K);
      const lower = new Float32Array(B * T * 3);
      [1, 2, 3].forEach((v, i) => {
        before(v).forEach((id, at) => {
          lower[at * 3 + i] = id;
        });
      });
      const state = network.decode(network.encode(tape, voice[0], at, pass), lower, pass);
      const known = ORDER.map((v) => voice[v]);
      return concat([
        network.soprano(tape, before(0), at, pass),
        ...[1, 2, 3].map((n) => network.voice(n, state, known.slice(0, n))),
      ]);
    },
  };
  return network;
}

/** Linear layers draw nothing. */
const never: Pass['dropoutKey'] = () => {
  throw new Error('a linear layer asked for a dropout key');
};

function strided(ids: ArrayLike<number>, step: number, from: number): Float32Array {
  return Float32Array.from({ length: ids.length / step }, (_, i) => ids[i * step + from]);
}

/** Each row one step later, with `begin` first. */
function delayed(ids: Float32Array, { B, T }: Grid, begin: number): Float32Array {
  const late = new Float32Array(B * T);
  for (let b = 0; b < B; b++) {
    late[b * T] = begin;
    late.set(ids.subarray(b * T, b * T + T - 1), b * T + 1);
  }
  return late;
}

/** One-hot place of each step in its beat, [B, T, beat]. */
function beats({ B, T, first }: Grid, beat: number): Float32Array {
  const places = new Float32Array(B * T * beat);
  for (let b = 0; b < B; b++) for (let t = 0; t < T; t++) places[(b * T + t) * beat + ((first + t) % beat)] = 1;
  return places;
}
