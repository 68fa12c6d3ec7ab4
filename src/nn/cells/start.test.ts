import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../../engine/reference.ts';
import { recurrent } from '../layers/recurrent.ts';
import type { Cell } from './cell.ts';
import { checkRebuilt } from './cell-invariants.case.ts';
import { gruCell } from './gru.ts';
import { leakyCell } from './leaky.ts';
import { lstmCell } from './lstm.ts';
import { NOISY, OPTIONS } from './options.case.ts';
import { rnnCell } from './rnn.ts';
import { STARTS } from './start.case.ts';

const engine = new ReferenceEngine();
const size = { input: 3, hidden: 8 };

describe('first values of cells', () => {
  it.each(STARTS)('$name', ({ run }) => run());
});

describe('options in a model file', () => {
  it.each([...OPTIONS, ...NOISY])(
    '$name comes back from its JSON with the same configuration, names and predictions',
    (one) => {
      checkRebuilt(engine, one);
    },
  );

  it('a start comes back too, and plain cells write what they always wrote', () => {
    const init = { recurrent: { orthogonal: 1.1 }, bias: { chrono: 30 } } as const;
    expect(JSON.parse(JSON.stringify(recurrent([lstmCell({ ...size, init })]).config)).cells).toEqual([
      { kind: 'lstm', ...size, init },
    ]);
    expect([rnnCell(size), lstmCell(size), gruCell(size)].map(({ options }) => options)).toEqual([
      { activation: 'tanh' },
      {},
      { reset: 'after' },
    ]);
  });
});

describe('options that cannot be', () => {
  it.each(
    (
      [
        [() => rnnCell({ ...size, skip: 1 }), 'rnn: expected skip to be a whole number of at least 2, got 1; '],
        [() => gruCell({ ...size, dilation: 0 }), 'gru: expected dilation to be a whole number of at least 1, got 0; '],
        [() => lstmCell({ ...size, skip: 2, dilation: 2 }), 'lstm: expected skip or dilation, got both; '],
        [
          () => rnnCell({ ...size, activation: 'toString' as never }),
          'rnn: expected activation to be one of tanh, relu, ',
        ],
        [() => gruCell({ ...size, reset: 'never' as never }), 'gru: expected reset to be after or before, got never; '],
        [() => lstmCell({ ...size, zoneout: 1 }), 'lstm: expected zoneout of h p with 0 ≤ p < 1, got 1; '],
        [() => lstmCell({ ...size, zoneout: { c: -1 } }), 'lstm: expected zoneout of c p with 0 ≤ p < 1, got -1; '],
        [
          () => gruCell({ ...size, recurrentDropout: Number.NaN }),
          'gru: expected recurrentDropout p with 0 ≤ p < 1, got NaN; ',
        ],
        [
          () => rnnCell({ ...size, variational: { input: 2 } }),
          'rnn: expected variational.input p with 0 ≤ p < 1, got 2; ',
        ],
        [
          () => lstmCell({ ...size, projection: 0 }),
          'lstm: expected projection to be a whole number of at least 1, got 0; ',
        ],
        [() => lstmCell({ ...size, cellClip: -1 }), 'lstm: expected cellClip above 0, got -1; '],
        [() => lstmCell({ ...size, forgetBias: Number.NaN }), 'lstm: expected forgetBias to be a number, got NaN; '],
        [
          () => lstmCell({ ...size, forgetBias: 1, init: { bias: { chrono: 9 } } }),
          'lstm: expected forgetBias or a chrono start, got both; ',
        ],
        [
          () => rnnCell({ ...size, init: { bias: { chrono: 9 } } }),
          'init: expected chrono for a cell with a gate that keeps the past, ',
        ],
        [
          () => rnnCell({ ...size, init: { recurrent: 'toString' as never } }),
          'init: expected one of uniform, glorotUniform, ',
        ],
        [
          () => rnnCell({ ...size, init: { input: { normal: Number.NaN } } }),
          'init: expected one of uniform, glorotUniform, ',
        ],
        [
          () => rnnCell({ ...size, init: { bias: 'ones' as never } }),
          'init: expected bias to be uniform, zeros or { chrono: steps }, ',
        ],
        [
          () => leakyCell({ ...size, alpha: 1 }),
          "leaky: expected alpha to be a number with 0 ≤ α < 1, 8 of them or 'learned', got 1; ",
        ],
        [
          () => leakyCell({ ...size, alpha: [0.5] }),
          "leaky: expected alpha to be a number with 0 ≤ α < 1, 8 of them or 'learned', got [0.5]; ",
        ],
        [
          () => leakyCell({ ...size } as never),
          "leaky: expected alpha to be a number with 0 ≤ α < 1, 8 of them or 'learned', got undefined; ",
        ],
      ] as [() => Cell, string][]
    ).map(([make, message]) => ({ make, message })),
  )('$message', ({ make, message }) => {
    expect(make).toThrow(message);
  });
});
