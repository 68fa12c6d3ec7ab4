import type { Command } from 'commander';

export function define(command: Command): void {
  command
    .summary('say what runs on this machine, and how fast')
    .description('Says which kernels run on this machine, why, and how fast they are.')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
With --json: version, node, tier, threads, gflops (of the forward matrix product on one thread), threadsGflops (on all), reason, tiers, platform.

Example:
  $ recurve doctor`,
    )
    .action(async (values: { json?: boolean }) => {
      const { doctor } = await import('../doctor.ts');
      await doctor(values);
    });
}
