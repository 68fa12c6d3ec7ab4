import { inKey, melodyOf, type Score, scoreOfMelody, scoreOfVoices, voiceOf } from '../../../data/music/index.ts';
import { byTime } from '../../../data/music/score.ts';
import { createSampler, type Sampler } from '../../../decode/index.ts';
import { RecurveError } from '../../../errors.ts';
import type { Network } from '../../../nn/index.ts';
import type { ComposeSettings } from '../options.ts';
import { aboutOf, type ComposeRequest, expectOneStart, refuse, samplingOf, stepsIn } from '../request.ts';
import { drawLower } from './harmony.ts';
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
  const soprano = request.soprano
    ? sopranoOf(request.soprano, stepsPerQuarter)
    : drawSoprano(network, a, stepsPerQuarter, request, sampler, allowed);
  const lines = harmonise(
    network,
    a,
    soprano.map((pitch) => classOf(pitch, a)),
    sampler,
    allowed,
  );
  // The given soprano stays as it was, also where the model heard it an octave away.
  const voices = soprano.map((pitch, t) => [pitch, ...[1, 2, 3].map((v) => pitchOf(lines[v][t], a))]);
  const score = scoreOfVoices(voices, stepsPerQuarter, aboutOf(request));
  return request.soprano ? withSoprano(score, request.soprano) : score;
}

/** The score with the notes of the soprano as they were given: the grid has no repeated notes and no triplets. */
function withSoprano(score: Score, soprano: Score): Score {
  const line = { ...soprano, notes: soprano.notes.filter(({ voice }) => voice === 0) };
  const { notes } = scoreOfMelody(melodyOf(line, 'soprano'), score);
  return { ...score, notes: [...notes, ...score.notes.filter(({ voice }) => voice > 0)].sort(byTime) };
}

function sopranoOf(score: Score, stepsPerQuarter: number): number[] {
  const line = voiceOf(score, 0, stepsPerQuarter, 'soprano');
  if (line.length > 0) return line;
  throw new RecurveError(
    'data',
    'compose: expected a soprano of at least one step, got a shorter one; give a longer melody',
  );
}

function drawSoprano(
  network: Network,
  a: VoicesArchitecture,
  stepsPerQuarter: number,
  request: ComposeRequest,
  sampler: Sampler,
  allowed: Uint8Array,
): number[] {
  const { start, opening } = request;
  const given = opening ? voiceOf(opening, 0, stepsPerQuarter, 'opening') : start ? [start[0]] : [];
  const stream = sopranoStream(network, a);
  let logits = stream(classesOf(a));
  const line: number[] = [];
  const steps = Math.max(stepsIn(request, stepsPerQuarter), given.length);
  for (let t = 0; t < steps; t++) {
    const id = t < given.length ? classOf(given[t], a) : sampler.pick(logits, allowed);
    line.push(t < given.length ? given[t] : pitchOf(id, a));
    logits = stream(id);
  }
  return line;
}

/** Classes of all voices [4][T], in score order, for a soprano. */
function harmonise(
  network: Network,
  a: VoicesArchitecture,
  soprano: readonly number[],
  sampler: Sampler,
  allowed: Uint8Array,
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
    before = drawLower(network, { code: now, before, soprano: soprano[t] }, pass, (logits) =>
      sampler.pick(logits, allowed),
    );
    before.forEach((id, v) => {
      lines[v + 1].push(id);
    });
  }
  return lines;
}
