import { availableParallelism } from 'node:os';
import { chooseTier, createEngine, findTier, proveTier, TIERS, type Tier } from '../engine/index.ts';
import { counted } from '../format.ts';
import { VERSION } from '../version.ts';
import { numericsAsked, threadsFromEnvironment } from './environment.ts';
import { gemmSpeed, peakSpeed } from './gemm-speed.ts';
import { type OutputValues, outputOf } from './output.ts';

/** Values of the options of `recurve doctor`. */
export interface DoctorValues extends OutputValues {
  fast?: boolean;
  probe?: boolean;
}

/** `recurve doctor`: what runs here, why, and how fast. */
export async function doctor(values: DoctorValues): Promise<void> {
  const output = outputOf(values);
  if (values.probe) await proveAgain();
  const { tier, reason, verdict, passedOver } = await chooseTier({ numerics: numericsAsked(values) });
  const engine = await createEngine({ tier: tier.name });
  const speed = gemmSpeed(engine);
  const best = Math.max(speed, peakSpeed(engine));
  const [gflops, peak, share] = [speed, best, speed / best].map((value) => Number(value.toPrecision(3)));
  const { threads, threadsReason, threadsGflops } = await measureThreads(tier.name);
  const tiers = TIERS.map((one) => {
    const { name, description, numerics } = one;
    const obstacle = one.obstacle();
    return {
      name,
      description,
      numerics,
      supported: obstacle === undefined,
      ...(obstacle !== undefined && { obstacle }),
    };
  });
  const facts = {
    version: VERSION,
    node: process.versions.node,
    tier: tier.name,
    numerics: tier.numerics,
    threads,
    gflops,
    threadsGflops,
    peak,
    share,
    reason: `${reason}; ${threadsReason}`,
    ...(verdict && { proof: verdict }),
    passedOver,
    tiers,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
  };
  await output.result(facts);
  await output.print(
    [
      `recurve   ${facts.version}`,
      `node      ${facts.node} on ${facts.platform}, ${counted(facts.cores, 'core')}`,
      `tier      ${tier.name}: ${tier.description}; ${reason}${verdict?.when ? ` on ${verdict.when.slice(0, 10)}` : ''}`,
      ...passedOver.map((other) => `          not ${other.name}: ${other.reason}`),
      `numerics  ${NUMERICS[tier.numerics]}`,
      `threads   ${threads}: ${threadsReason}${threads > 1 ? `; ${threadsGflops} GFLOP/s together` : ''}`,
      `speed     ${gflops} GFLOP/s in the forward matrix product in f32, ${Math.round(share * 100)} % of ${peak} in cache`,
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

const NUMERICS: Record<Tier['numerics'], string> = {
  exact: 'exact: the same bits on every machine',
  fast: 'fast: fused multiply-add, bits depend on the machine',
};

/** Tries every experimental tier of this host again and keeps the verdicts. */
async function proveAgain(): Promise<void> {
  for (const tier of TIERS) {
    const base = tier.provenBy === undefined ? undefined : findTier(tier.provenBy);
    if (base && tier.obstacle() === undefined) await proveTier(tier, base, { fresh: true });
  }
}
