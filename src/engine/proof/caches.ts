import { hostProcess, nodeModule } from '../host.ts';

/**
 * Where programs of this user keep what can be made again: `XDG_CACHE_HOME`, Windows' `LOCALAPPDATA`, or `~/.cache`. Undefined for a user
 * without a home, such as the nameless one of a container.
 */
export function userCaches({ env = {}, platform } = hostProcess(), home = homeOfUser): string | undefined {
  const named = env.XDG_CACHE_HOME || (platform === 'win32' && env.LOCALAPPDATA);
  if (named) return named;
  const folder = env.HOME || home();
  return folder && nodeModule<{ join(...parts: string[]): string }>('node:path')!.join(folder, '.cache');
}

function homeOfUser(): string | undefined {
  try {
    return nodeModule<{ homedir(): string }>('node:os')!.homedir();
  } catch {
    // It throws for a user whom the host does not know.
    return undefined;
  }
}
