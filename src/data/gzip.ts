import { RecurveError } from '../errors.ts';
import { peek } from './bytes.ts';

/** The bytes as they are, or without gzip where they begin as it does. */
export async function* unpacked(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const { head, stream: whole, close } = await peek(stream, 2);
  try {
    yield* head[0] === 0x1f && head[1] === 0x8b ? gunzip(whole, name) : whole;
  } finally {
    await close();
  }
}

/** Undoes gzip as the bytes pass; damaged or cut-off data is an error. */
export async function* gunzip(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const iterator = stream[Symbol.asyncIterator]();
  let failed: unknown;
  const packed = new ReadableStream<BufferSource>({
    async pull(controller) {
      try {
        const next = await iterator.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value as Uint8Array<ArrayBuffer>);
      } catch (error) {
        // A failing source is not damaged gzip: keep its own error.
        failed = error;
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    if (failed) throw failed;
    throw new RecurveError(
      'data',
      `${name}: expected whole gzip data, got damaged or cut-off data; fetch or pack it again`,
      {
        cause: error,
      },
    );
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
