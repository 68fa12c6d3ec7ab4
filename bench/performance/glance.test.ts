import { expect, test } from 'vitest';
import { glanceTable } from './glance.ts';
import type { Recorded } from './record.ts';

/** As many of a run's figures as the table reads. */
const recorded = (figures: object): Recorded => figures as Recorded;

test('glanceTable takes means, worst and best of fast rows, peer by peer', () => {
  const row = (numerics: string, ratio: number | null, isaRatio: number | null) => ({ numerics, ratio, isaRatio });
  const table = glanceTable(
    recorded({
      pytorch: { version: '2.6.0+debian', capability: 'AVX512', limited: { capability: 'AVX2' } },
      train: [row('fast', 2, 4), row('fast', 8, 16), row('exact', 100, 100)],
      infer: [row('fast', null, null)],
      step: [{ numerics: 'fast', layerRatio: 5 }],
      onnx: { absent: 'not installed' },
      tfjs: { version: '4.22.0', rows: [{ numerics: 'fast', ratio: 250 }] },
    }),
  );
  expect(table).toBe(
    [
      '| beside | training step | prediction | step of a stream |',
      '| --- | --- | --- | --- |',
      '| PyTorch 2.6.0, AVX2 like Recurve | **× 8.00** (4.00 to 16.0) |  |  |',
      '| PyTorch 2.6.0, AVX512 | **× 4.00** (2.00 to 8.00) |  | **× 5.00** (5.00 to 5.00) |',
      '| TensorFlow.js 4.22.0, WebAssembly | **× 250** (250 to 250) |  |  |',
    ].join('\n'),
  );
});

test('glanceTable says nothing where no peer was measured', () => {
  expect(glanceTable(recorded({ pytorch: null, train: [] }))).toBeUndefined();
});
