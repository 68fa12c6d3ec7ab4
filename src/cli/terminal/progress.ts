import pico from 'picocolors';
import { formatNumber, two } from '../../format.ts';
import { LiveLines } from './live-lines.ts';
import { Pace } from './pace.ts';
import { sparkline } from './sparkline.ts';
import { type Abilities, abilitiesOf, columnsOf, type Environment, type OutputStream } from './terminal.ts';
import { lineWidth, truncate } from './width.ts';

/** News of a training; `Progress` of `train/fit.ts` fits. Epochs and steps count from 1. */
export interface ProgressEvent {
  /** The part of the training that runs, with its own count of epochs; losses of different parts are not compared. */
  part?: { name: string; epoch: number; epochs: number };
  epoch: number;
  epochs: number;
  /** Steps done of the whole training. */
  step: number;
  steps: number;
  /** Mean training loss of the epoch so far. */
  loss: number;
  /** At the end of an epoch. */
  validation?: number;
  learningRate: number;
  /** Global norm before clipping. */
  gradientNorm?: number;
  /** Since the start of the training. */
  seconds: number;
  /** Seconds to go as the trainer reckons; used until there is a pace of its own. */
  eta?: number;
}

export interface ProgressOptions {
  /** Default standard error, so that results alone go to standard output. */
  stream?: OutputStream;
  /** Write nothing: for `--json` and `--quiet`. Default false. */
  silent?: boolean;
  /** Least seconds between two lines when nobody watches. Default 5. */
  everySeconds?: number;
  /** The training stops after so many seconds; the time left never shows more. */
  maxSeconds?: number;
  /** Default the process's. */
  env?: Environment;
  platform?: string;
}

export interface ProgressRenderer {
  /** Shows an event; cheap enough for every step. */
  update(event: ProgressEvent): void;
  /** Writes a line of its own above the progress. */
  note(line: string): void;
  /** Shows the last event for good and gives the cursor back; calling it again does nothing. */
  finish(): void;
}

/** Least milliseconds between two redrawings: 12 a second read as motion and cost nothing. */
const REDRAW = 80;

/**
 * Shows how a training runs. On a terminal three lines are redrawn in place: bar, rate and time left; loss with its
 * course and the best validation; learning rate, gradient and time spent. In a pipe or with `TERM=dumb` there is one line
 * per finished epoch, at most one every `everySeconds`, and always one for the first and the last.
 */
export function progressRenderer(options: ProgressOptions = {}): ProgressRenderer {
  const stream = options.stream ?? process.stderr;
  if (options.silent) return { update() {}, note() {}, finish() {} };
  const abilities = abilitiesOf(stream, options.env ?? process.env, options.platform ?? process.platform);
  return abilities.interactive ? live(stream, abilities, options) : plain(stream, options);
}

/** What both renderers remember of the events so far. */
class Course {
  readonly pace = new Pace();
  /** Loss of each finished epoch, and of the running one at the end. */
  readonly losses: number[] = [];
  best: { value: number; epoch: number } | undefined;
  #epoch = Number.NaN;
  #part: string | undefined;

  add(event: ProgressEvent): void {
    if (event.part?.name === this.#part) this.pace.add(event.step, event.seconds);
    else {
      this.pace.skipTo(event.step, event.seconds);
      this.#part = event.part?.name;
      this.best = undefined;
      this.losses.length = 0;
    }
    if (event.epoch === this.#epoch) this.losses[this.losses.length - 1] = event.loss;
    else this.losses.push(event.loss);
    this.#epoch = event.epoch;
    const { validation } = event;
    if (validation !== undefined && Number.isFinite(validation) && !(this.best && this.best.value <= validation)) {
      this.best = { value: validation, epoch: (event.part ?? event).epoch };
    }
  }

  /** Seconds left: by the recent pace, or as the trainer says while there is none, and never past `maxSeconds`. */
  eta(event: ProgressEvent, maxSeconds = Number.POSITIVE_INFINITY): number {
    const own = this.pace.secondsFor(event.steps - event.step);
    return Math.min(Number.isFinite(own) ? own : (event.eta ?? Number.NaN), Math.max(0, maxSeconds - event.seconds));
  }
}

function live(stream: OutputStream, abilities: Abilities, options: ProgressOptions): ProgressRenderer {
  const colors = pico.createColors(abilities.color);
  const lines = new LiveLines(stream);
  const course = new Course();
  const ellipsis = abilities.unicode ? '…' : '~';
  const dot = colors.dim(abilities.unicode ? ' · ' : ' | ');
  let last: ProgressEvent | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let finished = false;

  const draw = () => {
    if (!last) return;
    const width = columnsOf(stream) - 1; // a full last column makes some terminals wrap
    const event = last;
    const share = event.steps > 0 ? Math.min(1, event.step / event.steps) : 0;
    const head = heading(event);
    const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
    const speed = `${rate(course.pace.rate)} steps/s`;
    // What matters least stands last, where a narrow terminal cuts.
    const timing = finished
      ? [percent, speed]
      : [percent, `ETA ${clock(course.eta(event, options.maxSeconds))}`, speed];
    const room = Math.min(40, width - head.length - timing.join('  ').length - 4);
    const first = room >= 8 ? [head, bar(share, room, abilities.unicode, colors), ...timing] : [head, ...timing];
    const second = [`loss ${colors.bold(figure(event.loss))}`];
    if (course.best)
      second.push(`best validation ${colors.bold(figure(course.best.value))} (epoch ${course.best.epoch})`);
    const left = Math.min(24, width - lineWidth(second.join(dot)) - 2);
    if (course.losses.length > 1 && left >= 6) {
      second[0] += `  ${colors.cyan(sparkline(course.losses, { unicode: abilities.unicode, width: left }))}`;
    }
    const third = [`learning rate ${formatNumber(event.learningRate, 3)}`];
    if (event.gradientNorm !== undefined) third.push(`gradient ${formatNumber(event.gradientNorm, 3)}`);
    third.push(`${clock(event.seconds)} so far`);
    lines.draw(
      [first.join('  '), second.join(dot), colors.dim(third.join('  '))].map((line) => truncate(line, width, ellipsis)),
    );
  };
  return {
    update(event) {
      if (finished) return;
      course.add(event);
      last = event;
      const now = event.seconds * 1000;
      if (now - drawnAt < REDRAW && event.step < event.steps && event.validation === undefined) return;
      drawnAt = now;
      draw();
    },
    note(line) {
      lines.clear();
      stream.write(`${line}\n`);
      if (!finished) draw();
    },
    finish() {
      if (finished) return;
      finished = true;
      draw();
      lines.release();
    },
  };
}

function plain(stream: OutputStream, options: ProgressOptions): ProgressRenderer {
  const course = new Course();
  const every = options.everySeconds ?? 5;
  let last: ProgressEvent | undefined;
  let written: ProgressEvent | undefined;
  let finished = false;

  const write = (event: ProgressEvent) => {
    written = event;
    const parts = [heading(event), `loss ${figure(event.loss)}`];
    if (event.validation !== undefined) parts.push(`validation ${figure(event.validation)}`);
    if (course.best) parts.push(`best ${figure(course.best.value)} (epoch ${course.best.epoch})`);
    parts.push(`${rate(course.pace.rate)} steps/s`);
    if (event.step < event.steps) parts.push(`ETA ${clock(course.eta(event, options.maxSeconds))}`);
    else parts.push(`${clock(event.seconds)} in all`);
    stream.write(`${parts.join('  ')}\n`);
  };
  return {
    update(event) {
      if (finished) return;
      course.add(event);
      last = event;
      const epochDone = event.step * event.epochs >= event.epoch * event.steps;
      if (epochDone && (!written || event.seconds - written.seconds >= every)) write(event);
    },
    note(line) {
      // What it is about comes after the last step.
      if (last && last !== written) write(last);
      stream.write(`${line}\n`);
    },
    finish() {
      if (finished) return;
      finished = true;
      if (last && last !== written) write(last);
    },
  };
}

/** `epoch 3/20`, or `block 2 of 5, epoch 3/20`. */
function heading({ part, epoch, epochs }: ProgressEvent): string {
  return part ? `${part.name}, epoch ${part.epoch}/${part.epochs}` : `epoch ${epoch}/${epochs}`;
}

function bar(share: number, width: number, unicode: boolean, colors: ReturnType<typeof pico.createColors>): string {
  const done = Math.round(share * width);
  const [full, empty] = unicode ? ['━', '─'] : ['#', '.'];
  return colors.cyan(full!.repeat(done)) + colors.dim(empty!.repeat(width - done));
}

/** A loss as a line of fixed length, so that the text behind it does not dance. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(3) : value.toPrecision(5).slice(0, 7);
}

function rate(stepsPerSecond: number): string {
  if (!Number.isFinite(stepsPerSecond)) return '–';
  return stepsPerSecond >= 100 ? String(Math.round(stepsPerSecond)) : stepsPerSecond.toPrecision(2);
}

/** `0:42`, `12:05`, `1:02:03`; `–` when unknown. */
function clock(seconds: number): string {
  if (!(seconds >= 0) || seconds > 8.64e6) return '–';
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
