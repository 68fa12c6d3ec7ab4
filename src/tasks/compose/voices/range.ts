/** MIDI numbers of the lowest and the highest note of any voice. */
export interface NoteRange {
  low: number;
  high: number;
}

/** The class of silence; the notes follow from 1 on, and behind them what stands before the first step. */
const SILENCE = 0;

/** Notes of the range and silence: the classes of every voice. */
export function classesOf({ low, high }: NoteRange): number {
  return high - low + 2;
}

/** The class of a pitch; one outside the range of training is put into its nearest octave. */
export function classOf(pitch: number, { low, high }: NoteRange): number {
  if (pitch < 0) return SILENCE;
  let inside = pitch;
  while (inside < low) inside += 12;
  while (inside > high) inside -= 12;
  return Math.max(inside, low) - low + 1;
}

/** The pitch of a class, −1 for silence. */
export function pitchOf(id: number, { low }: NoteRange): number {
  return id === SILENCE ? -1 : low + id - 1;
}
