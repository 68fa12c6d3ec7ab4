import type { Command } from 'commander';
import type { DoctorValues } from '../doctor.ts';

export function define(command: Command): void {
  command
    .summary('say what runs on this machine, and how fast')
    .description('Says which kernels run on this machine, why, and how fast they are.')
    .option('--fast', 'look at what commands with --fast run')
    .option('--probe', 'prove experimental tiers again, whatever is remembered of them')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Tiers of 256-bit code are proven in a child process before they run, once per machine, Node and version of Recurve: equal to the
plain tier to the bit, and not slower. The verdict is kept in the user's cache folder.

With --json: version, node, tier, numerics, threads, gflops (of the forward matrix product on one thread), threadsGflops (on all), peak
(of the same arithmetic in the nearest cache, on one thread), share, reason, proof, passedOver, tiers, platform, cores.

Example:
  $ recurve doctor`,
    )
    .action(async (values: DoctorValues) => {
      const { doctor } = await import('../doctor.ts');
      await doctor(values);
    });
}
