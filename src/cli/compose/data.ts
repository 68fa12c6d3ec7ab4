import { type MusicPiece, readMusic } from '../../data/index.ts';
import { voiceCount } from '../../data/music/index.ts';
import { expectKey } from '../../data/music/pitch.ts';
import { RecurveError } from '../../errors.ts';
import { counted } from '../../format.ts';
import { isFolder } from '../../node/folder-files.ts';
import { expectFourVoices } from '../../tasks/compose/voices/voices.ts';
import type { ComposeKind } from '../../tasks/index.ts';
import type { Output } from '../output.ts';
import { filesIn, placesOf, readWhole } from '../places.ts';

/** Pieces left out that are named one by one; the others are counted. */
const NAMED = 3;

/** Music of some files, and how many pieces of them could not be read. */
export interface LoadedMusic {
  pieces: MusicPiece[];
  leftOut: number;
}

/**
 * Reads files, folders, addresses, standard input and data sets of music, those of a folder in the order of their names; ABC as written, every
 * bar once. Damaged files,
 * malformed ABC tunes and pieces with notes that no piano has are left out and told: collections have some. So are, for a model of voices,
 * scores that do not have four.
 *
 * @throws RecurveError `data` where nothing is left, for the first reason
 */
export async function loadMusic(places: readonly string[], output: Output, kind?: ComposeKind): Promise<LoadedMusic> {
  const skipped: string[] = [];
  const pieces: MusicPiece[] = [];
  const unlessBad = (read: () => void): void => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof RecurveError && error.code === 'data')) throw error;
      skipped.push(error.message);
    }
  };
  for (const place of places)
    for (const path of await placesOf(place, output))
      for (const file of await filesAt(path, output)) {
        const { name, bytes } = await readWhole(file);
        unlessBad(() => {
          const read = readMusic(bytes, name, {
            repeats: 'written',
            onMalformed: ({ message }) => skipped.push(message),
          });
          for (const piece of read)
            unlessBad(() => {
              expectKeys(piece);
              if (kind === 'voices') expectFourVoices(piece);
              pieces.push(piece);
            });
        });
      }
  if (pieces.length === 0)
    throw new RecurveError('data', skipped[0] ?? `${places.join(', ')}: expected music, got no piece; check the files`);
  for (const message of skipped.slice(0, NAMED)) output.note(`left out one piece: ${message}`);
  const more = skipped.length - NAMED;
  if (more > 0) output.note(`left out ${counted(more, 'more piece')} that cannot be read`);
  return { pieces, leftOut: skipped.length };
}

/** Tells of pieces with several voices, of which a melody is the first; gives their number. */
export function tellVoices(kind: ComposeKind, pieces: readonly MusicPiece[], output: Output): number {
  if (kind !== 'melody') return 0;
  const several = pieces.filter(({ music }) => music.kind === 'score' && voiceCount(music.score) > 1).length;
  if (several > 0) {
    const whose = pieces.length === 1 ? 'the piece has' : `${several} of ${pieces.length} pieces have`;
    output.note(
      `${whose} several voices: a melody is the first of them; for all of them use a model of keys or voices`,
    );
  }
  return several;
}

function expectKeys({ name, music }: MusicPiece): void {
  if (music.kind === 'score') for (const { pitch } of music.score.notes) expectKey(pitch, name);
}

/** Reads the one piece of a file. */
export async function loadPiece(place: string): Promise<MusicPiece> {
  const { name, bytes } = await readWhole(place);
  const pieces = readMusic(bytes, name);
  if (pieces.length === 1) return pieces[0];
  throw new RecurveError('data', `${name}: expected one piece, got ${pieces.length}; give a file with one`);
}

async function filesAt(place: string, output: Output): Promise<string[]> {
  if (!(await isFolder(place))) return [place];
  const files = await filesIn(place, 'music', output);
  if (files.length > 0) return files;
  throw new RecurveError(
    'data',
    `${place}: expected a folder with music (.mid, .abc or piano rolls in .json), got none in it; name another`,
  );
}
