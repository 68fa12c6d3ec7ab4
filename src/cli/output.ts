import { type Abilities, abilitiesOf, columnsOf } from './terminal/index.ts';

/** Where a command writes: results to standard output, news to standard error. */
export interface Output {
  readonly json: boolean;
  /** What standard output can show. */
  readonly abilities: Abilities;
  /** Columns of standard output. */
  readonly width: number;
  /** Writes a result for people; nothing with `--json`. */
  print(text: string): void;
  /** Writes the one object of `--json`; nothing without. */
  result(value: object): void;
  /** Tells what goes on; nothing with `--json` or `--quiet`. */
  note(line: string): void;
}

export function outputOf({ json = false, quiet = false }: { json?: boolean; quiet?: boolean }): Output {
  return {
    json,
    abilities: abilitiesOf(process.stdout, process.env, process.platform),
    width: columnsOf(process.stdout),
    print: (text) => {
      if (!json) process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    result: (value) => {
      if (json) process.stdout.write(`${jsonText(value)}\n`);
    },
    note: (line) => {
      if (!json && !quiet) process.stderr.write(`${line}\n`);
    },
  };
}

/** JSON on one line: typed arrays as lists, and null for what is no number. */
export function jsonText(value: object): string {
  return JSON.stringify(value, (_, inner) => (ArrayBuffer.isView(inner) ? Array.from(inner as Float64Array) : inner));
}
