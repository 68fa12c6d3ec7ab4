/** Seconds of training after which a measurement counts half. */
const HALF_LIFE = 5;

/**
 * Steps per second as an exponentially weighted mean: recent steps count more, so the figure follows a machine that
 * slows down, and a single slow step does not shake it. Weighted by time, so it does not depend on how often it is fed.
 */
export class Pace {
  #step = Number.NaN;
  #seconds = Number.NaN;
  /** Decayed sums of steps and of seconds; their ratio is the rate, without a bias towards its start. */
  #steps = 0;
  #time = 0;

  /** Notes that `step` steps were done `seconds` after the start. Going back, as on a resumed training, starts over. */
  add(step: number, seconds: number): void {
    const [steps, time] = [step - this.#step, seconds - this.#seconds];
    if (!(steps >= 0 && time >= 0)) {
      this.#steps = 0;
      this.#time = 0;
    } else {
      if (time === 0) return; // wait for the clock to move; these steps count with the next event
      const keep = 2 ** (-time / HALF_LIFE);
      this.#steps = this.#steps * keep + steps;
      this.#time = this.#time * keep + time;
    }
    this.skipTo(step, seconds);
  }

  /** Goes on from `step` without counting the steps to it: a part of the training that ended early leaves out the rest of its own. */
  skipTo(step: number, seconds: number): void {
    this.#step = step;
    this.#seconds = seconds;
  }

  /** Steps per second, NaN before the second event. */
  get rate(): number {
    return this.#time > 0 ? this.#steps / this.#time : Number.NaN;
  }

  /** Seconds `steps` more will take, NaN when no pace is known. */
  secondsFor(steps: number): number {
    return this.rate > 0 ? steps / this.rate : Number.NaN;
  }
}
