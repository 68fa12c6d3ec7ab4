import { RecurveError } from '../../errors.ts';
import { expectBytes, expectOptions } from '../../options.ts';
import { isUtf16 } from '../text/utf8.ts';
import { readAbc } from './abc.ts';
import { readMidi } from './midi.ts';
import { readRolls } from './roll-json.ts';
import type { Score } from './score.ts';

/** One piece of music as it was read: a score, or steps of a grid from a file of piano rolls. */
export interface MusicPiece {
  /** File, and number or title within it, for messages. */
  name: string;
  /** The part of the data it belongs to, where its file says so. */
  part?: 'train' | 'validation' | 'test';
  music: { kind: 'score'; score: Score } | { kind: 'steps'; steps: readonly (readonly number[])[] };
}

/** How ABC is read; MIDI and piano rolls have no choices. */
export interface ReadMusicOptions {
  /** Of ABC: `play` (default) writes repeats out, `written` reads every bar once. */
  repeats?: 'play' | 'written';
  /** Called for an ABC tune that is malformed, which is then left out; without it the first one is thrown. */
  onMalformed?(error: RecurveError): void;
}

/**
 * Reads MIDI, ABC or piano rolls in JSON, told apart by their first bytes, never by name.
 *
 * @throws RecurveError `data` for anything else, binary and badly encoded text among it
 */
export function readMusic(bytes: Uint8Array, name: string, options: ReadMusicOptions = {}): MusicPiece[] {
  expectBytes('readMusic', bytes);
  expectOptions('readMusic', options, { repeats: true, onMalformed: 'function' });
  if (startsWith(bytes, 'MThd')) return [{ name, music: { kind: 'score', score: readMidi(bytes, name) } }];
  const text = decode(bytes, name);
  if (text.trim() === '') {
    throw new RecurveError('data', `${name}: expected music, got an empty file; check that it was written completely`);
  }
  if (/^\s*[[{]/.test(text)) {
    return readRolls(text, name).map(({ part, steps }, i) => ({
      name: `${name}, piece ${i + 1}`,
      ...(part && { part }),
      music: { kind: 'steps', steps },
    }));
  }
  if (!/^[A-Za-z]:/m.test(text)) {
    throw new RecurveError(
      'data',
      `${name}: expected MIDI, ABC or piano rolls in JSON, got another text; check the file`,
    );
  }
  return readAbc(text, name, options).map((score) => ({
    name: score.title === '' ? name : `${name}, "${score.title}"`,
    music: { kind: 'score', score },
  }));
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return bytes.length >= magic.length && [...magic].every((c, i) => bytes[i] === c.charCodeAt(0));
}

function decode(bytes: Uint8Array, name: string): string {
  if (isUtf16(bytes)) throw new RecurveError('data', `${name}: expected text in UTF-8, got UTF-16; save it as UTF-8`);
  if (bytes.includes(0)) {
    throw new RecurveError(
      'data',
      `${name}: expected MIDI, ABC or piano rolls in JSON, got binary data of another kind; check the file`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RecurveError('data', `${name}: expected text in UTF-8, got bytes that are not; save it as UTF-8`, {
      cause,
    });
  }
}
