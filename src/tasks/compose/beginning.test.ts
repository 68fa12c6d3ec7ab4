import { expect, test } from 'vitest';
import {
  lengthOf,
  type MusicPiece,
  type Note,
  parseKey,
  parseMetre,
  readAbc,
  readMidi,
  type Score,
  scoreOfVoices,
  writeMidi,
} from '../../data/music/index.ts';
import { chordPieces, parallelVoices, SMALL, SMALL_KEYS, scaleTunes } from './data.case.ts';
import { trainCompose } from './train.ts';

/** Two bars with repeated notes and a triplet, which no grid of eighths or sixteenths has. */
const OPENING = readAbc('X:1\nT:Opening\nM:4/4\nL:1/4\nK:C\nGGGA|(3BcB c G|', 'opening.abc')[0];
const BORDER = 8 * 48;

function before(score: Score, voice: number): Note[] {
  return score.notes.filter((note) => note.voice === voice && note.start < BORDER);
}

test('first bars keep their own notes in a model of keys, repeated ones and triplets too, in one voice', async () => {
  const { model } = await trainCompose(chordPieces(12), { ...SMALL_KEYS, kind: 'keys', epochs: 1 });
  const score = model.compose({ opening: OPENING, bars: 4, notes: 2 });
  expect(before(score, 0)).toEqual(OPENING.notes);
  expect(score.notes.length).toBeGreaterThan(OPENING.notes.length);
  const two = [...OPENING.notes, { pitch: 67, start: 24, duration: 96, voice: 1 }];
  const heard = before(model.compose({ opening: { ...OPENING, notes: two }, bars: 4 }), 0);
  // The second voice strikes the same key: what sounds on it ends there.
  expect(heard.filter(({ pitch, start }) => pitch === 67 && start < 100).map((n) => [n.start, n.duration])).toEqual([
    [0, 24],
    [24, 24],
    [48, 48],
    [96, 48],
  ]);
});

test('first bars keep their own notes as the soprano of four voices', async () => {
  const { model } = await trainCompose(parallelVoices(12), { ...SMALL, kind: 'voices', epochs: 1 });
  const score = model.compose({ opening: OPENING, bars: 4, seed: 2 });
  expect(before(score, 0)).toEqual(OPENING.notes);
  const after = score.notes.filter(({ voice, start }) => voice === 0 && start >= BORDER);
  expect(after.length).toBeGreaterThan(0);
  expect(score.notes.filter(({ voice }) => voice > 0).length).toBeGreaterThan(0);
  expect(model.unknownIn('日本')).toEqual([]);
});

test('first bars of four voices are kept in all of them, whatever their order in the file, and gone on from', async () => {
  const { model } = await trainCompose(parallelVoices(12), { ...SMALL, kind: 'voices', epochs: 1 });
  const lines = ['C,4 C,4|', 'c c c2|', 'E4 G4|', 'G2 G2|'];
  const [four] = readAbc(`X:1\nM:4/4\nL:1/4\nK:C\n${lines.map((line, v) => `V:${v}\n${line}`).join('\n')}`, 'four.abc');
  const score = model.compose({ opening: four, bars: 4, seed: 2 });
  const kept = (voice: number) => before(score, voice).map(({ pitch, start, duration }) => [pitch, start, duration]);
  expect(kept(0)).toEqual([
    [72, 0, 48],
    [72, 48, 48],
    [72, 96, 96],
  ]);
  expect(kept(1)).toEqual([
    [67, 0, 96],
    [67, 96, 96],
  ]);
  expect(kept(2)).toEqual([
    [64, 0, 192],
    [67, 192, 192],
  ]);
  expect(kept(3)).toEqual([
    [48, 0, 192],
    [48, 192, 192],
  ]);
  expect(lengthOf(score)).toBe(4 * 192);
  // The lower voices are drawn knowing what was kept: other first bars of theirs, another continuation.
  const other = {
    ...four,
    notes: four.notes.map((note) => ({ ...note, pitch: note.pitch + (note.voice === 0 ? 7 : 0) })),
  };
  const after = (opening: Score) =>
    model.compose({ opening, bars: 4, seed: 2 }).notes.filter(({ voice, start }) => voice === 3 && start >= 2 * 192);
  expect(after(other)).not.toEqual(after(four));
});

test('a melody is the first voice of a piece, of its notes at once the highest', async () => {
  const { model } = await trainCompose(scaleTunes(12), { ...SMALL, kind: 'melody', epochs: 1 });
  const piece = (notes: string): MusicPiece => {
    const score = readAbc(`X:1\nM:4/4\nL:1/4\nK:C\n${notes}`, 'tune.abc')[0];
    return { name: 'tune', music: { kind: 'score', score } };
  };
  const alone = model.next(piece('CD[EC]2|'));
  expect(model.next(piece('V:1\nCD[EC]2|\nV:2\nG/G/G/G/ c2|'))).toEqual(alone);
  expect(model.next(piece('V:1\nG/G/G/G/ c2|\nV:2\nCD[EC]2|'))).not.toEqual(alone);
});

test('characters of a title that a model of melodies has not learned are told, each once', async () => {
  const { model } = await trainCompose(scaleTunes(12), { ...SMALL, kind: 'melody', epochs: 1 });
  expect(model.unknownIn('Scale 1')).toEqual([]);
  expect(model.unknownIn('Scale 日本日𝄞')).toEqual(['日', '本', '𝄞']);
  const like = { key: parseKey('C'), metre: parseMetre('4/4'), seed: 3 };
  expect(model.compose({ ...like, title: 'Scale 日' }).notes).toEqual(
    model.compose({ ...like, title: 'Scale ' }).notes,
  );
});

test('a pickup comes before the bars that are asked for', async () => {
  const { model } = await trainCompose(chordPieces(12), { ...SMALL_KEYS, kind: 'keys', epochs: 1 });
  const upbeat = readAbc('X:1\nM:4/4\nL:1/4\nK:C\nG|CDEF|', 'upbeat.abc')[0];
  expect(lengthOf(model.compose({ opening: upbeat, bars: 3, notes: 2 }))).toBe(48 + 3 * 192);
});

test('four tracks are soprano to bass by their height, in whatever order a file has them', async () => {
  const pieces = parallelVoices(12);
  const turned = pieces.map((piece): MusicPiece => {
    if (piece.music.kind !== 'steps') return piece;
    const bassFirst = piece.music.steps.map((step) => step.toReversed());
    const score = readMidi(writeMidi(scoreOfVoices(bassFirst, 4, { title: '', pickup: 0 })), 'turned.mid');
    return { ...piece, music: { kind: 'score', score } };
  });
  const { model } = await trainCompose(pieces, { ...SMALL, kind: 'voices', epochs: 1 });
  expect(await model.evaluate(turned)).toEqual(await model.evaluate(pieces));
});
