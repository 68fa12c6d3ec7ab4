import {
  firstVoice,
  inKey,
  melodyOf,
  type Note,
  type Score,
  scoreOfMelody,
  scoreOfVoices,
  TICKS,
  voiceCount,
  voiceOf,
} from '../../../data/music/index.ts';
import { byTime } from '../../../data/music/score.ts';
import { createSampler, type Sampler } from '../../../decode/index.ts';
import { RecurveError } from '../../../errors.ts';
import type { Network } from '../../../nn/index.ts';
import type { ComposeSettings } from '../options.ts';
import { aboutOf, type ComposeRequest, expectOneStart, refuse, samplingOf, stepsIn } from '../request.ts';
import { drawLower } from './harmony.ts';
import { byHeight } from './height.ts';
import { VOICES, type VoicesArchitecture, type VoicesNetwork } from './network.ts';
import { classesOf, classOf, pitchOf } from './range.ts';
import { quiet, sopranoStream } from './soprano.ts';

/** Draws the soprano where none is given, then, knowing it whole, bass, alto and tenor step by step. */
export function composeVoices(
  network: Network,
  a: VoicesArchitecture,
  { stepsPerQuarter }: ComposeSettings,
  request: ComposeRequest,
): Score {
  refuse('voices', request, ['notes', 'keepMetre']);
  expectOneStart('voices', request);
  const key = request.key ?? request.opening?.key ?? request.soprano?.key;
  const allowed = Uint8Array.from({ length: classesOf(a) }, (_, id) => {
    const pitch = pitchOf(id, a);
    return Number(!(request.keepKey && key) || pitch < 0 || inKey(key, pitch));
  });
  const sampler = createSampler(samplingOf(request));
  const given = givenIn(request);
  const givenLines = given ? linesOf(given, stepsPerQuarter, request.soprano ? 'soprano' : 'opening') : [];
  const [first = []] = givenLines;
  if (request.soprano) expectSteps(first);
  const soprano = request.soprano
    ? first
    : drawSoprano(network, a, first, stepsIn(request, stepsPerQuarter), request, sampler, allowed);
  const lines = harmonise(
    network,
    a,
    soprano.map((pitch) => classOf(pitch, a)),
    (logits, v, t) =>
      t < first.length && givenLines[v] ? classOf(givenLines[v][t], a) : sampler.pick(logits, allowed),
  );
  // What is given stays as it was, also where the model heard it an octave away, with its own notes: the grid has no repeated ones.
  const composed = soprano.map((pitch, t) =>
    lines.map((line, v) => (t < first.length && givenLines[v] ? -1 : v === 0 ? pitch : pitchOf(line[t], a))),
  );
  const score = scoreOfVoices(composed, stepsPerQuarter, aboutOf(request));
  if (!given) return score;
  const border = request.soprano ? Number.POSITIVE_INFINITY : (first.length * TICKS) / stepsPerQuarter;
  return { ...score, notes: [...keptNotes(given, border), ...score.notes].sort(byTime) };
}

/** The voices that are given: a soprano alone, or first bars, of four voices all and of other music the first. */
function givenIn({ soprano, opening }: ComposeRequest): Score | undefined {
  if (soprano) return firstVoice(soprano);
  return opening && (voiceCount(opening) === VOICES ? byHeight(opening) : firstVoice(opening));
}

function linesOf(score: Score, stepsPerQuarter: number, name: string): number[][] {
  return Array.from({ length: voiceCount(score) }, (_, v) => voiceOf(score, v, stepsPerQuarter, name));
}

/** The notes of given voices, up to where what is composed begins. */
function keptNotes(given: Score, border: number): Note[] {
  return Array.from({ length: voiceCount(given) }, (_, voice) => {
    const line = { ...given, notes: given.notes.filter((note) => note.voice === voice) };
    return scoreOfMelody(melodyOf(line, 'opening'), given)
      .notes.filter(({ start }) => start < border)
      .map((note) => ({ ...note, voice, duration: Math.min(note.duration, border - note.start) }));
  }).flat();
}

function expectSteps(soprano: readonly number[]): void {
  if (soprano.length > 0) return;
  throw new RecurveError(
    'data',
    'compose: expected a soprano of at least one step, got a shorter one; give a longer melody',
  );
}

function drawSoprano(
  network: Network,
  a: VoicesArchitecture,
  opening: readonly number[],
  wanted: number,
  { start }: ComposeRequest,
  sampler: Sampler,
  allowed: Uint8Array,
): number[] {
  const given = opening.length === 0 && start ? start.slice(0, 1) : opening;
  const stream = sopranoStream(network, a);
  let logits = stream(classesOf(a));
  const line: number[] = [];
  const steps = Math.max(wanted, given.length);
  for (let t = 0; t < steps; t++) {
    const id = t < given.length ? classOf(given[t], a) : sampler.pick(logits, allowed);
    line.push(t < given.length ? given[t] : pitchOf(id, a));
    logits = stream(id);
  }
  return line;
}

/** Classes of all voices [4][T], in score order, for a soprano; the lower ones are picked. */
function harmonise(
  network: Network,
  a: VoicesArchitecture,
  soprano: readonly number[],
  pick: (logits: ArrayLike<number>, voice: number, t: number) => number,
): number[][] {
  const { tape } = network;
  const root = network.root as VoicesNetwork;
  const T = soprano.length;
  const code = tape.evaluate(() => root.encode(tape, soprano, { B: 1, T, first: 0 }, quiet(false)).values());
  const width = code.length / T;
  const pass = quiet();
  const lines: number[][] = Array.from({ length: VOICES }, (_, v) => (v === 0 ? [...soprano] : []));
  let before = [1, 2, 3].map(() => classesOf(a));
  for (let t = 0; t < T; t++) {
    const now = code.subarray(t * width, (t + 1) * width);
    before = drawLower(network, { code: now, before, soprano: soprano[t] }, pass, (logits, v) => pick(logits, v, t));
    before.forEach((id, v) => {
      lines[v + 1].push(id);
    });
  }
  return lines;
}
