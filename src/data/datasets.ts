import { RecurveError } from '../errors.ts';
import { nearest } from './nearest.ts';

/** One file of a public data set, as its home publishes it. */
export interface DatasetFile {
  /** Its name here and in a mirror. */
  readonly name: string;
  /** Where it is published, in a version that does not change. */
  readonly url: string;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
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
  /** The first one is what `dataset:NAME` stands for. */
  readonly files: readonly DatasetFile[];
}

const VEGA = 'https://raw.githubusercontent.com/vega/vega-datasets/v3.2.1';
const NYC = 'https://raw.githubusercontent.com/tidyverse/nycflights13/df98ef215aa8216fe0838a0b8ac5bada646d814c';
const ETT = 'https://raw.githubusercontent.com/zhouhaoyi/ETDataset/1d16c8f4f943005d613b5bc962e9eeb06058cf07';
const JSB = 'https://raw.githubusercontent.com/czhuang/JSB-Chorales-dataset/9a7f733ddb4ed91f48da64ac7f0f621c34aadd4d';
const CHAR_RNN = 'https://raw.githubusercontent.com/karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e';

/** All data sets that can be asked for by name. */
export const DATASETS: readonly Dataset[] = [
  {
    name: 'seattle-weather',
    title: 'daily weather of Seattle, 2012 to 2015: 1,461 rows, precipitation, temp_max, temp_min, wind, weather',
    home: 'https://github.com/vega/vega-datasets',
    licence: 'public domain (US government work, NOAA)',
    folder: 'weather',
    files: [
      {
        name: 'seattle-weather.csv',
        url: `${VEGA}/data/seattle-weather.csv`,
        sha256: '0845078a290b48e3149ab8639966824110a251db4e06fc144c06ebb534af23be',
        bytes: 48_219,
      },
    ],
  },
  {
    name: 'weather',
    title: 'daily weather of Seattle and New York, 2012 to 2015: 2,922 rows, two series in the column location',
    home: 'https://github.com/vega/vega-datasets',
    licence: 'public domain (US government work, NOAA)',
    folder: 'weather',
    files: [
      {
        name: 'weather.csv',
        url: `${VEGA}/data/weather.csv`,
        sha256: '27219f1ca8dbd94c9b6f4b9f4f52ab2f1eb33dfdcf719cd9fc6481ed50b74549',
        bytes: 121_417,
      },
    ],
  },
  {
    name: 'nyc-weather',
    title:
      'hourly weather of three airports of New York, 2013: 26,115 rows, NA where missing, series in the column origin',
    home: 'https://github.com/tidyverse/nycflights13',
    licence: 'CC0 1.0',
    folder: 'weather',
    files: [
      {
        name: 'nycflights13-weather-hourly.csv',
        url: `${NYC}/data-raw/weather.csv`,
        sha256: '5d1ea2548a3941eac0b4a9ca70805daa9fa49bbb711a0c7557b2bba0bd7c3f64',
        bytes: 2_294_215,
      },
    ],
  },
  {
    name: 'etth1',
    title: 'hourly load and oil temperature (OT) of an electricity transformer, 2016 to 2018: 17,420 rows',
    home: 'https://github.com/zhouhaoyi/ETDataset',
    licence: 'CC BY-ND 4.0 (verbatim copies only)',
    credit: 'Zhou et al., Informer, AAAI 2021',
    folder: 'forecasting-ett',
    files: [
      {
        name: 'ETTh1.csv',
        url: `${ETT}/ETT-small/ETTh1.csv`,
        sha256: 'f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066',
        bytes: 2_589_657,
      },
    ],
  },
  {
    name: 'tinyshakespeare',
    title: 'plays of Shakespeare: 1,115,394 characters of 65 kinds; by custom the last tenth is for validation',
    home: 'https://github.com/karpathy/char-rnn',
    licence: 'public domain',
    folder: 'text-tinyshakespeare',
    files: [
      {
        name: 'input.txt',
        url: `${CHAR_RNN}/data/tinyshakespeare/input.txt`,
        sha256: '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed',
        bytes: 1_115_394,
      },
    ],
  },
  {
    name: 'jsb-chorales',
    title:
      '382 chorales of J. S. Bach: 229 to train, 76 to validate, 77 to test; quarter notes, and four voices in sixteenths',
    home: 'https://github.com/czhuang/JSB-Chorales-dataset',
    licence: 'music in the public domain; the repository states none',
    credit: 'Boulanger-Lewandowski et al., ICML 2012',
    folder: 'music-jsb',
    files: [
      {
        name: 'jsb-chorales-quarter.json',
        url: `${JSB}/jsb-chorales-quarter.json`,
        sha256: '2db9329f1881a1d3f49703ec556bf1d6f84b4f6c1d702c156536e93cf31e1c91',
        bytes: 407_200,
      },
      {
        name: 'Jsb16thSeparated.json',
        url: `${JSB}/Jsb16thSeparated.json`,
        sha256: '79294cc374f9252e95ef4b703161524c1c53dc1f712c236f00f1c1f5d54af5a7',
        bytes: 1_666_444,
      },
    ],
  },
];

/**
 * Finds a data set by name.
 *
 * @throws RecurveError `usage` for a name that is not in the catalogue
 */
export function datasetNamed(name: string): Dataset {
  const found = DATASETS.find((dataset) => dataset.name === name);
  if (found) return found;
  const names = DATASETS.map((dataset) => dataset.name);
  const meant = nearest(name, names);
  throw new RecurveError(
    'usage',
    `datasets: expected one of ${names.join(', ')}, got "${name}"; ${meant ? `did you mean ${meant}?` : 'see recurve datasets'}`,
  );
}
