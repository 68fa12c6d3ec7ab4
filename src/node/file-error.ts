import { RecurveError } from '../errors.ts';

/** What the system said, and what to do about it, by its code. */
const reasons: Record<string, readonly [got: string, next: string]> = {
  EACCES: ['no permission', 'change the permissions or choose another place'],
  EBUSY: ['a file in use', 'close the program that holds it'],
  EDQUOT: ['a used-up disk quota', 'free some space or choose another disk'],
  EEXIST: ['a file of that name in the way', 'move it or choose another name'],
  EFBIG: ['a file too large for this disk', 'choose another disk'],
  EIO: ['a failing disk', 'choose another disk'],
  EISDIR: ['a folder', 'give the name of a file'],
  ELOOP: ['a circle of symbolic links', 'mend the links'],
  EMFILE: ['too many open files', 'close some, or raise the limit with ulimit -n'],
  ENAMETOOLONG: ['a name too long for this disk', 'choose a shorter one'],
  ENOENT: ['no such file or folder', 'check the path'],
  ENOSPC: ['a full disk', 'free some space or choose another disk'],
  ENOTDIR: ['a file where a folder should be', 'check the path'],
  EPERM: ['no permission', 'change the permissions or choose another place'],
  EROFS: ['a read-only disk', 'choose another place'],
};

/**
 * Turns an error of the file system into one sentence.
 *
 * @param wanted what was tried, as in `to write 512 bytes`
 * @param known what the caller knows better than the system: what was got, and what to do about it
 */
export function fileError(
  path: string,
  wanted: string,
  error: unknown,
  known: { got?: string; next?: string } = {},
): RecurveError {
  const { code, message } = error as NodeJS.ErrnoException;
  const [reason, usual] = reasons[code ?? ''] ?? [message, 'check the path and the disk'];
  const { got = reason, next = usual } = known;
  const label = reasons[code ?? ''] ? ` (${code})` : '';
  return new RecurveError('file', `${path}: expected ${wanted}, got ${got}${label}; ${next}`, { cause: error });
}

/** The code of a file-system error, such as `ENOENT`; undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
