import type { Command } from 'commander';

/** A command as the help above it lists it. What it takes and does is loaded only when it is the one wanted. */
export interface Entry {
  readonly name: string;
  readonly summary: string;
  /** `args`: what stands behind the command's name. */
  load(): Promise<{ define(command: Command, args: readonly string[]): void | Promise<void> }>;
}

/** Adds commands to the one above them; of them only the one that `args` names is loaded. */
export async function addEntries(parent: Command, entries: readonly Entry[], args: readonly string[]): Promise<void> {
  const names = entries.map(({ name }) => name);
  const at = args.findIndex((arg) => names.includes(arg));
  for (const { name, summary, load } of entries) {
    const command = parent.command(name).description(summary);
    if (name === args[at]) await (await load()).define(command, args.slice(at + 1));
  }
}
