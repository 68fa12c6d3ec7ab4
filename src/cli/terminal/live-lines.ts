import { columnsOf, type OutputStream } from './terminal.ts';
import { lineWidth } from './width.ts';

const ESCAPE = String.fromCharCode(27);
const HIDE_CURSOR = `${ESCAPE}[?25l`;
const SHOW_CURSOR = `${ESCAPE}[?25h`;
const CLEAR_BELOW = `${ESCAPE}[0J`;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A few lines of a terminal that are redrawn in place. The cursor is hidden while they are live and comes back however the
 * process ends: released, exited, or ended by a signal nobody else handles.
 */
export class LiveLines {
  readonly #stream: OutputStream;
  #widths: number[] = [];
  #live = false;

  constructor(stream: OutputStream) {
    this.#stream = stream;
  }

  /** Puts `lines` in the place of those drawn before; each must fit into the terminal. */
  draw(lines: readonly string[]): void {
    let text = this.#back();
    if (!this.#live) {
      this.#live = true;
      text += HIDE_CURSOR;
      process.on('exit', this.#showCursor);
      for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    }
    this.#widths = lines.map(lineWidth);
    this.#stream.write(`${text}${lines.map((line) => `${line}\n`).join('')}`);
  }

  /** Takes the lines away. */
  clear(): void {
    const text = this.#back();
    this.#widths = [];
    if (text) this.#stream.write(text);
  }

  /** Leaves the lines where they are, as ordinary output, and shows the cursor. */
  release(): void {
    this.#widths = [];
    if (!this.#live) return;
    this.#live = false;
    this.#showCursor();
    process.off('exit', this.#showCursor);
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }

  /** Moves to the start of the first line and clears from there; counts the rows a narrowed window has wrapped them to. */
  #back(): string {
    const columns = columnsOf(this.#stream);
    const rows = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '' : `${ESCAPE}[${rows}F${CLEAR_BELOW}`;
  }

  #showCursor = (): void => {
    this.#stream.write(SHOW_CURSOR);
  };

  /** Listening for a signal takes its default away, so when nobody else listens it is raised again. */
  #onSignal = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) return;
    this.release();
    process.kill(process.pid, signal);
  };
}
