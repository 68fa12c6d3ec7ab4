import type { MusicPiece, Score } from '../../data/music/index.ts';
import { parseKey, parseMetre, scoreOfMelody, TICKS } from '../../data/music/index.ts';
import { Random } from '../../random.ts';

const parts = ['train', 'train', 'train', 'train', 'validation', 'test'] as const;

/** Chords over three roots in turn, each held for three steps: what a model with memory predicts and one without cannot. */
export function chordPieces(count: number, seed = 1): MusicPiece[] {
  const random = new Random(seed).fork('chords');
  return Array.from({ length: count }, (_, i) => {
    const from = random.integer(9);
    const steps = Array.from({ length: 24 }, (_, t) => {
      const root = 48 + [0, 5, 7][Math.floor((t + from) / 3) % 3];
      return [root, root + 4, root + 7];
    });
    return { name: `chords ${i}`, part: parts[i % parts.length], music: { kind: 'steps', steps } };
  });
}

/** Tunes of eighths up and down the scale from a degree of their own, in 4/4. */
export function scaleTunes(count: number, seed = 1): MusicPiece[] {
  const random = new Random(seed).fork('tunes');
  const scale = [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62];
  return Array.from({ length: count }, (_, i) => {
    const from = random.integer(scale.length);
    const events = Array.from({ length: 32 }, (_, t) => ({
      pitch: scale[(from + t) % scale.length],
      duration: TICKS / 2,
    }));
    const about: Omit<Score, 'notes'> = {
      title: `Scale ${i}`,
      key: parseKey('C'),
      metre: parseMetre('4/4'),
      pickup: 0,
    };
    return {
      name: `tune ${i}`,
      part: parts[i % parts.length],
      music: { kind: 'score', score: scoreOfMelody(events, about) },
    };
  });
}

/** Four voices in parallel under a soprano that walks the scale, two steps a note. */
export function parallelVoices(count: number, seed = 1): MusicPiece[] {
  const random = new Random(seed).fork('voices');
  const scale = [67, 69, 71, 72, 74, 72, 71, 69];
  return Array.from({ length: count }, (_, i) => {
    const from = random.integer(scale.length);
    const steps = Array.from({ length: 32 }, (_, t) => {
      const soprano = scale[(from + Math.floor(t / 2)) % scale.length];
      return [soprano, soprano - 4, soprano - 9, soprano - 16];
    });
    return { name: `voices ${i}`, part: parts[i % parts.length], music: { kind: 'steps', steps } };
  });
}

/** Options of trainings that take a second or two; of `keys`, which have no embedding, without it. */
export const SMALL_KEYS = { hidden: 32, epochs: 12, rate: 0.02, transpose: 2, average: 0.9, seed: 3 } as const;
export const SMALL = { ...SMALL_KEYS, embedding: 12 } as const;
