import { availableParallelism } from 'node:os';
import { chooseTier, createEngine, TIERS } from '../engine/index.ts';
import { VERSION } from '../version.ts';
import { threadsFromEnvironment, tierFromEnvironment } from './environment.ts';
import { gemmSpeed } from './gemm-speed.ts';
import { outputOf } from './output.ts';

/** `recurve doctor`: what runs here, why, and how fast. */
export async function doctor(values: { json?: boolean }): Promise<void> {
  const output = outputOf(values);
  const { tier, reason } = chooseTier({ tier: tierFromEnvironment() });
  const engine = await createEngine({ tier: tier.name });
  const gflops = Number(gemmSpeed(engine).toPrecision(3));
  const { threads, threadsReason, threadsGflops } = await measureThreads(tier.name);
  const tiers = TIERS.map((one) => ({ name: one.name, description: one.description, supported: one.supported() }));
  const facts = {
    version: VERSION,
    node: process.versions.node,
    tier: tier.name,
    threads,
    gflops,
    threadsGflops,
    reason: `${reason}; ${threadsReason}`,
    tiers,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
  };
  output.result(facts);
  output.print(
    [
      `recurve  ${facts.version}`,
      `node     ${facts.node} on ${facts.platform}, ${facts.cores} ${facts.cores === 1 ? 'core' : 'cores'}`,
      `tier     ${tier.name}: ${tier.description}; ${reason}`,
      `threads  ${threads}: ${threadsReason}${threads > 1 ? `; ${threadsGflops} GFLOP/s together` : ''}`,
      `speed    ${gflops} GFLOP/s in the forward matrix product, in f32`,
    ].join('\n'),
  );
}

/** The threads that a training would have, and the speed of the same product in all of them. */
async function measureThreads(
  tier: string,
): Promise<{ threads: number; threadsReason: string; threadsGflops: number }> {
  using engine = await createEngine({ tier, threads: threadsFromEnvironment() });
  await engine.threads.start();
  const threadsGflops = Number(gemmSpeed(engine).toPrecision(3));
  return { threads: engine.threads.count, threadsReason: engine.threads.reason, threadsGflops };
}
