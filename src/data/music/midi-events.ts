/**
 * Standard MIDI Files, as far as a score needs them. They are written by `midi-file` but read here: its parser takes what a cut event
 * lacks for zeros, goes on behind the end of a track, and cannot read a text of 120 kB, so that damage would become music.
 */

import { RecurveError } from '../../errors.ts';

/** What of a track says something about the music, `at` so many ticks of the file's from its beginning. */
export type TrackEvent = { at: number } & (
  | { type: 'on' | 'off'; channel: number; pitch: number }
  /** Ends what sounds on a channel. */
  | { type: 'silence'; channel: number }
  | { type: 'tempo'; microseconds: number }
  | { type: 'metre'; beats: number; unit: number }
  | { type: 'key'; fifths: number; minor: boolean }
  | { type: 'name'; text: Uint8Array }
);

/** A file's header and the bytes of its tracks. */
export interface MidiFile {
  format: number;
  /** Ticks of a quarter; 0x8000 and more where time is counted in frames of film. */
  division: number;
  tracks: Uint8Array[];
}

/** Controllers that end what sounds: all sound off, all notes off. */
const SILENCING = [120, 123];

/**
 * Finds the tracks among the parts of a file; those of other kinds a reader has to pass over.
 *
 * @throws RecurveError `data` for another file, and for one that is shorter than it says
 */
export function midiFile(bytes: Uint8Array, name: string): MidiFile {
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
  const tracks: Uint8Array[] = [];
  let at = 8 + view.getUint32(4);
  while (tracks.length < wanted) {
    if (at + 8 > bytes.length) damaged(`${tracks.length} of its ${wanted} tracks`);
    const end = at + 8 + view.getUint32(at + 4);
    if (end > bytes.length) damaged(`a part that ends ${end - bytes.length} bytes early`);
    if (tag(at) === 'MTrk') tracks.push(bytes.subarray(at + 8, end));
    at = end;
  }
  return { format: view.getUint16(8), division: view.getUint16(12), tracks };
}

/**
 * Reads a track to its end, by its event or its last byte; what follows that event is no music. The standard ends a running status with a
 * meta event or a system exclusive one; here it goes on, as in players, since some writers let it.
 *
 * @throws RecurveError `data` for events that are none or longer than the track
 */
export function trackEvents(
  bytes: Uint8Array,
  { name, track }: { name: string; track: number },
): { events: TrackEvent[]; end: number } {
  const fail = (expected: string, got: string): never => {
    throw new RecurveError('data', `${name}: expected ${expected}, got ${got}; the file is damaged, export it again`);
  };
  const tooLong = (): never => fail('events that end within their track', `a longer one in track ${track + 1}`);
  let place = 0;
  const byte = (): number => (place < bytes.length ? bytes[place++] : tooLong());
  /** Seven bits a byte, the last one below 128; 28 bits at most. */
  const number = (): number => {
    let value = 0;
    for (let next = 128; next >= 128; ) {
      next = byte();
      value = value * 128 + (next & 127);
      if (value >= 2 ** 28) fail('times and lengths of at most 28 bits', `a longer one in track ${track + 1}`);
    }
    return value;
  };
  const block = (): Uint8Array => {
    const length = number();
    if (place + length > bytes.length) tooLong();
    place += length;
    return bytes.subarray(place - length, place);
  };

  const events: TrackEvent[] = [];
  let at = 0;
  let status = 0;
  while (place < bytes.length) {
    at += number();
    let data = byte();
    if (data === 0xff) {
      const type = byte();
      const event = metaEvent(type, block());
      if (event) events.push({ at, ...event });
      if (type === 0x2f) break;
      continue;
    }
    if (data === 0xf0 || data === 0xf7) {
      block();
      continue;
    }
    if (data > 0xf0) fail('MIDI events', `the byte ${data} in track ${track + 1}, which no file has there`);
    if (data >= 0x80) {
      status = data;
      data = byte();
    } else if (status === 0) fail('MIDI events', `a running status without one before it in track ${track + 1}`);
    const kind = status >> 4;
    const channel = status & 15;
    // Programs and pressures have one byte, all others two.
    const value = kind === 0xc || kind === 0xd ? 0 : byte();
    if (kind === 8 || kind === 9) {
      if (data > 127 || value > 127) fail('notes with numbers from 0 to 127', `${data} with velocity ${value}`);
      events.push({ at, type: kind === 9 && value > 0 ? 'on' : 'off', channel, pitch: data });
    } else if (kind === 0xb && SILENCING.includes(data)) events.push({ at, type: 'silence', channel });
  }
  return { events, end: at };
}

type Untimed<E> = E extends unknown ? Omit<E, 'at'> : never;

/** What a meta event says about the music, if it does; shorter ones than the standard has say nothing. */
function metaEvent(type: number, data: Uint8Array): Untimed<TrackEvent> | undefined {
  if (type === 0x03) return { type: 'name', text: data };
  if (type === 0x51 && data.length >= 3)
    return { type: 'tempo', microseconds: data[0] * 0x10000 + data[1] * 0x100 + data[2] };
  if (type === 0x58 && data.length >= 2) return { type: 'metre', beats: data[0], unit: 2 ** data[1] };
  // The signs are a signed byte.
  if (type === 0x59 && data.length >= 2) return { type: 'key', fifths: (data[0] << 24) >> 24, minor: data[1] === 1 };
  return undefined;
}
