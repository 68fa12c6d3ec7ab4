import type { AbcItem, AbcSound } from './abc-repeats.ts';

/** What runs on from sign to sign in one line of notes: in a voice's own, or in one that `&` lays over it. */
export class AbcLayer {
  /** Accidentals written in the running bar, by letter and octave, and those that came with a tie over the line before it. */
  accidentals = new Map<string, number>();
  carried = new Map<string, number>();
  /** Where the notes of the last sound stand, and how they are shifted. */
  sounded: { place: string; shift: number }[] = [];
  last: AbcSound | undefined;
  /** What `(3` still applies to. */
  tuplet = { left: 0, factor: 1 };
  /** Factor on the next note's length, after > or <; 1 for none. */
  broken = 1;
  /** The bar that it goes on in, counted from 0. */
  bar = 0;

  endBar(): void {
    const { notes } = this.last ?? { notes: [] };
    this.accidentals = new Map();
    this.carried = new Map(this.sounded.filter((_, i) => notes[i]?.tied).map(({ place, shift }) => [place, shift]));
    this.last = undefined;
    this.bar++;
  }

  beginOverlay(bar: number): void {
    this.accidentals = new Map();
    if (this.bar !== bar) this.carried = new Map();
    this.bar = bar;
    this.last = undefined;
    this.tuplet = { left: 0, factor: 1 };
    this.broken = 1;
  }
}

/** Lines over a bar, of which nobody writes more. */
const MOST_LINES = 16;

/**
 * The lines of a voice: its own, and those over it. `&` goes back to the beginning of the running bar, right after a bar line to that of the
 * bar before, and `&&` one bar more; what follows lies over so many bars.
 */
export class AbcLayers {
  readonly items: AbcItem[] = [];
  readonly #layers = [new AbcLayer()];
  /** Where the items of each bar begin, and how many lines lie over it. */
  readonly #bars = [{ at: 0, over: 0 }];
  #overlay: { layer: number; left: number; sounds: AbcSound[]; room: number; own: boolean } | undefined;

  /** The line that is written to. */
  get current(): AbcLayer {
    return this.#layers[this.#overlay?.layer ?? 0];
  }

  add(sound: AbcSound): void {
    if (this.#overlay) this.#overlay.sounds.push(sound);
    else this.items.push(sound);
    this.current.last = sound;
  }

  /** Begins a line over the last `count` bars; false where there are not so many. */
  lay(count: number): boolean {
    const own = this.#overlay?.own ?? this.#sounds(this.#bars.length - 1);
    const end = own ? this.#bars.length : this.#bars.length - 1;
    const first = end - count;
    if (first < 0 || (this.#overlay?.left ?? 1) > 1) return false;
    const bars = this.#bars.slice(first, end);
    const layer = bars.reduce((most, { over }) => Math.max(most, over), 0) + 1;
    if (layer > MOST_LINES) return false;
    for (const bar of bars) bar.over = layer;
    const to = this.#bars[end]?.at ?? this.items.length;
    const room = ticksOf(this.items.slice(bars[0].at, to));
    const sounds: AbcSound[] = [];
    this.items.splice(bars[0].at, 0, { kind: 'overlay', layer, sounds });
    for (let b = first + 1; b < this.#bars.length; b++) this.#bars[b].at++;
    while (this.#layers.length <= layer) this.#layers.push(new AbcLayer());
    this.#layers[layer].beginOverlay(first);
    this.#overlay = { layer, left: count, sounds, room, own };
    return true;
  }

  /** Ticks by which the running overlay is longer than what it lies over, rounding apart. */
  get excess(): number {
    if (!this.#overlay) return 0;
    const more = ticksOf(this.#overlay.sounds) - this.#overlay.room;
    return more > 0.5 ? more : 0;
  }

  /** Ends a bar; gives whether its line is one of the voice, and not only of what lies over bars that have theirs. */
  endBar(): boolean {
    this.current.endBar();
    if (!this.#overlay) return true;
    if (--this.#overlay.left > 0) return false;
    const { own } = this.#overlay;
    this.#overlay = undefined;
    if (own) this.current.endBar();
    return own;
  }

  /** Notes where a bar begins; twice without a sound in between is once. */
  beginBar(): void {
    if (!this.#sounds(this.#bars.length - 1)) this.#bars.pop();
    this.#bars.push({ at: this.items.length, over: 0 });
    this.#layers[0].bar = this.#bars.length - 1;
  }

  #sounds(bar: number): boolean {
    return this.items.slice(this.#bars[bar].at).some(({ kind }) => kind === 'sound');
  }
}

function ticksOf(items: readonly AbcItem[]): number {
  return items.reduce((sum, item) => sum + (item.kind === 'sound' ? item.ticks : 0), 0);
}
