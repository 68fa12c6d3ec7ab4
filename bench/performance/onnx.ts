import { besidePeer, type PeerResult, type PeerSide } from './beside-peer.ts';
import type { Case } from './cases.ts';
import type { Absent, Context, Section } from './context.ts';
import { onnxModel, type Weights } from './onnx-model.ts';
import { isAbsent, loadPeer } from './peers.ts';
import { inputOf, type RecurveSide } from './recurve.ts';

/** What is used of onnxruntime-node. */
interface OnnxRuntime {
  InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      run(feeds: Record<string, unknown>): Promise<{ y: { data: Float32Array } }>;
      release(): Promise<void>;
    }>;
  };
  Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
  env: { versions: { node?: string; common: string } };
}

/** Largest difference of two forward passes in f32 that may be called the same. */
const SAME = 1e-4;

export const onnx: Section = {
  says: 'forward pass over a sequence, beside onnxruntime-node on the same weights',
  async run(context: Context): Promise<PeerResult | Absent> {
    const ort = loadPeer<OnnxRuntime>('onnxruntime-node');
    if (isAbsent(ort)) return ort;
    const rows = await besidePeer(context, {
      ...{ name: 'ONNX Runtime', work: 'infer', budget: { rounds: 15, least: 7, milliseconds: 6000 } },
      side: (one, own) => onnxSide(ort, one, own),
    });
    return { version: ort.env.versions.node ?? ort.env.versions.common, rows };
  },
};

/** @throws where its numbers are not Recurve's */
async function onnxSide({ InferenceSession, Tensor }: OnnxRuntime, one: Case, own: RecurveSide): Promise<PeerSide> {
  const { T, B, D, H } = one;
  const { network } = own;
  const weights: Weights = Object.fromEntries(
    network.entries.map(({ name, offset, size }) => [
      name,
      Float32Array.from(network.engine.read(network.weights + offset, size)),
    ]),
  );
  const session = await InferenceSession.create(onnxModel(one.cell, one, weights), {
    ...{ intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all' },
  });
  const given = inputOf(one);
  // Its layers read [T, B, D].
  const x = Float32Array.from(given, (_, i) => {
    const [t, b, d] = [Math.floor(i / (B * D)), Math.floor(i / D) % B, i % D];
    return given[(b * T + t) * D + d];
  });
  const feeds = { x: new Tensor('float32', x, [T, B, D]) };
  const { data } = (await session.run(feeds)).y;
  const { values } = network.predict(given, [B, T, D]);
  const worst = Array.from(values).reduce((most, value, i) => {
    const [b, t, h] = [Math.floor(i / (T * H)), Math.floor(i / H) % T, i % H];
    return Math.max(most, Math.abs(value - data[(t * B + b) * H + h]));
  }, 0);
  if (!(worst < SAME)) throw new Error(`bench onnx: expected ${one.cell} to agree within ${SAME}, got ${worst}`);
  return {
    async run(n) {
      const began = performance.now();
      for (let i = 0; i < n; i++) await session.run(feeds);
      return { ms: performance.now() - began, cpuMs: Number.NaN };
    },
    dispose: () => session.release(),
  };
}
