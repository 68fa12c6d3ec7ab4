import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import { encodeModelFile, type JsonObject, type ModelFile } from '../../model/index.ts';
import { TABLES, tableNamed, trainOn } from './data.case.ts';
import { type Forecast, loadForecast } from './model.ts';
import type { ForecastOptions } from './options.ts';

function plain({ times, point, intervals, id }: Forecast): object {
  return {
    id,
    times: times && [...times],
    point: [...point],
    intervals: intervals.map(({ level, lower, upper }) => [level, ...lower, ...upper]),
  };
}

const quick = { epochs: 1, validation: 'holdout' } as const;

describe.each(TABLES)('a model of $name', (table) => {
  it('saved and loaded gives the same predictions, weights and document, to the bit', async () => {
    const outputs = ['quantile', 'gaussian', 'point'] as const;
    for (const [k, cell] of (['gru', 'lstm', 'rnn'] as const).entries()) {
      const { model, data, forecasts } = await trainOn(table, { ...quick, cell, output: outputs[k], unit: '°C' });
      const bytes = encodeModelFile(model.encode());
      const loaded = await loadForecast(bytes, { name: 'm.safetensors', engine: await createEngine() });
      expect(loaded.encode()).toEqual(model.encode());
      expect(data.series.map((series) => plain(loaded.predict(series)))).toEqual(forecasts.map(plain));
      expect(loaded.unit).toBe('°C');
      expect(loaded.target).toBe('y');
      expect(loaded.settings).toEqual(model.settings);
      expect(loaded.reading).toMatchObject(JSON.parse(JSON.stringify(model.reading)));
      expect(loaded.summary).toEqual(model.summary);
      expect(loaded.summary.steps).toBe(model.encode().document.step);
      expect(model.encode().document.step).toBeGreaterThan(0);
    }
  });
});

describe('predict refuses', async () => {
  const { model, data } = await trainOn(tableNamed('days'), quick);
  const [series] = data.series;
  it.each([
    [
      'a series shorter than the context',
      { ...series, history: 9 },
      /^forecast: expected at least 10 steps to read .*, got 9/,
    ],
    ['other columns', { ...series, names: ['y', 'z\u001b[2J'] }, /column "x" as in training, got "y", "z.\[2J"; give/],
    [
      'another step',
      { ...series, step: { unit: 'day' as const, count: 7 } },
      /expected rows as far apart as in training \(1 day\), got 7 day/,
    ],
    ['no time stamps', { ...series, step: null, time: null }, /got no time stamps/],
  ])('%s with code data', (_name, given, message) => {
    try {
      model.predict(given);
      expect.fail('predicted');
    } catch (error) {
      expect((error as RecurveError).code).toBe('data');
      expect((error as Error).message).toMatch(message);
    }
  });

  it('numbers that do not fit single precision, instead of answering NaN', () => {
    const values = series.values.map((column) => column.map((y, t) => (t === series.history - 2 ? 1e300 : y)));
    expect(() => model.predict({ ...series, values })).toThrow(RecurveError);
  });
});

type Path = (string | number)[];

/** Every place of a JSON value where something other than a list or an object stands, and lists. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item, i) => placesOf(item, [...path, i]))];
  if (typeof value === 'object' && value !== null) {
    return [path, ...Object.entries(value).flatMap(([key, item]) => placesOf(item, [...path, key]))];
  }
  return [path];
}

function edited(document: ModelFile['document'], path: Path, change: unknown): ModelFile['document'] {
  const copy = structuredClone(document) as unknown as Record<string | number, unknown>;
  let inner = copy as Record<string | number, never>;
  for (const key of path.slice(0, -1)) inner = inner[key];
  const last = path[path.length - 1];
  if (change === undefined) delete inner[last];
  else inner[last] = change as never;
  return copy as unknown as ModelFile['document'];
}

describe('a model file edited with a right fingerprint', async () => {
  const options: ForecastOptions = { ...quick, levels: [80, 95] };
  const { model, data } = await trainOn(tableNamed('days'), options);
  const file = model.encode();
  const load = (document: ModelFile['document'], tensors = file.tensors) =>
    loadForecast(encodeModelFile({ tensors, document }), { name: 'm.safetensors' });
  const refusal = async (document: ModelFile['document'], tensors = file.tensors): Promise<RecurveError> => {
    const error = await load(document, tensors).catch((e) => e);
    expect(error).toBeInstanceOf(RecurveError);
    expect(error.code).toBe('model');
    expect(error.message).toMatch(/^(m\.safetensors.*|network): expected .+, got .+; .+/s);
    return error;
  };
  const plan = ['data', 'plan'];
  const { plan: p, calibration: c } = file.document.data as { plan: JsonObject; calibration: JsonObject };
  const less = (list: unknown): unknown[] => (list as unknown[]).slice(1);
  const huge = [...Array(9)].map((_, k) => 10 ** (k + 1));

  const cases: [string, Path, unknown][] = [
    ...['hidden', 'layers', 'context', 'horizon', 'features', 'future', 'outputs'].flatMap((key) =>
      [0, -1, 1.5, 1000, 1e9, 1e15, '8', null, undefined, [8]].map((value): [string, Path, unknown] => [
        `${key} ${JSON.stringify(value)}`,
        ['architecture', key],
        value,
      ]),
    ),
    ['another cell', ['architecture', 'cell'], 'lstm'],
    ['no such cell', ['architecture', 'cell'], 'constructor'],
    ['dropout 1', ['architecture', 'dropout'], 1],
    ['one more key', ['architecture', 'more'], 1],
    ['a column less', [...plan, 'columns'], less(p.columns)],
    ['another column', [...plan, 'columns'], ['y', 'z']],
    ['no columns', [...plan, 'columns'], []],
    ['known columns', [...plan, 'known'], 1],
    ['more known than columns', [...plan, 'known'], 2],
    ['another context', [...plan, 'context'], 11],
    ['another horizon', [...plan, 'horizon'], 4],
    ['a calendar name less', [...plan, 'calendar'], less(p.calendar)],
    ['other calendar names', [...plan, 'calendar'], (p.calendar as string[]).map(() => 'constructor')],
    ['a calendar without a step', [...plan, 'step'], null],
    ['a step whose calendar is another', [...plan, 'step'], { unit: 'month', count: 1 }],
    ['a step of 0', [...plan, 'step'], { unit: 'day', count: 0 }],
    ['no such zone', [...plan, 'zone'], 'Mars/Olympus'],
    ['a scale of 0', [...plan, 'scaler', 'scale', 0, 0], 0],
    ['a negative scale', [...plan, 'scaler', 'scale', 0, 0], -1],
    ['a scale missing', [...plan, 'scaler', 'scale', 0], less((p.scaler as { scale: number[][] }).scale[0])],
    ['centres for nobody', [...plan, 'scaler', 'center'], []],
    ['ids that scales have not', [...plan, 'scaler', 'ids'], ['a', 'b']],
    ['inputs divided by 0', [...plan, 'inputScale', 0], 0],
    ['an input scale less', [...plan, 'inputScale'], less(p.inputScale)],
    ['a step scale less', [...plan, 'stepScale'], less(p.stepScale)],
    ['a step scale of null', [...plan, 'stepScale', 0], null],
    ['another anchor', [...plan, 'anchor'], 'first'],
    ['levels of another calibration', ['data', 'calibration', 'levels'], [0.5, 0.95]],
    ['a level less', ['data', 'calibration', 'levels'], less(c.levels)],
    ['another calibrated horizon', ['data', 'calibration', 'horizon'], 1],
    ['a lower amount less', ['data', 'calibration', 'lower'], less(c.lower)],
    ['an upper amount less', ['data', 'calibration', 'upper'], less(c.upper)],
    ['an amount of null', ['data', 'calibration', 'lower', 0], null],
    ['huge lists', ['data', 'calibration', 'lower'], huge],
    ['settings of another output', ['training', 'settings', 'output'], 'point'],
    ['settings of other levels', ['training', 'settings', 'levels'], [50, 60]],
    ['levels as a text', ['training', 'settings', 'levels'], '80'],
    ['no levels', ['training', 'settings', 'levels'], []],
    ['settings of another context', ['training', 'settings', 'context'], 20],
    ['a test span of two kinds', ['training', 'settings', 'test'], { count: 3, fraction: 0.1 }],
    ['a test span of no kind', ['training', 'settings', 'test'], {}],
    ['an unknown setting', ['training', 'settings', 'more'], 1],
    ['a number as unit', ['training', 'settings', 'unit'], 3],
    ['reading another target', ['data', 'reading', 'target'], 'x'],
    ['reading a number', ['data', 'reading', 'target'], 5],
    ['covariates as a text', ['data', 'reading', 'covariates'], 'x'],
    ['an unknown way of reading', ['data', 'reading', 'script'], 'x'],
  ];
  it.each(cases)('%s is refused with code model', async (_name, path, value) => {
    await refusal(edited(file.document, path, value));
  });

  it('weights missing, renamed, reshaped, not finite, in half precision or of another kind are refused with code model', async () => {
    const [name, tensor] = Object.entries(file.tensors)[0];
    const { [name]: _, ...rest } = file.tensors;
    const bad = (data: Float32Array): ModelFile['tensors'] => ({ ...rest, [name]: { ...tensor, data } as never });
    const size = tensor.data.length;
    await refusal(file.document, rest);
    await refusal(file.document, { ...rest, other: tensor });
    await refusal(file.document, { ...file.tensors, more: tensor });
    await refusal(file.document, { ...rest, [name]: { ...tensor, shape: [size] } });
    await refusal(file.document, bad(new Float32Array(size).fill(Number.NaN)));
    await refusal(file.document, {
      ...rest,
      [name]: { dtype: 'F16', shape: tensor.shape, data: new Uint16Array(size) },
    });
    await refusal(file.document, {
      ...rest,
      [name]: { dtype: 'I64', shape: tensor.shape, data: new BigInt64Array(size) },
    });
    await refusal({ ...file.document, task: 'tag' });
    await refusal({ ...file.document, kind: 'checkpoint' });
  });

  it('a refused file leaves the engine as it was', async () => {
    const engine = await createEngine();
    const before = engine.arena.usage();
    const bytes = encodeModelFile({ ...file, document: edited(file.document, ['architecture', 'hidden'], 1e6) });
    await loadForecast(bytes, { engine }).catch(() => {});
    const [name, tensor] = Object.entries(file.tensors)[0];
    const nan = { ...tensor, data: new Float32Array(tensor.data.length).fill(Number.NaN) } as never;
    const spoiled = encodeModelFile({ ...file, tensors: { ...file.tensors, [name]: nan } });
    await expect(loadForecast(spoiled, { engine })).rejects.toThrow(/finite weights/);
    expect(engine.arena.usage()).toMatchObject({ persistent: before.persistent, capacity: before.capacity });
  });

  const places = placesOf(file.document).filter((path) => path.length > 0);
  const anything = fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      null,
      true,
      0,
      -0.5,
      1,
      2,
      1e9,
      2 ** 31,
      1e300,
      -1,
      '',
      'x',
      '__proto__',
      [],
      {},
      [[]],
    ),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.jsonValue({ maxDepth: 1 }),
  );

  it('anywhere is refused with code model, or predicts, or says in a sentence why it cannot (1,500 edits)', async () => {
    const engine = await createEngine();
    let loaded = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), anything, async (path, value) => {
        let bytes: Uint8Array;
        try {
          bytes = encodeModelFile({ tensors: file.tensors, document: edited(file.document, path, value) });
        } catch (error) {
          // What the format itself refuses to write.
          expect((error as RecurveError).code).toBe('model');
          return;
        }
        const one = await loadForecast(bytes, { engine }).catch((error) => {
          expect(error, `${path.join('.')}: ${error.stack}`).toBeInstanceOf(RecurveError);
          expect(error.code, error.message).toBe('model');
        });
        if (!one) return;
        loaded++;
        try {
          const { point, intervals } = one.predict(data.series[0]);
          for (const numbers of [point, ...intervals.flatMap(({ lower, upper }) => [lower, upper])]) {
            expect(
              numbers.every((y) => Number.isFinite(y)),
              `${path.join('.')} = ${JSON.stringify(value)}`,
            ).toBe(true);
          }
        } catch (error) {
          if (!(error instanceof RecurveError)) throw error;
        } finally {
          one[Symbol.dispose]();
        }
      }),
      { numRuns: 1500, seed: 7 },
    );
    // The test means something only if many edits get through the checks.
    expect(loaded).toBeGreaterThan(100);
    expect(engine.arena.usage().capacity).toBeLessThan(16 * 2 ** 20);
  });
});
