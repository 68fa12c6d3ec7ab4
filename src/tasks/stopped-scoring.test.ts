// Whatever the task: a training that is asked to stop beside its epochs ends there and, resumed, as if it had not been.
import { expect, test } from 'vitest';
import { decodeModelFile, encodeModelFile, type ModelFile } from '../model/index.ts';
import { trainClassify } from './classify/train.ts';
import { chordPieces, parallelVoices, SMALL_KEYS, SMALL as SMALL_MUSIC, scaleTunes } from './compose/data.case.ts';
import { trainCompose } from './compose/train.ts';
import { tableNamed, trainOn } from './forecast/data.case.ts';
import { trainGenerate } from './generate/train.ts';
import { rain, SMALL as SMALL_TAG, sentences } from './tag/data.case.ts';
import { trainTag } from './tag/train.ts';
import type { TrainHooks } from './training/index.ts';

interface Result {
  model: { encode(): ModelFile };
  /** All figures beside the model. */
  figures: unknown;
}

const labels = (count: number): string[] => Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 'rises' : 'falls'));
const texts = labels(300).map((label, i) => `${['a', 'the', 'no'][i % 3]} ${label} ${i % 7}`);
const waves = labels(200).map((label, i) =>
  Float32Array.from({ length: 12 }, (_, t) => (label === 'rises' ? t : -t) + (i % 5)),
);
const QUICK = { hidden: 4, epochs: 2, seed: 3 } as const;

const TRAININGS: [string, (hooks: TrainHooks) => Promise<Result>][] = [
  ...(['cross', 'holdout'] as const).map((validation): (typeof TRAININGS)[number] => [
    `forecast of series, by ${validation}`,
    async (hooks) => {
      const { model, scores, forecasts } = await trainOn(
        tableNamed('two series'),
        { epochs: 2, validation },
        hooks,
        200,
      );
      return { model, figures: [scores, forecasts] };
    },
  ]),
  ...(['cross', 'holdout'] as const).map((validation): (typeof TRAININGS)[number] => [
    `tags of a table, by ${validation}`,
    async (hooks) => {
      const options = { ...SMALL_TAG, epochs: 2, members: 2, validation };
      const { model, scores, next } = await trainTag(await rain(300), options, hooks);
      return { model, figures: [scores, next, model.calibration] };
    },
  ]),
  [
    'tags of words',
    async (hooks) => {
      const { model, scores } = await trainTag(sentences(60), { ...QUICK, members: 3 }, hooks);
      return { model, figures: [scores, model.calibration] };
    },
  ],
  [
    'classes of texts',
    async (hooks) => {
      const examples = { kind: 'words', source: 'made', texts, labels: labels(300) } as const;
      const { model, scores, baselines, network } = await trainClassify(examples, QUICK, hooks);
      return { model, figures: [scores, baselines, network] };
    },
  ],
  [
    'classes of numbers',
    async (hooks) => {
      const examples = {
        kind: 'numbers',
        source: 'made',
        features: ['y'],
        sequences: waves,
        labels: labels(200),
      } as const;
      const { model, scores, baselines } = await trainClassify(examples, QUICK, hooks);
      return { model, figures: [scores, baselines] };
    },
  ],
  [
    'a language model',
    async (hooks) => {
      const { model, validation, baselines, sample, excerpt } = await trainGenerate(texts.join('\n'), QUICK, hooks);
      return { model, figures: [validation, baselines, sample, excerpt] };
    },
  ],
  ...(
    [
      ['keys', chordPieces(20), { ...SMALL_KEYS, kind: 'keys' }],
      ['melody', scaleTunes(20), { ...SMALL_MUSIC, kind: 'melody' }],
      ['voices', parallelVoices(20), { ...SMALL_MUSIC, kind: 'voices' }],
    ] as const
  ).map(([kind, pieces, options]): (typeof TRAININGS)[number] => [
    `music of ${kind}`,
    async (hooks) => {
      const { model, scores } = await trainCompose(pieces, { ...options, epochs: 2 }, hooks);
      return { model, figures: scores };
    },
  ]),
];

/** A signal that asks to stop when it is looked at for the n-th time after the last step of the training. */
function stopAtLook(n: number): { hooks: TrainHooks; looks(): number } {
  const { signal } = new AbortController();
  let looks = Number.NEGATIVE_INFINITY;
  Object.defineProperty(signal, 'aborted', { get: () => ++looks >= n });
  return {
    hooks: {
      signal,
      onProgress({ stageIndex, stages, step, steps }) {
        if (stageIndex === stages - 1 && step === steps) looks = 0;
      },
    },
    looks: () => looks,
  };
}

function figuresOf({ model, figures }: Result) {
  const { tensors, document } = model.encode();
  return { tensors, data: document.data, figures };
}

test.each(TRAININGS)(
  '%s: stops at any look after the last step, and goes on to the same weights and figures',
  async (_, train) => {
    const counted = stopAtLook(Number.POSITIVE_INFINITY);
    const whole = figuresOf(await train(counted.hooks));
    const most = counted.looks();
    // Before, between and behind the pieces of the scoring.
    expect(most).toBeGreaterThan(4);
    for (const n of [1, Math.ceil(most / 2), most]) {
      let saved: ModelFile | undefined;
      const save = async (file: ModelFile): Promise<void> => {
        saved = decodeModelFile(encodeModelFile(file), { name: 'saved', kind: 'checkpoint' });
      };
      const { hooks, looks } = stopAtLook(n);
      await expect(train({ ...hooks, checkpoint: { everySeconds: 1e9, save } })).rejects.toMatchObject({
        code: 'interrupted',
        message: 'train: expected to finish, got a request to stop beside the epochs; resume to go on',
      });
      expect(looks()).toBe(n);
      expect(figuresOf(await train({ resume: saved as ModelFile }))).toEqual(whole);
    }
  },
);

test('so does one that its time had ended, with the same limit', async () => {
  const [, train] = TRAININGS[3];
  const limit = { maxSeconds: 0 };
  const whole = figuresOf(await train(limit));
  const stop = new AbortController();
  const files: ModelFile[] = [];
  const checkpoint = { everySeconds: 1e9, save: async (file: ModelFile) => void files.push(file) };
  const stopped = train({
    ...limit,
    checkpoint,
    signal: stop.signal,
    onProgress: ({ stageIndex, stages }) => stageIndex === stages - 1 && stop.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
  expect(figuresOf(await train({ ...limit, resume: files.at(-1) as ModelFile }))).toEqual(whole);
});
