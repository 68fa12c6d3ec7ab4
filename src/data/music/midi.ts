import { type MidiData, type MidiEvent, writeMidi as packMidi } from 'midi-file';
import { RecurveError } from '../../errors.ts';
import { expectBytes, expectText } from '../../options.ts';
import { keyOfFifths } from './key.ts';
import { barsOf, isMetre, type Metre, type MetreChange, parseMetre, sameMetre } from './metre.ts';
import { midiFile, type TrackEvent, trackEvents } from './midi-events.ts';
import { byTime, expectLength, expectScore, LONGEST, type Note, type Score, TICKS, voiceCount } from './score.ts';

const VELOCITY = 80;
/** General MIDI's channel of drums, whose numbers are no pitches. */
const DRUMS = 9;
/** Microseconds of the longest quarter that can be written, in 24 bits: 3.6 quarters a minute. */
const SLOWEST = 2 ** 24 - 1;
/** The tempo and the metre of a file that says nothing. */
const DEFAULT_TEMPO = 120;
const COMMON_TIME = parseMetre('4/4');

/**
 * Reads a Standard MIDI File (formats 0 and 1): notes of all tracks but the drums', each track with notes one voice; of format 0
 * each channel. Repeated pairs of on and off of one pitch are matched in their order. Tempo and key are those of the first note.
 *
 * @throws RecurveError `data` for bytes that are no MIDI file, a truncated or impossible one, and one without notes
 */
export function readMidi(bytes: Uint8Array, name: string): Score {
  expectBytes('readMidi', bytes);
  const { format, division, tracks } = midiFile(bytes, name);
  const patterns = format === 2 && tracks.length > 1;
  if (patterns || division === 0 || division >= 0x8000) {
    const got = patterns
      ? 'independent patterns (format 2)'
      : division === 0
        ? '0 ticks a beat'
        : 'a time base of film frames';
    throw new RecurveError('data', `${name}: expected MIDI in beats, one piece, got ${got}; save it as format 0 or 1`);
  }
  const scale = TICKS / division;
  const notes: Note[] = [];
  const about: TrackEvent[] = [];
  let title = '';
  tracks.forEach((track, t) => {
    const { events, end } = trackEvents(track, { name, track: t });
    expectLength(end * scale, name);
    for (const note of notesOf(events, end)) {
      const start = Math.round(note.start * scale);
      const duration = Math.max(1, Math.round(note.end * scale) - start);
      // Tracks and channels are numbered below, once it is known which of them have notes.
      notes.push({ pitch: note.pitch, start, duration, voice: format === 1 ? t : 16 * t + note.channel });
    }
    for (const event of events) {
      // The name of the first track is the piece's, those of others are names of instruments.
      if (event.type === 'name' && t === 0 && title === '') title = decodeText(event.text);
      else if (event.type === 'tempo' || event.type === 'metre' || event.type === 'key') about.push(event);
    }
  });
  if (notes.length === 0) {
    throw new RecurveError(
      'data',
      `${name}: expected notes, got a MIDI file without one; give a file that sounds (drums do not count)`,
    );
  }
  const voices = [...new Set(notes.map(({ voice }) => voice))].sort((a, b) => a - b);
  const numbers = new Map(voices.map((voice, v) => [voice, v]));
  for (const note of notes) note.voice = numbers.get(note.voice) ?? 0;
  notes.sort(byTime);
  return { notes, title, pickup: 0, ...aboutOf(about, scale, notes[0].start) };
}

interface RawNote {
  pitch: number;
  channel: number;
  start: number;
  end: number;
}

/** The notes on one key of a channel: those that sound begin at `next`. */
interface Struck {
  notes: RawNote[];
  next: number;
  /** Where a key was let go last. */
  off: number;
}

function notesOf(events: readonly TrackEvent[], end: number): RawNote[] {
  const notes: RawNote[] = [];
  const channels = Array.from({ length: 16 }, () => new Map<number, Struck>());
  const letGo = (key: Struck, at: number): void => {
    key.off = at;
    if (key.next < key.notes.length) key.notes[key.next++].end = at;
  };
  for (const event of events) {
    const { at, type } = event;
    if (type === 'silence')
      for (const key of channels[event.channel].values()) while (key.next < key.notes.length) letGo(key, at);
    if (!(type === 'on' || type === 'off') || event.channel === DRUMS) continue;
    const { channel, pitch } = event;
    const key = channels[channel].get(pitch) ?? { notes: [], next: 0, off: -1 };
    channels[channel].set(pitch, key);
    if (type === 'off') letGo(key, at);
    else {
      const note = { pitch, channel, start: at, end: -1 };
      notes.push(note);
      key.notes.push(note);
    }
  }
  // What is never ended sounds to where its key was last let go, or else to the end of its track.
  for (const keys of channels)
    for (const { notes: own, next, off } of keys.values())
      for (const note of own.slice(next)) note.end = off > note.start ? off : end;
  return notes;
}

/** Tempo and key of the first note, and the metres; what is said later only comes after what the standard takes for granted. */
function aboutOf(events: readonly TrackEvent[], scale: number, firstNote: number): Partial<Score> {
  const timed = events.map((event) => ({ ...event, at: Math.round(event.at * scale) })).sort((a, b) => a.at - b.at);
  const metres: MetreChange[] = [];
  let tempo: number | undefined;
  let key: Score['key'];
  for (const event of timed) {
    const early = event.at <= firstNote;
    if (event.type === 'tempo' && event.microseconds > 0) {
      if (early) tempo = 6e7 / event.microseconds;
      else tempo ??= DEFAULT_TEMPO;
    } else if (event.type === 'key' && Math.abs(event.fifths) <= 7) {
      const said = keyOfFifths(event.fifths, event.minor ? 'minor' : 'major');
      key = early ? said : (key ?? said);
    } else if (event.type === 'metre') {
      const metre = { beats: event.beats, unit: event.unit };
      if (!isMetre(metre)) continue;
      if (metres.length === 0 && !early) metres.push({ start: 0, metre: COMMON_TIME });
      const last = metres.at(-1);
      if (last?.start === event.at) last.metre = metre;
      else if (!(last && sameMetre(last.metre, metre))) metres.push({ start: event.at, metre });
    }
  }
  const [first, ...metreChanges] = metres;
  return {
    ...(key && { key }),
    ...(first && { metre: first.metre }),
    ...(metreChanges.length > 0 && { metreChanges }),
    ...(tempo !== undefined && { tempo }),
  };
}

/** Writers of today mean UTF-8, those of before Latin-1, some with zeros at the end. */
function decodeText(text: Uint8Array): string {
  const bare = text.filter((byte) => byte !== 0);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bare);
  } catch {
    return Array.from(bare, (byte) => String.fromCharCode(byte)).join('');
  }
}

/**
 * Writes a Standard MIDI File of format 1: title, tempo, metres and key in the first track, then a track for each voice.
 *
 * @throws RecurveError `data` for notes and tempos that MIDI cannot say
 */
export function writeMidi(score: Score): Uint8Array {
  expectScore('writeMidi', score);
  const { title, tempo = DEFAULT_TEMPO, metre, metreChanges = [], key } = score;
  expectText('writeMidi', 'title', title, "'' for none");
  for (const note of score.notes) expectWritable(note);
  // Refuses metres that cannot be counted out.
  barsOf(metre ?? COMMON_TIME, metreChanges);
  if (!(tempo > 0 && tempo <= 6e7))
    throw new RecurveError('data', `midi: expected a tempo above 0, to 6e7, got ${tempo}; give quarters a minute`);
  const end: MidiEvent = { deltaTime: 0, meta: true, type: 'endOfTrack' };
  const text = Array.from(new TextEncoder().encode(title), (byte) => String.fromCharCode(byte)).join('');
  const head: MidiEvent[] = [
    { deltaTime: 0, meta: true, type: 'trackName', text },
    { deltaTime: 0, meta: true, type: 'setTempo', microsecondsPerBeat: Math.min(Math.round(6e7 / tempo), SLOWEST) },
  ];
  if (metre) head.push(timeSignature(metre, 0));
  // MIDI knows major and minor; the other modes have the signature of one.
  if (key)
    head.push({ deltaTime: 0, meta: true, type: 'keySignature', key: key.fifths, scale: key.mode === 'minor' ? 1 : 0 });
  let now = 0;
  for (const { start, metre: next } of [...metreChanges].sort((a, b) => a.start - b.start)) {
    head.push(timeSignature(next, start - now));
    now = start;
  }
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

function timeSignature({ beats: numerator, unit: denominator }: Metre, deltaTime: number): MidiEvent {
  return { deltaTime, meta: true, type: 'timeSignature', numerator, denominator, metronome: 24, thirtyseconds: 8 };
}

/** A file counts its tracks in two bytes, and one of them has no notes. */
const MOST_VOICES = 65_533;

function expectWritable({ pitch, start, duration, voice }: Note): void {
  const whole = [pitch, start, duration, voice].every(Number.isSafeInteger);
  const inRange = pitch >= 0 && pitch <= 127 && start >= 0 && duration >= 1 && voice >= 0;
  if (whole && inRange && start + duration <= LONGEST && voice <= MOST_VOICES) return;
  throw new RecurveError(
    'data',
    `midi: expected notes in whole numbers, pitch 0 to 127, start from 0, duration from 1, the end at most at ${LONGEST}, voice 0 to ${MOST_VOICES}, got pitch ${pitch}, start ${start}, duration ${duration}, voice ${voice}; ${TICKS} ticks are a quarter`,
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
