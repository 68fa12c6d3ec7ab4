/** Returns the sentence that says why this Node is too old, or undefined when it is new enough (20.19). */
export function nodeTooOld(version: string): string | undefined {
  const [major, minor] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `recurve: expected Node 20.19 or newer, got ${version}; install a newer Node (nodejs.org, or your system's package) and run this again`;
}
