import { RecurveError } from '../../errors.ts';
import { expectList, kindOf } from '../../options.ts';
import { element, text } from '../svg.ts';
import { numberAxis, type Tick } from './axis.ts';
import { type ChartOptions, colorClass, expectChart, frame, type LegendItem, type Plot } from './frame.ts';

/** A note as a piano roll draws it. */
export interface RolledNote {
  /** MIDI number, middle C = 60. */
  pitch: number;
  /** In units of the horizontal axis. */
  start: number;
  duration: number;
  /** Voices have colours of their own. */
  voice: number;
}

/** What a piano roll shows. */
export interface PianoRollOptions extends ChartOptions {
  notes: readonly RolledNote[];
  /** Where bars begin, as lines. */
  bars?: readonly number[];
  /** Names of the voices, for the legend; default none. */
  voices?: readonly string[];
  /** The name of a pitch, for the axis and the tooltips. */
  nameOf(pitch: number): string;
}

/** Pitch classes of the black keys, whose rows are shaded. */
const BLACK = [1, 3, 6, 8, 10];

/** A piano roll: time to the right, pitch upwards, a bar for each note, the rows of black keys shaded. */
export function pianoRollChart(options: PianoRollOptions): string {
  expectChart('pianoRollChart', options, { notes: true, bars: true, voices: true, nameOf: 'function' });
  expectList('pianoRollChart', 'notes', options.notes, 'give { pitch, start, duration, voice } each');
  if (typeof options.nameOf !== 'function') {
    throw new RecurveError(
      'usage',
      `pianoRollChart: expected nameOf as a function, got ${kindOf(options.nameOf)}; give noteName`,
    );
  }
  const { notes, bars = [], voices = [], nameOf } = options;
  const pitches = notes.map(({ pitch }) => pitch);
  const low = pitches.reduce((a, b) => Math.min(a, b), 127) - 1;
  const high = pitches.reduce((a, b) => Math.max(a, b), 0) + 1;
  const end = notes.reduce((last, { start, duration }) => Math.max(last, start + duration), 0);
  const legend = voices.map((label, voice): LegendItem => ({ label, color: voice, kind: 'bar' }));
  return frame({
    ...options,
    ...(legend.length > 1 && { legend }),
    x: numberAxis([0, Math.max(end, 1)], { nice: false, integers: true, spacing: 60 }),
    y: pitchAxis(low, high, nameOf),
    empty: notes.length > 0 ? undefined : 'No notes to show',
    draw: (plot) => keyRows(plot, low, high) + barLines(plot, bars, end) + noteMarks(plot, options),
  });
}

/** Rows of half a semitone above and below each pitch; every C is named, or more where there are few. */
function pitchAxis(low: number, high: number, nameOf: (pitch: number) => string) {
  const domain = [low - 0.5, high + 0.5] as const;
  const ticks = (): Tick[] =>
    Array.from({ length: high - low + 1 }, (_, i) => low + i)
      .filter((pitch) => pitch % 12 === 0 || (high - low < 30 && [4, 7].includes(pitch % 12)))
      .map((value) => ({ value, label: nameOf(value) }));
  return { domain, ticks };
}

function keyRows(plot: Plot, low: number, high: number): string {
  let marks = '';
  for (let pitch = low; pitch <= high; pitch++) {
    if (!BLACK.includes(pitch % 12)) continue;
    const y = plot.y(pitch + 0.5);
    marks += element('rect', {
      x: 0,
      y,
      width: plot.width,
      height: plot.y(pitch - 0.5) - y,
      fill: 'var(--rc-grid)',
      opacity: '0.45',
    });
  }
  return marks;
}

function barLines(plot: Plot, bars: readonly number[], end: number): string {
  return bars
    .filter((at) => at > 0 && at < end)
    .map((at) => element('line', { class: 'rc-axis', x1: plot.x(at), x2: plot.x(at), y1: 0, y2: plot.height }))
    .join('');
}

function noteMarks(plot: Plot, { notes, nameOf, voices = [], hover }: PianoRollOptions): string {
  const told = hover !== false && notes.length <= 2000;
  return notes
    .map(({ pitch, start, duration, voice }) => {
      const y = plot.y(pitch + 0.5);
      const shape = {
        class: `rc-fill ${colorClass(voice)}`,
        x: plot.x(start),
        y: y + 0.5,
        // A hair of space keeps repeated notes apart.
        width: Math.max(plot.x(start + duration) - plot.x(start) - 0.8, 0.6),
        height: Math.max(plot.y(pitch - 0.5) - y - 1, 1),
        rx: 1,
      };
      const name = `${nameOf(pitch)}${voices[voice] ? `, ${voices[voice]}` : ''}`;
      return element('rect', shape, ...(told ? [element('title', {}, text(name))] : []));
    })
    .join('');
}
