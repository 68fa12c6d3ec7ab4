import { type MidiData, type MidiEvent, writeMidi as packMidi, parseMidi } from 'midi-file';
import { RecurveError } from '../../errors.ts';
import { expectBytes, expectText } from '../../options.ts';
import { keyOfFifths } from './key.ts';
import { isMetre } from './metre.ts';
import { byTime, expectLength, expectScore, type Note, type Score, TICKS, voiceCount } from './score.ts';

const VELOCITY = 80;
/** General MIDI's channel of drums, whose numbers are no pitches. */
const DRUMS = 9;
/** Microseconds of the longest quarter that can be written, in 24 bits: 3.6 quarters a minute. */
const SLOWEST = 2 ** 24 - 1;
/** The tempo of a file that says nothing: 120 quarters a minute. */
const DEFAULT_TEMPO = 120;
/**
 * An end of track after 42 ticks, put behind every track before it is parsed. The parser takes what an event lacks for nothing: one that
 * is longer than its track swallows this mark, and so gives itself away.
 */
const MARK = Uint8Array.of(42, 0xff, 0x2f, 0);

/**
 * Reads a Standard MIDI File (formats 0 and 1): notes of all tracks but the drums', each track with notes one voice; of format 0
 * each channel. Repeated pairs of on and off of one pitch are matched in their order.
 *
 * @throws RecurveError `data` for bytes that are no MIDI file, a truncated or impossible one, and one without notes
 */
export function readMidi(bytes: Uint8Array, name: string): Score {
  expectBytes('readMidi', bytes);
  const { header, tracks } = parse(knownChunks(bytes, name), name);
  if (!header.ticksPerBeat || header.format === 2) {
    const got =
      header.format === 2
        ? 'independent patterns (format 2)'
        : header.ticksPerBeat === 0
          ? '0 ticks a beat'
          : 'a time base of film frames';
    throw new RecurveError('data', `${name}: expected MIDI in beats, one piece, got ${got}; save it as format 0 or 1`);
  }
  const scale = TICKS / header.ticksPerBeat;
  const notes: Note[] = [];
  const about: Partial<Score> = {};
  tracks.forEach((track, t) => {
    expectMark(track, t, name);
    for (const note of notesOf(track, scale, name)) {
      const start = Math.round(note.start * scale);
      const duration = Math.max(1, Math.round((note.start + note.duration) * scale) - start);
      // Tracks and channels are numbered below, once it is known which of them have notes.
      notes.push({ pitch: note.pitch, start, duration, voice: header.format === 0 ? note.channel : t });
    }
    readAbout(track, about, t === 0);
  });
  if (notes.length === 0) {
    throw new RecurveError(
      'data',
      `${name}: expected notes, got a MIDI file without one; give a file that sounds (drums do not count)`,
    );
  }
  const voices = [...new Set(notes.map(({ voice }) => voice))].sort((a, b) => a - b);
  for (const note of notes) note.voice = voices.indexOf(note.voice);
  const { title = '', ...rest } = about;
  return { notes: notes.sort(byTime), title, pickup: 0, ...rest };
}

/**
 * The header and the tracks, each with {@link MARK} at its end, without parts of other kinds, which a reader has to pass over. They must be
 * as long as they say: the parser would take what is missing for zeros.
 */
function knownChunks(bytes: Uint8Array, name: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (got: string): never => {
    throw new RecurveError('data', `${name}: expected a whole MIDI file, got ${got}; copy or export it again`);
  };
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 14 || tag(0) !== 'MThd' || view.getUint32(4) < 6) {
    throw new RecurveError(
      'data',
      `${name}: expected a MIDI file (MThd), got ${bytes.length} bytes of something else; check the path`,
    );
  }
  const wanted = view.getUint16(10);
  let at = 8 + view.getUint32(4);
  const known = [bytes.subarray(0, at)];
  let tracks = 0;
  while (tracks < wanted) {
    if (at + 8 > bytes.length) damaged(`${tracks} of its ${wanted} tracks`);
    const end = at + 8 + view.getUint32(at + 4);
    if (end > bytes.length) damaged(`a part that ends ${end - bytes.length} bytes early`);
    if (tag(at) === 'MTrk') {
      const head = Uint8Array.from(bytes.subarray(at, at + 8));
      new DataView(head.buffer).setUint32(4, end - at - 8 + MARK.length);
      known.push(head, bytes.subarray(at + 8, end), MARK);
      tracks++;
    }
    at = end;
  }
  const whole = new Uint8Array(known.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const part of known) {
    whole.set(part, filled);
    filled += part.length;
  }
  return whole;
}

function parse(bytes: Uint8Array, name: string): MidiData {
  try {
    return parseMidi(bytes);
  } catch (cause) {
    // The parser throws plain texts.
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new RecurveError(
      'data',
      `${name}: expected MIDI events, got "${said.replace(/\s+/g, ' ')}"; the file is damaged, export it again`,
      {
        cause,
      },
    );
  }
}

/** Takes the mark off a track; where it was swallowed, an event is longer than the track. */
function expectMark(track: MidiEvent[], t: number, name: string): void {
  const last = track.pop();
  if (last?.type === 'endOfTrack' && last.deltaTime === MARK[0]) return;
  throw new RecurveError(
    'data',
    `${name}: expected events that end within their track, got a longer one in track ${t + 1}; the file is damaged, export it again`,
  );
}

interface RawNote {
  pitch: number;
  start: number;
  duration: number;
  channel: number;
}

function notesOf(track: readonly MidiEvent[], scale: number, name: string): RawNote[] {
  const notes: RawNote[] = [];
  const open = new Map<number, RawNote[]>();
  let now = 0;
  for (const event of track) {
    if (!(event.deltaTime >= 0)) {
      throw new RecurveError(
        'data',
        `${name}: expected times that go on, got a step of ${event.deltaTime} ticks; the file is damaged, export it again`,
      );
    }
    now += event.deltaTime;
    expectLength(now * scale, name);
    if (event.type !== 'noteOn' && event.type !== 'noteOff') continue;
    const { noteNumber: pitch, channel, velocity } = event;
    if (!(pitch >= 0 && pitch < 128 && velocity >= 0 && velocity < 128)) {
      throw new RecurveError(
        'data',
        `${name}: expected notes with numbers from 0 to 127, got ${pitch} with velocity ${velocity}; the file is damaged`,
      );
    }
    if (channel === DRUMS) continue;
    const place = channel * 128 + pitch;
    if (event.type === 'noteOn') {
      const note = { pitch, start: now, duration: 0, channel };
      notes.push(note);
      const waiting = open.get(place);
      if (waiting) waiting.push(note);
      else open.set(place, [note]);
    } else {
      const note = open.get(place)?.shift();
      if (note) note.duration = now - note.start;
    }
  }
  // What is never ended sounds to the end of its track.
  for (const waiting of open.values()) for (const note of waiting) note.duration = now - note.start;
  return notes;
}

/** The first tempo, metre and key count; the name of the first track is the piece's, those of others are names of instruments. */
function readAbout(track: readonly MidiEvent[], about: Partial<Score>, first: boolean): void {
  for (const event of track) {
    if (event.type === 'setTempo' && event.microsecondsPerBeat > 0) about.tempo ??= 6e7 / event.microsecondsPerBeat;
    else if (event.type === 'timeSignature') {
      const metre = { beats: event.numerator, unit: event.denominator };
      if (isMetre(metre)) about.metre ??= metre;
    } else if (event.type === 'keySignature' && Math.abs(event.key) <= 7) {
      about.key ??= keyOfFifths(event.key, event.scale === 1 ? 'minor' : 'major');
    } else if (first && event.type === 'trackName') about.title ??= decodeText(event.text);
  }
}

/** The parser gives a character per byte: writers of today mean UTF-8, those of before Latin-1, some with zeros at the end. */
function decodeText(text: string): string {
  const bare = text.replaceAll('\0', '');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bare, (c) => c.charCodeAt(0)));
  } catch {
    return bare;
  }
}

/**
 * Writes a Standard MIDI File of format 1: title, tempo, metre and key in the first track, then a track for each voice.
 *
 * @throws RecurveError `data` for notes and tempos that MIDI cannot say
 */
export function writeMidi(score: Score): Uint8Array {
  expectScore('writeMidi', score);
  const { title, tempo = DEFAULT_TEMPO, metre, key } = score;
  expectText('writeMidi', 'title', title, "'' for none");
  for (const note of score.notes) expectWritable(note);
  if (!(tempo > 0 && tempo <= 6e7))
    throw new RecurveError('data', `midi: expected a tempo above 0, to 6e7, got ${tempo}; give quarters a minute`);
  const end: MidiEvent = { deltaTime: 0, meta: true, type: 'endOfTrack' };
  const text = Array.from(new TextEncoder().encode(title), (byte) => String.fromCharCode(byte)).join('');
  const head: MidiEvent[] = [
    { deltaTime: 0, meta: true, type: 'trackName', text },
    { deltaTime: 0, meta: true, type: 'setTempo', microsecondsPerBeat: Math.min(Math.round(6e7 / tempo), SLOWEST) },
  ];
  if (metre) {
    const { beats: numerator, unit: denominator } = metre;
    head.push({
      deltaTime: 0,
      meta: true,
      type: 'timeSignature',
      numerator,
      denominator,
      metronome: 24,
      thirtyseconds: 8,
    });
  }
  // MIDI knows major and minor; the other modes have the signature of one.
  if (key)
    head.push({ deltaTime: 0, meta: true, type: 'keySignature', key: key.fifths, scale: key.mode === 'minor' ? 1 : 0 });
  const voices = voiceCount(score);
  const tracks = Array.from({ length: voices }, (_, v) =>
    trackOf(
      score.notes.filter(({ voice }) => voice === v),
      channelOf(v),
    ),
  );
  const data: MidiData = {
    header: { format: 1, numTracks: tracks.length + 1, ticksPerBeat: TICKS },
    tracks: [[...head, end], ...tracks.map((track) => [...track, end])],
  };
  return Uint8Array.from(packMidi(data));
}

function expectWritable({ pitch, start, duration, voice }: Note): void {
  const whole = [pitch, start, duration, voice].every(Number.isSafeInteger);
  if (whole && pitch >= 0 && pitch <= 127 && start >= 0 && duration >= 1 && voice >= 0) return;
  throw new RecurveError(
    'data',
    `midi: expected notes in whole numbers, pitch 0 to 127, start and voice from 0, duration from 1, got pitch ${pitch}, start ${start}, duration ${duration}, voice ${voice}; ${TICKS} ticks are a quarter`,
  );
}

/** Fifteen channels in turn, without the drums'. */
function channelOf(voice: number): number {
  const channel = voice % 15;
  return channel >= DRUMS ? channel + 1 : channel;
}

function trackOf(notes: readonly Note[], channel: number): MidiEvent[] {
  const moments = notes.flatMap(({ pitch, start, duration }) => [
    { at: start, on: true, pitch },
    { at: start + duration, on: false, pitch },
  ]);
  // Ends before beginnings, so that a repeated note is struck anew.
  moments.sort((a, b) => a.at - b.at || Number(a.on) - Number(b.on) || a.pitch - b.pitch);
  let now = 0;
  return moments.map(({ at, on, pitch }) => {
    const deltaTime = at - now;
    now = at;
    return {
      deltaTime,
      type: on ? 'noteOn' : 'noteOff',
      channel,
      noteNumber: pitch,
      velocity: on ? VELOCITY : 0,
    } as MidiEvent;
  });
}
