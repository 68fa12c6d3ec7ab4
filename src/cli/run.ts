import { CommanderError } from 'commander';
import { fileError } from '../node/file-error.ts';
import { exitCodes } from './exit.ts';
import { failureOf, printFailure } from './failure.ts';
import { makeProgram } from './program.ts';

/** Runs the command line tool; sets the exit code and returns when all is done. */
export async function run(args: readonly string[]): Promise<void> {
  const fail = (error: unknown): void => {
    // Help and version were asked for and have been printed.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const failure = failureOf(error);
    printFailure(failure, { json: args.includes('--json'), debug: process.env.RECURVE_DEBUG === '1' });
    process.exitCode = failure.exitCode;
  };
  const failAtOnce = (error: unknown): void => {
    fail(error);
    process.exit();
  };
  process.on('uncaughtException', failAtOnce);
  process.on('unhandledRejection', failAtOnce);
  const gone = (error: NodeJS.ErrnoException): boolean =>
    error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
  // Whoever reads the result went away, as `| head` does: nobody is left to tell.
  process.stdout.on('error', (error) => {
    if (gone(error)) process.exit(exitCodes.ok);
    failAtOnce(fileError('standard output', 'to write the result', error));
  });
  // News that nobody reads, or that a full disk has no room for, are no reason to end a training.
  process.stderr.on('error', () => {});
  try {
    const program = await makeProgram(args);
    await program.parseAsync(helpfully(args), { from: 'user' });
  } catch (error) {
    fail(error);
  }
}

/** `recurve` alone and `recurve help train` ask for help too. */
function helpfully(args: readonly string[]): string[] {
  if (args.length === 0) return ['--help'];
  return args[0] === 'help' ? [...args.slice(1), '--help'] : [...args];
}
