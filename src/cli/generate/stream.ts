import { loadGenerate } from '../../tasks/index.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { type LineValues, streamLines } from '../stream-lines.ts';

/** `recurve stream`: says of each line what it cost and what may follow. */
export async function stream(opened: OpenedModel, _: readonly string[], values: LineValues): Promise<void> {
  using model = await loadModel(opened, loadGenerate);
  await streamLines(opened, values, (saved) => {
    const reader = model.stream(saved);
    return {
      answer(line) {
        const { tokens, unknown, nats, next } = reader.push(`${line}\n`);
        return { tokens, unknown, nats, bits: nats / Math.LN2, next };
      },
      state: () => reader.state(),
      [Symbol.dispose]: () => reader[Symbol.dispose](),
    };
  });
}
