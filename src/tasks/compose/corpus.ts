import { lengthOf, type MusicPiece, melodyOf } from '../../data/music/index.ts';
import { RecurveError } from '../../errors.ts';
import { expectList, kindOf as nameOfKind } from '../../options.ts';
import { Random } from '../../random.ts';
import type { ComposeKind, ComposeOptions } from './options.ts';

/** Pieces to learn from, to choose by and to measure on. */
export interface Corpus<P = MusicPiece> {
  train: P[];
  validation: P[];
  test: P[];
}

/** Refuses what is no list of pieces. */
export function expectPieces(who: string, given: readonly MusicPiece[]): void {
  expectList(who, 'pieces', given, 'give those that readMusic returned');
  for (const piece of given) {
    if (piece?.music) continue;
    throw new RecurveError(
      'usage',
      `${who}: expected pieces { name, music }, got ${nameOfKind(piece)}; give those that readMusic returned`,
    );
  }
}

/** The kind of model that fits the pieces best. */
export function kindOf(pieces: readonly MusicPiece[]): ComposeKind {
  const steps = pieces.flatMap(({ music }) => (music.kind === 'steps' ? music.steps : []));
  if (steps.length > 0) return steps.every((step) => step.length === 4) ? 'voices' : 'keys';
  // A few double stops do not make a fiddler's book polyphonic.
  return pieces.filter(monophonic).length > pieces.length / 2 ? 'melody' : 'keys';
}

/** Whether the piece is one line: what its upper line leaves out is short of a tenth. */
function monophonic({ name, music }: MusicPiece): boolean {
  if (music.kind !== 'score') return false;
  const sounding = music.score.notes.reduce((sum, { duration }) => sum + duration, 0);
  const line = melodyOf(music.score, name).reduce(
    (sum, { pitch, duration }) => sum + (pitch === null ? 0 : duration),
    0,
  );
  return lengthOf(music.score) > 0 && line >= 0.9 * sounding;
}

/**
 * Sorts pieces into training, validation and test: as their files say, or at random by the seed, whole pieces each.
 *
 * @throws RecurveError `data` where nothing is left to train on
 */
export function splitPieces(
  pieces: readonly MusicPiece[],
  { validationShare, testShare, seed }: Required<Pick<ComposeOptions, 'validationShare' | 'testShare' | 'seed'>>,
): Corpus {
  const corpus: Corpus = { train: [], validation: [], test: [] };
  const free = pieces.filter(({ part }) => part === undefined);
  for (const piece of pieces) if (piece.part) corpus[piece.part].push(piece);
  const order = new Random(seed).fork('split').permutation(free.length);
  const test = Math.round(testShare * free.length);
  const validation = Math.round(validationShare * free.length);
  order.forEach((piece, i) => {
    const part = i < test ? 'test' : i < test + validation ? 'validation' : 'train';
    corpus[part].push(free[piece]);
  });
  if (corpus.train.length === 0) {
    throw new RecurveError(
      'data',
      `compose: expected pieces to train on, got ${pieces.length} in all and none for training; give more music or lower the shares for validation and test`,
    );
  }
  return corpus;
}
