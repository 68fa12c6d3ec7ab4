import type { Tape, Tensor } from '../../autograd/index.ts';
import type { MusicPiece, Score } from '../../data/music/index.ts';
import type { Json } from '../../model/index.ts';
import type { Layer, Network, Pass } from '../../nn/index.ts';
import type { ComposeBeginning, ComposeStep, Listener } from './listener.ts';
import type { ComposeSettings } from './options.ts';
import type { ComposeRequest } from './request.ts';
import type { Accompaniment, AccompanyOptions } from './voices/accompany.ts';

/** A part of a piece that is read at once, some semitones higher. */
export interface Passage<P> {
  piece: P;
  /** Steps [from, to). */
  from: number;
  to: number;
  shift: number;
  /** 32 random bits of this reading; 0 outside training. */
  chance: number;
}

/** Something that may come next, and how likely it is. */
export interface Likely {
  /** A note's name, `rest`, `end` … */
  name: string;
  /** MIDI number of a note. */
  pitch?: number;
  probability: number;
}

/** A way to hear music as a sequence: `P` a piece as the network reads it, `A` what the network is built from (plain JSON). */
export interface Kind<P, A> {
  /** What a step is called, and what the score counts: `nats per step over 88 keys`. */
  readonly measure: string;
  /** @throws RecurveError `data` for music this kind cannot hear */
  prepare(piece: MusicPiece, settings: ComposeSettings): P;
  architecture(train: readonly P[], settings: ComposeSettings): A;
  layer(architecture: A): Layer;
  /** Steps of a piece. */
  length(piece: P): number;
  /** What of a passage counts in means: the number of its scored steps. */
  weight(passage: Passage<P>): number;
  /** The mean over the scored steps of their negative log likelihood in nats, as a one-element tensor. */
  loss(root: Layer, architecture: A, passages: readonly Passage<P>[], pass: Pass, tape: Tape): Tensor;
  /** A new piece. @throws RecurveError `usage` for a request this kind does not understand */
  compose(network: Network, architecture: A, settings: ComposeSettings, request: ComposeRequest): Score;
  /** The piece as a stream takes it, and what stands before it. */
  beginningOf(piece: P): ComposeBeginning;
  stepsOf(piece: P): readonly ComposeStep[];
  /** @throws RecurveError `usage` for a beginning that its models do not understand, or did not learn from */
  expectBeginning(beginning: ComposeBeginning, architecture: A): void;
  /** Characters of a title that its models have not seen and pass over; where they read titles. */
  unknownIn?(title: string, architecture: A): string[];
  /** Hears pieces step by step, from the beginning or from a saved state. */
  listen(network: Network, architecture: A, beginning: ComposeBeginning, saved?: Json): Listener;
  /** Finds the other voices to a soprano as it is played, or goes on with a saved state; where the kind has voices. */
  accompany?(network: Network, architecture: A, options: AccompanyOptions, saved?: Json): Accompaniment;
  /** Mean negative log likelihood of the test pieces under simple models of the training pieces, with a stop after each. */
  baselines(train: readonly P[], test: readonly P[], architecture: A): Generator<void, Record<string, number>>;
}
