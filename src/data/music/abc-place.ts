import type { AbcItem } from './abc-repeats.ts';
import { barTicks, type Metre } from './metre.ts';
import { byTime, type Note } from './score.ts';

/** Puts items in time: ties joined, and the bars counted to find the pickup. */
export function placedItems(items: readonly AbcItem[], metre: Metre | undefined): { notes: Note[]; pickup: number } {
  const notes: Note[] = [];
  let now = 0;
  let held: Note[] = [];
  let pickup = 0;
  let first = true;
  for (const item of items) {
    if (item.kind === 'bar') {
      if (first && now > 0) {
        first = false;
        if (metre && now < barTicks(metre)) pickup = Math.round(now);
      }
      continue;
    }
    const start = Math.round(now);
    const end = Math.max(start + 1, Math.round(now + item.ticks));
    const kept: Note[] = [];
    for (const pitch of item.pitches) {
      const before = held.find((note) => note.pitch === pitch);
      const note = before ?? { pitch, start, duration: 0, voice: 0 };
      note.duration = end - note.start;
      if (!before) notes.push(note);
      if (item.tied) kept.push(note);
    }
    held = kept;
    now += item.ticks;
  }
  return { notes: notes.sort(byTime), pickup };
}
