import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../tools/setup.mjs';
import { recurve } from '../cli/recurve.ts';

const HEAD = `# All options

What \`recurve <command> --help\` prints, on one page to search. In the library the same names are written together: \`--batch-size\` is \`batchSize\`. After a change of the
options, \`npx vitest run test/docs/options.test.ts --update\` writes this page anew.
`;

/** The names that a help lists as commands; of `get|fetch` the first. */
const commandsOf = (help: string): string[] => {
  const [, list = ''] = /^Commands:\n((?: {2}.*\n)+)/m.exec(help) ?? [];
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
};

/** A command's help and those of the commands below it, each under a heading of its own. */
function helps(command: string[]): string[] {
  const { stdout } = recurve([...command, '--help'], { cwd: root });
  const section = `## ${['recurve', ...command].join(' ')}\n\n\`\`\`text\n${stdout.trim()}\n\`\`\`\n`;
  return [section, ...commandsOf(stdout).flatMap((name) => helps([...command, name]))];
}

test('docs/options.md is what the helps of all commands say', async () => {
  const page = [HEAD, ...helps([])].join('\n');
  for (const option of ['--target', '--rhyme', '--harmonise', '--skip-seen', '--probe']) expect(page).toContain(option);
  await expect(page).toMatchFileSnapshot(join(root, 'docs/options.md'));
});
