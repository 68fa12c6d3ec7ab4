import { parsePitch, TICKS } from '../../data/index.ts';
import { shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import type { ComposeKind, ComposeStep } from '../../tasks/index.ts';

/** How a step is written, for the sentence that refuses another. */
const FORMS: Readonly<Record<ComposeKind, string>> = {
  keys: 'the notes that sound, such as C4 E4 G4 or [60, 64, 67], [] for silence',
  melody: 'a note or rest and its quarters, such as C4 1/2 or {"pitch": 60, "duration": 24} in ticks',
  voices:
    'four notes, soprano to bass, such as E5 G4 C4 C3 or [76, 67, 60, 48], or the soprano alone; rest or -1 is silence',
};

/**
 * Reads a step of music from a line: words, or JSON as `compose --json` writes it.
 *
 * @throws RecurveError `data`
 */
export function stepIn(kind: ComposeKind, line: string, source: string): ComposeStep {
  const refuse = (cause?: unknown): RecurveError =>
    new RecurveError('data', `${source}: expected ${FORMS[kind]}, got "${shorten(line)}"; write a step per line`, {
      cause,
    });
  try {
    const words = /^[[{]/.test(line) ? (JSON.parse(line) as unknown) : line.split(/[\s,]+/);
    const step = kind === 'melody' ? eventIn(words) : notesIn(words);
    const right = kind !== 'voices' || !Array.isArray(step) || step.length === 1 || step.length === 4;
    if (step && right) return kind === 'keys' ? (step as number[]).filter((pitch) => pitch >= 0) : step;
  } catch (cause) {
    throw refuse(cause);
  }
  throw refuse();
}

/**
 * Reads a note of a soprano, or its silence, from a line.
 *
 * @throws RecurveError `data`
 */
export function sopranoIn(line: string, source: string): number {
  try {
    return noteIn(line) ?? -1;
  } catch (cause) {
    throw new RecurveError(
      'data',
      `${source}: expected a note of the soprano, such as C5 or 72, or rest, got "${shorten(line)}"; write one per line`,
      { cause },
    );
  }
}

function notesIn(words: unknown): number[] | undefined {
  return Array.isArray(words) ? words.map((word) => noteIn(word) ?? -1) : undefined;
}

function eventIn(words: unknown): { pitch: number | null; duration: number } | undefined {
  if (Array.isArray(words)) {
    const [note, quarters] = words;
    return words.length === 2 ? { pitch: noteIn(note), duration: ticksIn(String(quarters)) } : undefined;
  }
  const { pitch, duration } = words as Record<string, unknown>;
  return typeof duration === 'number' && Number.isSafeInteger(duration) && duration >= 1
    ? { pitch: noteIn(pitch), duration }
    : undefined;
}

/** null for silence. */
function noteIn(word: unknown): number | null {
  return word === null || word === -1 || word === '-1' || word === 'rest' ? null : parsePitch(String(word));
}

/** `2`, `0.5`, `1/3` quarters in ticks. */
function ticksIn(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:\/(\d+))?$/.exec(text);
  const ticks = match ? Math.round((Number(match[1]) / Number(match[2] ?? 1)) * TICKS) : Number.NaN;
  if (Number.isSafeInteger(ticks) && ticks >= 1) return ticks;
  throw new RecurveError('data', `expected quarters, got "${text}"`);
}
