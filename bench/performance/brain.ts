import { besidePeer, type PeerResult, type PeerSide } from './beside-peer.ts';
import type { Case, CellName } from './cases.ts';
import type { Absent, Context, Section } from './context.ts';
import { isAbsent, loadPeer } from './peers.ts';

/** What is used of brain.js. */
interface Brain {
  recurrent: Record<string, new (options: object) => { train(data: number[][][], options: object): unknown }>;
}

const NETS = { LSTM: 'LSTMTimeStep', GRU: 'GRUTimeStep', RNN: 'RNNTimeStep' } satisfies Record<CellName, string>;

/**
 * brain.js trains networks that predict the next step, one sequence after the other, and updates weights after each: it has no batches, and no
 * step without an output layer and an update. So its step holds a linear layer H → D more than Recurve's.
 */
export const brain: Section = {
  says: 'training step beside brain.js, sizes that it can finish',
  async run(context: Context): Promise<PeerResult | Absent> {
    const peer = loadPeer<Brain>('brain.js');
    const about = loadPeer<{ version: string }>('brain.js/package.json');
    if (isAbsent(peer)) return peer;
    if (isAbsent(about)) return about;
    const rows = await besidePeer(context, {
      ...{ name: 'brain.js', work: 'train', largest: 64, budget: { rounds: 9, least: 7, milliseconds: 10_000 } },
      side: (one) => brainSide(peer, one),
    });
    return { version: about.version, rows };
  },
};

/** So small that no case leaves the finite numbers, at which it would stop; it costs the same. */
const RATE = 1e-6;

function brainSide({ recurrent }: Brain, { cell, T, B, D, H }: Case): PeerSide {
  const net = new recurrent[NETS[cell]]({ inputSize: D, hiddenLayers: [H], outputSize: D });
  const sequences = Array.from({ length: B }, (_, b) =>
    Array.from({ length: T }, (__, t) => Array.from({ length: D }, (___, d) => Math.sin(b + 0.1 * t + d))),
  );
  return {
    run(n) {
      const began = performance.now();
      net.train(sequences, { iterations: n, errorThresh: -1, learningRate: RATE, log: false });
      return { ms: performance.now() - began, cpuMs: Number.NaN };
    },
  };
}
