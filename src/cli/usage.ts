import type { Command, CommanderError } from 'commander';
import { RecurveError } from '../errors.ts';
import { nearest } from '../nearest.ts';

/** Tasks that are trained, and have no command of their own name. */
const TASKS = ['forecast', 'tag', 'classify'];

/** Says in our form (who, expected, got, next move) what commander found wrong with a command line. */
export function usageError(error: CommanderError, command: Command, path: readonly string[]): RecurveError {
  const who = path.join(' ') || 'recurve';
  const help = `see ${['recurve', ...path].join(' ')} --help`;
  const said = error.message.replace(/^error: /, '').split('\n')[0];
  const quoted = /'([^']*)'/.exec(said)?.[1] ?? '';
  const say = (expected: string, got: string, next = help) =>
    new RecurveError('usage', `${who}: expected ${expected}, got ${got}; ${next}`);
  const meant = (name: string | undefined) => (name === undefined ? help : `did you mean ${name}? ${help}`);
  const unknownCommand = (name: string) => {
    const names = command.commands.map((child) => child.name());
    const task = path.length === 0 ? nearest(name, TASKS) : undefined;
    return say(`one of ${names.join(', ')}`, `"${name}"`, meant(task ? `train ${task}` : nearest(name, names)));
  };
  switch (error.code) {
    case 'commander.unknownOption': {
      // The options of a subcommand that is not there are unknown too.
      if (command.commands.length > 0 && /^[^-]/.test(command.args[0])) return unknownCommand(command.args[0]);
      const flags = ['--help', ...command.options.flatMap(({ long }) => (long ? [long] : []))];
      return say('a known option', quoted, meant(nearest(quoted, flags)));
    }
    case 'commander.missingArgument':
      return say(`<${quoted}>`, 'nothing');
    case 'commander.missingMandatoryOptionValue':
      return say(quoted, 'nothing');
    case 'commander.optionMissingArgument':
      return say(quoted, `${quoted.split(/[ ,]/)[0]} without a value`);
    case 'commander.excessArguments':
      // With an action of its own, a command takes the name of a subcommand that is not there for an argument.
      if (command.commands.length > 0) return unknownCommand(command.args[0]);
      return say('no further argument', `"${command.args.at(-1)}"`);
    case 'commander.unknownCommand':
      return unknownCommand(quoted);
    default:
      return say('a valid command line', said);
  }
}
