import { hostProcess, nodeModule } from '../host.ts';

interface Paths {
  isAbsolute(path: string): boolean;
  join(...parts: string[]): string;
}

/**
 * Where programs of this user keep what can be made again: `XDG_CACHE_HOME`, Windows' `LOCALAPPDATA`, or `~/.cache`. Undefined for a user
 * without a home, such as the nameless one of a container.
 */
export function userCaches({ env = {}, platform } = hostProcess(), home = homeOfUser): string | undefined {
  const { isAbsolute, join } = nodeModule<Paths>('node:path')!;
  const named = env.XDG_CACHE_HOME || (platform === 'win32' && env.LOCALAPPDATA);
  // The specification has relative names ignored: they would leave a cache in every folder a program is started from.
  if (named && isAbsolute(named)) return named;
  const folder = env.HOME || home();
  return folder ? join(folder, '.cache') : undefined;
}

function homeOfUser(): string | undefined {
  try {
    return nodeModule<{ homedir(): string }>('node:os')!.homedir();
  } catch {
    // It throws for a user whom the host does not know.
    return undefined;
  }
}
