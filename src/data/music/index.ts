export { type AbcOptions, readAbc } from './abc.ts';
export { inKey, type Key, keyName, keyOfFifths, MODES, type Mode, parseKey, transposeKey } from './key.ts';
export { barsOf, barTicks, type Metre, type MetreChange, metreName, parseMetre } from './metre.ts';
export { readMidi, writeMidi } from './midi.ts';
export { HIGHEST_KEY, KEYS, LOWEST_KEY, noteName, parsePitch } from './pitch.ts';
export { type MusicPiece, type ReadMusicOptions, readMusic } from './read-music.ts';
export { type Roll, rollOf, scoreOfRoll, scoreOfVoices, type Voices, voiceOf } from './roll.ts';
export { readRolls } from './roll-json.ts';
export {
  changesWithin,
  firstVoice,
  lengthOf,
  type MelodyEvent,
  melodyOf,
  type Note,
  type Score,
  scoreOfMelody,
  TICKS,
  voiceCount,
} from './score.ts';
