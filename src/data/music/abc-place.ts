import type { AbcItem } from './abc-repeats.ts';
import { barTicks, type Metre, type MetreChange, sameMetre } from './metre.ts';
import { byTime, type Note } from './score.ts';

/** Items in time. */
export interface Placed {
  /** Of each line: that of the voice itself, and those over it. */
  lines: Note[][];
  pickup: number;
  metreChanges: MetreChange[];
}

/** Puts items in time: ties joined, the bars counted to find the pickup, and where the metre becomes another. */
export function placedItems(items: readonly AbcItem[], first: Metre | undefined): Placed {
  const lines = [new Line()];
  const metreChanges: MetreChange[] = [];
  let now = 0;
  let pickup = 0;
  let inFirstBar = true;
  let metre = first;
  for (const item of items) {
    if (item.kind === 'overlay') {
      while (lines.length <= item.layer) lines.push(new Line());
      let at = now;
      for (const { notes, ticks } of item.sounds) {
        lines[item.layer].add(notes, at, ticks);
        at += ticks;
      }
    } else if (item.kind === 'sound') {
      if (item.metre && !(metre && sameMetre(item.metre, metre))) {
        metre = item.metre;
        metreChanges.push({ start: Math.round(now), metre });
      }
      lines[0].add(item.notes, now, item.ticks);
      now += item.ticks;
    } else if (item.kind === 'bar' && inFirstBar && now > 0) {
      inFirstBar = false;
      if (first && now < barTicks(first)) pickup = Math.round(now);
    }
  }
  return { lines: lines.map(({ notes }) => notes.sort(byTime)), pickup, metreChanges };
}

/** Notes in time, with those that are tied to what comes next. */
class Line {
  readonly notes: Note[] = [];
  #held: Note[] = [];

  add(sounds: readonly { pitch: number; tied: boolean }[], at: number, ticks: number): void {
    const start = Math.round(at);
    const end = Math.max(start + 1, Math.round(at + ticks));
    const kept: Note[] = [];
    for (const { pitch, tied } of sounds) {
      const before = this.#held.find((note) => note.pitch === pitch && note.start + note.duration >= start);
      const note = before ?? { pitch, start, duration: 0, voice: 0 };
      note.duration = end - note.start;
      if (!before) this.notes.push(note);
      if (tied) kept.push(note);
    }
    this.#held = kept;
  }
}
