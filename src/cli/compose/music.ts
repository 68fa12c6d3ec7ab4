import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type MusicPiece, readMusic } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { listFolder } from '../../node/files.ts';
import type { Output } from '../output.ts';
import { placesOf } from '../tables.ts';
import { readWhole } from '../whole-file.ts';

/** What a folder of music is searched for. */
const MUSIC = /\.(mid|midi|abc|json)$/i;
/** Malformed tunes named one by one; the others are counted. */
const NAMED = 3;

/** Reads files, folders, addresses, standard input and data sets of music, those of a folder in the order of their names. Malformed ABC tunes are left out and told. */
export async function loadMusic(
  places: readonly string[],
  repeats: 'play' | 'written',
  output: Output,
): Promise<MusicPiece[]> {
  const skipped: string[] = [];
  const pieces: MusicPiece[] = [];
  for (const place of places)
    for (const path of await placesOf(place, output))
      for (const file of await filesAt(path)) {
        const { name, bytes } = await readWhole(file);
        const read = readMusic(bytes, name, { repeats, onMalformed: ({ message }) => skipped.push(message) });
        for (const piece of read) pieces.push(piece);
      }
  for (const message of skipped.slice(0, NAMED)) output.note(`left out: ${message}`);
  if (skipped.length > NAMED) output.note(`left out: ${skipped.length - NAMED} more malformed tunes`);
  if (pieces.length > 0) return pieces;
  throw new RecurveError('data', skipped[0] ?? `${places.join(', ')}: expected music, got no piece; check the files`);
}

/** Reads the one piece of a file. */
export async function loadPiece(place: string): Promise<MusicPiece> {
  const { name, bytes } = await readWhole(place);
  const pieces = readMusic(bytes, name);
  if (pieces.length === 1) return pieces[0];
  throw new RecurveError('data', `${name}: expected one piece, got ${pieces.length}; give a file with one`);
}

async function filesAt(place: string): Promise<string[]> {
  const folder = await stat(place).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!folder) return [place];
  const names = (await listFolder(place)).filter((name) => MUSIC.test(name)).sort();
  if (names.length > 0) return names.map((name) => join(place, name));
  throw new RecurveError(
    'data',
    `${place}: expected a folder with music (.mid, .abc or piano rolls in .json), got none in it; name another`,
  );
}
