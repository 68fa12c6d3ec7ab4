import type { MelodyEvent } from '../../../data/music/index.ts';
import type { MelodyCodec } from './codec.ts';

/** The events of a growing tune and its place in the bar; bar lines are said by themselves where a bar is full. */
export class Tune {
  readonly events: MelodyEvent[] = [];
  /** Full bars so far. */
  bars = 0;
  pickup: number;
  /** Ticks to the next bar line. */
  left: number;
  /** Ticks of the running bar, and where it ends. */
  #full: number;
  #line: number;
  readonly #bar: (start: number) => number;
  readonly #codec: MelodyCodec;
  readonly #say: (id: number) => number;

  /** `bar` gives the ticks of the bar that begins at a place. */
  constructor(codec: MelodyCodec, bar: (start: number) => number, pickup: number, say: (id: number) => number) {
    this.#codec = codec;
    this.#say = say;
    this.#bar = bar;
    this.#full = bar(0);
    this.pickup = pickup;
    this.left = pickup > 0 ? pickup : this.#full;
    this.#line = this.left;
    // A pickup is no bar.
    if (pickup > 0) this.bars = -1;
  }

  get atBar(): boolean {
    return this.left === this.#full;
  }

  /** Whether what has been played so far may be a pickup. */
  get mayPickUp(): boolean {
    return this.pickup === 0 && this.left > 0;
  }

  add({ pitch, duration }: MelodyEvent): void {
    this.#say(pitch === null ? this.#codec.rest : this.#codec.pitch(pitch));
    this.place(pitch, this.#say(this.#codec.duration(duration)), duration);
  }

  /** Counts an event whose tokens have been said. */
  place(pitch: number | null, id: number, exact?: number): void {
    const token = this.#codec.token(id);
    const duration = exact ?? (token.sort === 'duration' ? token.duration : 0);
    this.events.push({ pitch, duration });
    this.left -= duration;
    while (this.left <= 0) {
      this.#say(this.#codec.bar);
      this.#full = this.#bar(this.#line);
      this.left += this.#full;
      this.#line += this.#full;
      this.bars++;
    }
  }

  endPickup(): void {
    this.pickup = this.#full - this.left;
    this.left = this.#full;
    this.#line = this.pickup + this.#full;
  }
}
