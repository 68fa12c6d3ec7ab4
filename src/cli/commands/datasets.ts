import type { Command } from 'commander';

interface Values {
  json?: boolean;
}

export function define(command: Command): void {
  command
    .helpCommand(false)
    .description('Lists, finds and fetches public data sets. Fetched ones are checked by their SHA-256.')
    .addHelpText(
      'after',
      `
A data set is looked for in the folder RECURVE_DATA, then in the cache ($XDG_CACHE_HOME/recurve/datasets, else
~/.cache/recurve/datasets). Tables are also found by name: \`dataset:NAME\` stands for the first file of a set.

Example:
  $ recurve datasets fetch seattle-weather
  $ recurve train forecast dataset:seattle-weather --target temp_max`,
    );
  command
    .command('list', { isDefault: true })
    .description('list all data sets')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ recurve datasets list')
    .action(async (values: Values) => (await import('../datasets.ts')).list(values));
  command
    .command('path')
    .argument('<name>', 'a data set')
    .description('print where the files of a data set are; exit code 5 when it is not on this machine')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ head $(recurve datasets path seattle-weather)')
    .action(async (name: string, values: Values) => (await import('../datasets.ts')).path(name, values));
  command
    .command('fetch')
    .argument('<name>', 'a data set')
    .description('fetch a data set from its home, unless it is here, and print its licence')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ recurve datasets fetch seattle-weather')
    .action(async (name: string, values: Values) => (await import('../datasets.ts')).fetchNamed(name, values));
}
