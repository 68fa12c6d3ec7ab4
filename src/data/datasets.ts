import { RecurveError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { expectText } from '../options.ts';
import { DATASETS } from './catalogue.ts';

export { DATASETS } from './catalogue.ts';

/** Bytes that are published somewhere. */
export interface Published {
  /** Where, in a version that does not change. */
  readonly url: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

/** One file of a public data set. Without `made` it is what its home publishes, byte for byte. */
export interface DatasetFile extends Published {
  /** Its name here and in a mirror. */
  readonly name: string;
  /** How it is made of what is published at `url`; size and SHA-256 of the file itself are checked as well. */
  readonly made?:
    | { readonly by: 'unzip'; readonly member: string; readonly origin: Published }
    /** Lines ended by a line feed, then the characters from `from` on, as many as the file has. */
    | { readonly by: 'excerpt'; readonly from: number; readonly origin: Published }
    /** Converted once, in a way this program does not do again: it is found in a mirror only. */
    | { readonly by: 'hand'; readonly how: string };
}

/** A public data set: what it is, whose it is, and how to know that it arrived whole. */
export interface Dataset {
  readonly name: string;
  /** What it holds, in one line. */
  readonly title: string;
  /** Where to read about it. */
  readonly home: string;
  readonly licence: string;
  /** Whom to name when using it, where the licence or custom asks for it. */
  readonly credit?: string;
  /** Its folder in a mirror (`RECURVE_DATA`). */
  readonly folder: string;
  /** The first one is what `dataset:NAME` stands for where one file is wanted. */
  readonly files: readonly DatasetFile[];
}

/**
 * Finds a data set by name.
 *
 * @throws RecurveError `usage` for a name that is not in the catalogue
 */
export function datasetNamed(name: string): Dataset {
  expectText('datasets', 'a name', name, 'see DATASETS');
  const found = DATASETS.find((dataset) => dataset.name === name);
  if (found) return found;
  const names = DATASETS.map((dataset) => dataset.name);
  const meant = nearest(name, names);
  throw new RecurveError(
    'usage',
    `datasets: expected one of ${names.join(', ')}, got "${name}"; ${meant ? `did you mean ${meant}?` : 'see recurve datasets'}`,
  );
}
