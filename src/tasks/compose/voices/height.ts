import { type Score, voiceCount } from '../../../data/music/index.ts';
import { byTime } from '../../../data/music/score.ts';

/** A score whose voices are numbered by their height: files have tracks in any order, but on the whole the soprano is the highest. */
export function byHeight(score: Score): Score {
  const heights = Array.from({ length: voiceCount(score) }, (_, voice) => heightOf(score, voice));
  const ordered = [...heights.keys()].sort((a, b) => heights[b] - heights[a]);
  return { ...score, notes: score.notes.map((note) => ({ ...note, voice: ordered.indexOf(note.voice) })).sort(byTime) };
}

/** The mean pitch of a voice by the time it sounds, −1 where it is silent throughout. */
function heightOf({ notes }: Score, voice: number): number {
  let [sum, ticks] = [0, 0];
  for (const note of notes) {
    if (note.voice !== voice) continue;
    sum += note.pitch * note.duration;
    ticks += note.duration;
  }
  return ticks === 0 ? -1 : sum / ticks;
}
