import { expect, test } from 'vitest';
import { songs } from './songs.ts';

/** Set as the e-text sets its libretti. */
const LIBRETTO = `
  Enter the Miller, with a lantern.

MILLER.  I never sing before breakfast. Who
  has taken my sack?

                    SONG--MILLER and CHORUS

            The wheel goes round, the water falls,
                 The owl is on the sill;
            The mouse that lives behind the walls
                 has never paid the
                      miller's bill.
  ALL:      The mouse that lives, etc.

  MILLER:   (aside)  I grind the corn,
            And greet the morn.

  KATE:     Dear father, you must not say that,
            or somebody will hear it and
            we shall lose the mill.
`;

test('songs are stanzas of whole lines without names, directions, headings and speech', () => {
  expect(songs(LIBRETTO)).toEqual([
    [
      'The wheel goes round, the water falls,',
      'The owl is on the sill;',
      "The mouse that lives behind the walls has never paid the miller's bill.",
    ],
    ['I grind the corn,', 'And greet the morn.'],
  ]);
  expect(() => songs('No song.')).toThrow(/a text without a song/);
});
