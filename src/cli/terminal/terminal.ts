/** What of a stream the terminal code needs; `process.stderr` fits. */
export interface OutputStream {
  write(text: string): unknown;
  isTTY?: boolean;
  /** Width in characters; follows the window. */
  columns?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What may be written to a stream. */
export interface Abilities {
  /** A person watches and lines can be redrawn. */
  interactive: boolean;
  color: boolean;
  /** Bars, dots and lines from beyond ASCII. */
  unicode: boolean;
}

/**
 * What `stream` can show. `NO_COLOR` (any value but empty) and `TERM=dumb` take colour away, `FORCE_COLOR` gives it to a
 * pipe; `TERM=dumb` and `CI` never redraw.
 */
export function abilitiesOf(stream: OutputStream, env: Environment, platform: string): Abilities {
  const dumb = env.TERM === 'dumb';
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0';
  const forbidden = (env.NO_COLOR !== undefined && env.NO_COLOR !== '') || env.FORCE_COLOR === '0';
  const tty = stream.isTTY === true;
  // The Linux console and old Windows consoles have no glyphs for the blocks of a spark line.
  const plainConsole =
    env.TERM === 'linux' || (platform === 'win32' && !env.WT_SESSION && !env.TERM_PROGRAM && !env.TERM);
  return {
    interactive: tty && !dumb && !env.CI,
    color: !forbidden && (forced || (tty && !dumb)),
    unicode: !dumb && !plainConsole,
  };
}

/** Columns of the stream; 80 when it does not say. */
export function columnsOf(stream: OutputStream): number {
  const columns = stream.columns;
  return columns !== undefined && Number.isFinite(columns) && columns > 0 ? Math.max(1, Math.floor(columns)) : 80;
}
