import type { Command } from 'commander';
import type { OutputValues } from '../output.ts';

export function define(command: Command): void {
  command
    .helpCommand(false)
    .description('Lists, finds, fetches and mirrors public data sets. What is fetched is checked by its SHA-256.')
    .addHelpText(
      'after',
      `
A data set is looked for in the folder RECURVE_DATA, then in the cache ($XDG_CACHE_HOME/recurve/datasets, else
~/.cache/recurve/datasets). Data are also found by name: \`dataset:NAME\` stands for the files of a set, and for its first
one where one table is wanted.

Example:
  $ recurve datasets get seattle-weather
  $ recurve train forecast dataset:seattle-weather --target temp_max`,
    );
  command
    .command('list', { isDefault: true })
    .description('list all data sets')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ recurve datasets list')
    .action(async (values: OutputValues) => (await import('../datasets.ts')).list(values));
  command
    .command('path')
    .argument('<name>', 'a data set')
    .description('print where the files of a data set are; exit code 5 when it is not on this machine')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ head $(recurve datasets path seattle-weather)')
    .action(async (name: string, values: OutputValues) => (await import('../datasets.ts')).path(name, values));
  command
    .command('get')
    .alias('fetch')
    .argument('<name>', 'a data set')
    .description('fetch a data set from its home, unless it is here; print its files, their SHA-256 and the licence')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ recurve datasets get seattle-weather')
    .action(async (name: string, values: OutputValues) => (await import('../datasets.ts')).get(name, values));
  command
    .command('mirror')
    .argument('<folder>', 'where to; made where it is missing')
    .argument('[names...]', 'data sets; default all')
    .description('put data sets into a folder for RECURVE_DATA, to work without network; prints what it leaves out')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ recurve datasets mirror data seattle-weather tinyshakespeare')
    .action(async (folder: string, names: string[], values: OutputValues) =>
      (await import('../datasets.ts')).mirror(folder, names, values),
    );
}
