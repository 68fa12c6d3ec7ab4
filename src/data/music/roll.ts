import { RecurveError } from '../../errors.ts';
import { expectList, kindOf } from '../../options.ts';
import { expectKey } from './pitch.ts';
import { byTime, expectLength, expectScore, lengthOf, type Note, type Score, TICKS } from './score.ts';

/** What sounds at each step of an even grid: MIDI numbers, ascending. An empty list is silence. */
export type Roll = readonly (readonly number[])[];

/** Voices step by step: a MIDI number or −1 for silence for each voice, the highest first. */
export type Voices = readonly (readonly number[])[];

/** Ticks of a step. */
function gridOf(stepsPerQuarter: number): number {
  if (Number.isSafeInteger(stepsPerQuarter) && stepsPerQuarter >= 1 && TICKS % stepsPerQuarter === 0)
    return TICKS / stepsPerQuarter;
  throw new RecurveError(
    'usage',
    `roll: expected stepsPerQuarter to divide ${TICKS}, got ${kindOf(stepsPerQuarter)}; 1 for quarters, 2 eighths, 4 sixteenths`,
  );
}

/** Puts a score on a grid: every note sounds for at least one step. `stepsPerQuarter`: 1 quarters, 2 eighths, 4 sixteenths. */
export function rollOf(score: Score, stepsPerQuarter: number, name: string): number[][] {
  expectScore('rollOf', score);
  const grid = gridOf(stepsPerQuarter);
  const roll: Set<number>[] = [];
  for (const { pitch, start, duration } of score.notes) {
    expectKey(pitch, name);
    expectLength(start + duration, name);
    const first = Math.round(start / grid);
    const end = Math.max(first + 1, Math.round((start + duration) / grid));
    for (let t = first; t < end; t++) {
      while (roll.length <= t) roll.push(new Set());
      roll[t].add(pitch);
    }
  }
  return roll.map((pitches) => [...pitches].sort((a, b) => a - b));
}

/** Notes of a roll: a pitch that goes on sounding is one held note, since a grid cannot tell a repeated one. */
export function scoreOfRoll(roll: Roll, stepsPerQuarter: number, about: Omit<Score, 'notes'>): Score {
  expectList('scoreOfRoll', 'roll', roll, 'give the pitches that sound at each step');
  const grid = gridOf(stepsPerQuarter);
  const notes: Note[] = [];
  const sounding = new Map<number, number>();
  for (let t = 0; t <= roll.length; t++) {
    const now = new Set(roll[t] ?? []);
    for (const [pitch, since] of sounding) {
      if (now.has(pitch)) continue;
      notes.push({ pitch, start: since * grid, duration: (t - since) * grid, voice: 0 });
      sounding.delete(pitch);
    }
    for (const pitch of now) if (!sounding.has(pitch)) sounding.set(pitch, t);
  }
  return { ...about, notes: notes.sort(byTime) };
}

/** Notes of voices: held while the pitch stays. */
export function scoreOfVoices(voices: Voices, stepsPerQuarter: number, about: Omit<Score, 'notes'>): Score {
  const count = voices.reduce((most, step) => Math.max(most, step.length), 0);
  const notes = Array.from({ length: count }, (_, v) =>
    scoreOfRoll(
      voices.map((step) => (step[v] >= 0 ? [step[v]] : [])),
      stepsPerQuarter,
      about,
    ).notes.map((note) => ({ ...note, voice: v })),
  );
  return { ...about, notes: notes.flat().sort(byTime) };
}

/** Notes of one voice: of those that sound at once on a key, each ends where the next is struck. */
export function oneVoice(notes: readonly Note[], voice: number): Note[] {
  const ordered = notes.map((note) => ({ ...note, voice })).sort(byTime);
  const sounding = new Map<number, Note>();
  const struck: Note[] = [];
  for (const note of ordered) {
    const before = sounding.get(note.pitch);
    if (before?.start === note.start) before.duration = Math.max(before.duration, note.duration);
    else {
      if (before) before.duration = Math.min(before.duration, note.start - before.start);
      struck.push(note);
      sounding.set(note.pitch, note);
    }
  }
  return struck;
}

/** One voice of a score step by step, −1 where it is silent; of notes at once the highest. */
export function voiceOf(score: Score, voice: number, stepsPerQuarter: number, name: string): number[] {
  const notes = score.notes.filter((note) => note.voice === voice);
  const steps = Math.round((lengthOf(score) * stepsPerQuarter) / TICKS);
  const roll = rollOf({ ...score, notes }, stepsPerQuarter, name);
  return Array.from({ length: steps }, (_, t) => roll[t]?.at(-1) ?? -1);
}
