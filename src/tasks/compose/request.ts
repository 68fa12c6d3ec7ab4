import {
  barsOf,
  changesWithin,
  inKey,
  type Key,
  keyName,
  lengthOf,
  type Metre,
  noteName,
  parseMetre,
  type Score,
  TICKS,
} from '../../data/music/index.ts';
import { isMetre } from '../../data/music/metre.ts';
import { expectKey } from '../../data/music/pitch.ts';
import { checkSampling, type SampleOptions } from '../../decode/index.ts';
import { RecurveError } from '../../errors.ts';
import { expectOptions, expectWhole, type OptionNames } from '../../options.ts';

/** What to compose, and how freely. */
export interface ComposeRequest extends Pick<SampleOptions, 'temperature' | 'topK' | 'topP' | 'minP' | 'seed'> {
  /** MIDI numbers of the first note, or of the first notes at once (`keys`). */
  start?: readonly number[];
  /** First bars, which are kept and gone on from: fewer than `bars`. Of `voices` all four, or the first as the soprano; of a melody the first voice. */
  opening?: Score;
  /** A soprano to harmonise (`voices`), kept as it is: without `start`, `opening` and `bars`. */
  soprano?: Score;
  /** The key that stands before a melody, and the one to stay in with `keepKey`. */
  key?: Key;
  /** Default: what the opening has, else of a melody what the model draws, else 4/4. */
  metre?: Metre;
  /** At most 1,000 characters: written into the score, and of a melody told to the model. */
  title?: string;
  /** Bars to compose, at least 1; default 16, of a melody until the model ends it. */
  bars?: number;
  /** Only notes of the key's scale. */
  keepKey?: boolean;
  /** Of a melody: full bars only, no pickup and no note over a bar line. */
  keepMetre?: boolean;
  /** Of `keys`: exactly so many notes at every step; default as many as the model draws. */
  notes?: number;
  /** Quarter notes a minute of the score, 4 to 1000; default 100. */
  tempo?: number;
}

const REQUEST: OptionNames<ComposeRequest> = {
  start: true,
  opening: true,
  soprano: true,
  key: true,
  metre: true,
  title: true,
  bars: 'number',
  keepKey: 'boolean',
  keepMetre: 'boolean',
  notes: 'number',
  tempo: 'number',
  temperature: 'number',
  topK: 'number',
  topP: 'number',
  minP: 'number',
  seed: 'number',
};

const DEFAULT_BARS = 16;
const COMPOSED_TEMPO = 100;
/** Longer ones are no titles, and some readers of MIDI cannot take them. */
const LONGEST_TITLE = 1000;

/** Refuses what no kind of model can do. */
export function checkRequest(request: ComposeRequest): void {
  expectOptions('compose', request, REQUEST);
  const {
    start = [],
    bars: given,
    notes = 1,
    tempo = COMPOSED_TEMPO,
    keepKey,
    key,
    opening,
    soprano,
    title = '',
    metre,
    ...sampling
  } = request;
  checkSampling(sampling);
  const wrong = (expected: string, got: unknown, next: string): never => {
    throw new RecurveError('usage', `compose: expected ${expected}, got ${got}; ${next}`);
  };
  for (const [name, value] of Object.entries({ bars: given ?? 1, notes }))
    expectWhole('compose', name, value, { most: 4096 });
  if (metre !== undefined && !isMetre(metre))
    wrong(
      'a metre such as { beats: 6, unit: 8 }',
      `${metre?.beats}/${metre?.unit}`,
      'give 1 to 99 beats, unit 1 to 32',
    );
  if (!(tempo >= 4 && tempo <= 1000)) wrong('a tempo from 4 to 1000 quarters a minute', tempo, 'try 100');
  if (typeof title !== 'string') wrong('a title in words', String(title), 'put it in quotes');
  if (title.length > LONGEST_TITLE) wrong(`a title of at most ${LONGEST_TITLE} characters`, title.length, 'shorten it');
  if (!Array.isArray(start)) wrong('a list of first notes', start, 'put it in brackets');
  for (const pitch of start) expectKey(pitch, 'start');
  const scale = key ?? opening?.key ?? soprano?.key;
  if (keepKey && !scale) wrong('a key to stay in', 'none', 'give one, such as G or Em');
  const outside = keepKey && scale ? start.find((pitch) => !inKey(scale, pitch)) : undefined;
  if (scale && outside !== undefined)
    wrong(`a first note of the scale of ${keyName(scale)} to stay in`, noteName(outside), 'choose another note or key');
  if (start.length > 0 && opening) wrong('a first note or first bars', 'both', 'leave one out');
  const beside = Object.entries({ 'a first note': start.length > 0, 'first bars': opening, 'a number of bars': given });
  const [extra] = beside.find(([, there]) => there) ?? [];
  if (soprano && extra)
    wrong('a soprano to harmonise alone', `${extra} beside it`, 'leave it out: the soprano is kept whole');
}

/** Refuses several first notes where one voice begins. */
export function expectOneStart(kind: string, { start = [] }: ComposeRequest): void {
  if (start.length <= 1) return;
  throw new RecurveError(
    'usage',
    `compose: expected one first note of a ${kind} model, got ${start.length}; give one, or use a model of keys`,
  );
}

/** Refuses first bars that leave no room for anything new among `bars` in all. */
export function expectRoom(opening: Score | undefined, bar: (start: number) => number, bars: number): void {
  if (!opening) return;
  const end = lengthOf(opening);
  let has = 0;
  for (let line = opening.pickup; line < end; line += bar(line)) has++;
  if (has < bars) return;
  throw new RecurveError(
    'usage',
    `compose: expected more bars in all than the ${has} of the opening, got ${bars}; set bars to at least ${has + 1}, or shorten the opening`,
  );
}

/** Refuses options that this kind of model does not understand. */
export function refuse(kind: string, request: ComposeRequest, names: readonly (keyof ComposeRequest)[]): void {
  const given = names.filter((name) => request[name] !== undefined && request[name] !== false);
  if (given.length === 0) return;
  throw new RecurveError(
    'usage',
    `compose: expected options of a ${kind} model, got ${given.map((name) => (name === 'soprano' ? 'a soprano to harmonise' : name)).join(', ')}; leave ${given.length === 1 ? 'it' : 'them'} out, or use another kind of model`,
  );
}

/** Steps of a grid that the request asks for. */
export function stepsIn({ bars = DEFAULT_BARS, metre, opening }: ComposeRequest, stepsPerQuarter: number): number {
  const first = metre ?? opening?.metre ?? parseMetre('4/4');
  const changes = metre || !opening ? [] : changesWithin(opening, lengthOf(opening));
  expectRoom(opening, barsOf(first, changes), bars);
  const bar = barsOf(first, changes);
  let ticks = opening?.pickup ?? 0;
  for (let b = 0; b < bars; b++) ticks += bar(ticks);
  return Math.max(1, Math.round((ticks * stepsPerQuarter) / TICKS));
}

/** What a composed score says beside its notes. */
export function aboutOf({ title, key, metre, opening, soprano, tempo }: ComposeRequest): Omit<Score, 'notes'> {
  const from = opening ?? soprano;
  const scale = key ?? from?.key;
  const bars = metre ?? from?.metre;
  const metreChanges = metre || !from ? [] : changesWithin(from, lengthOf(from));
  return {
    title: title ?? from?.title ?? '',
    ...(scale && { key: scale }),
    ...(bars && { metre: bars }),
    ...(metreChanges.length > 0 && { metreChanges }),
    tempo: tempo ?? from?.tempo ?? COMPOSED_TEMPO,
    pickup: from?.pickup ?? 0,
  };
}

/** The part of the request that says how freely to draw. */
export function samplingOf({ temperature, topK, topP, minP, seed }: ComposeRequest): SampleOptions {
  return Object.fromEntries(
    Object.entries({ temperature, topK, topP, minP, seed }).filter(([, value]) => value !== undefined),
  );
}
