import { describe, expect, test } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import { decodeModelFile, encodeModelFile, type ModelFile } from '../../model/index.ts';
import { Random } from '../../random.ts';
import { loadGenerate } from './model.ts';
import type { GenerateOptions } from './options.ts';
import { surpriseReportInput } from './report.ts';
import { trainGenerate } from './train.ts';

/** Brackets that close as they opened, seven letters later: further back than a 5-gram sees. */
function brackets(count: number, seed = 1): string {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const [open, close] = ['()', '[]', '{}'][random.integer(3)];
    return `${open}${Array.from({ length: 7 }, () => 'ab'[random.integer(2)]).join('')}${close}`;
  }).join('');
}

const SMALL: GenerateOptions = { hidden: 24, embedding: 8, batchSize: 8, window: 24, epochs: 2, dropout: 0.1, seed: 1 };

const trained = trainGenerate(brackets(800), { ...SMALL, hidden: 32, epochs: 16, rate: 0.01, dropout: 0 });

describe('a language model', () => {
  test('remembers what a 5-gram cannot: at least 0.08 nats per character better, near the entropy of the text', async () => {
    const { validation, baselines } = await trained;
    expect(Object.keys(baselines)).toEqual(['5-gram', '1-gram']);
    expect((validation?.nats ?? 9) + 0.08).toBeLessThan(baselines['5-gram'].nats);
    // Seven choices of two and one of three in nine characters.
    const entropy = (7 * Math.log(2) + Math.log(3)) / 9;
    expect(validation?.nats).toBeGreaterThan(entropy - 0.02);
    expect(validation?.bits).toBeCloseTo((validation?.nats ?? 0) / Math.LN2, 12);
    expect(validation?.perplexity).toBeCloseTo(Math.exp(validation?.nats ?? 0), 9);
  });

  test('writes what it learned: at low temperature brackets close as they opened', async () => {
    const { model } = await trained;
    const text = await model.write({ prompt: '[', length: 150, temperature: 0.3, seed: 4 });
    const closed = [...`[${text}`.matchAll(/([([{])([ab]*)([)\]}])/g)];
    const right = closed.filter(([, open, , close]) => '()[]{}'.includes(open + close) && open !== close);
    expect(closed.length).toBeGreaterThan(10);
    expect(right.length / closed.length).toBeGreaterThan(0.8);
  });

  test('writes piece by piece, the same for the same seed, and stops before a stop string', async () => {
    const { model } = await trained;
    const pieces: string[] = [];
    for await (const piece of model.generate({ length: 40, seed: 5 })) pieces.push(piece);
    expect(pieces).toHaveLength(40);
    expect(await model.write({ length: 40, seed: 5 })).toBe(pieces.join(''));
    expect(await model.write({ length: 40, seed: 6 })).not.toBe(pieces.join(''));
    const stopped = await model.write({ length: 300, seed: 5, stop: [')'] });
    expect(stopped).not.toContain(')');
    expect((await model.write({ length: 300, seed: 5 })).startsWith(`${stopped})`)).toBe(true);
    const halt = new AbortController();
    halt.abort();
    expect(await model.write({ signal: halt.signal })).toBe('');
  });

  test('measures a text as its surprises and as a stream of pieces do, the same after saving and loading', async () => {
    const { model } = await trained;
    const text = brackets(40, 9);
    const { pieces, scores } = await model.surprise(text);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(pieces[0].nats).toBeNull();
    const total = pieces.reduce((sum, { nats }) => sum + (nats ?? 0), 0);
    expect(total / (text.length - 1)).toBeCloseTo(scores.nats, 12);
    expect(await model.evaluate(text)).toEqual(scores);

    const stream = model.stream();
    const first = stream.push(text.slice(0, 100));
    const rest = model.stream(JSON.parse(JSON.stringify(stream.state())));
    const second = rest.push(text.slice(100));
    expect(first.tokens + second.tokens).toBe(text.length);
    expect(first.nats + second.nats).toBeCloseTo(total, 2);
    expect(stream.push(text.slice(100))).toEqual(second);

    const loaded = await loadGenerate(encodeModelFile(model.encode()));
    expect(await loaded.evaluate(text)).toEqual(scores);
    expect(await loaded.write({ length: 30, seed: 2 })).toBe(await model.write({ length: 30, seed: 2 }));
  });

  test('a page of surprises ends after 100,000 tokens and says so', async () => {
    const { model } = await trained;
    const { scores } = await model.surprise(brackets(10, 9));
    const pieces = Array.from({ length: 100_001 }, (_, i) => ({ text: i === 100_000 ? 'Z' : 'a', nats: 3 }));
    const page = (shown: typeof pieces) => {
      const [{ lead, content }] = surpriseReportInput(model, shown, scores).sections ?? [];
      return { lead, last: String(content).includes('>Z<') };
    };
    const cut = page(pieces);
    expect(cut.lead).toContain('The first 100,000 of 100,001 tokens');
    expect(cut.last).toBe(false);
    const whole = page(pieces.slice(1));
    expect(whole.lead).not.toContain('The first');
    expect(whole.last).toBe(true);
    // Each line is read from its own side.
    const [{ content }] = surpriseReportInput(model, pieces.slice(0, 2), scores).sections ?? [];
    expect(String(content)).toContain('unicode-bidi:plaintext');
  });

  test('finds texts by beam search that are likelier than the greedy one, or as likely', async () => {
    const { model } = await trained;
    const [best] = await model.beam({ prompt: '(a', length: 12, width: 6 });
    const [greedy] = await model.beam({ prompt: '(a', length: 12, width: 1 });
    expect(best.logProbability).toBeGreaterThanOrEqual(greedy.logProbability);
    expect(greedy.text).toBe(await model.write({ prompt: '(a', length: 12, temperature: 0 }));
    const next = await model.next('(aabbaba', 3);
    expect(next[0].text).toBe(')');
  });
});

describe.each<[string, GenerateOptions]>([
  ['GRU by words, tied', { unit: 'words', cell: 'gru', tied: true, minCount: 1 }],
  [
    'LSTM of two layers by subwords, weights dropped',
    { unit: 'subwords', vocabulary: 270, layers: 2, weightDrop: 0.2 },
  ],
])('a %s', (_name, options) => {
  test('learns, is measured per character, and writes', async () => {
    const text = 'The duck swims. The goose walks! A duck walks; a goose swims.\n'.repeat(150);
    const { model, validation, baselines } = await trainGenerate(text, {
      ...SMALL,
      ...options,
      epochs: 10,
      rate: 0.02,
    });
    expect(validation?.nats).toBeLessThan(baselines['1-gram'].nats / 2);
    expect(validation?.characters).toBeGreaterThan(validation?.tokens ?? 0);
    expect(validation?.perplexity).toBeCloseTo(
      Math.exp(((validation?.nats ?? 0) * (validation?.characters ?? 0)) / (validation?.tokens ?? 1)),
      6,
    );
    expect(await model.write({ prompt: 'The', length: 30, temperature: 0.5 })).toMatch(/duck|goose/);
    // No line of the text begins with it: as a word it is known with the space before it.
    const [bare, spaced] = await Promise.all(['goose', ' goose'].map((prompt) => model.write({ prompt, length: 20 })));
    if (options.unit === 'words') expect(bare).toBe(spaced);
    else expect(bare).not.toBe('');
  });
});

describe('training a language model', () => {
  test('goes on from a checkpoint to the bits of the whole training, with carried states', async () => {
    const text = brackets(120);
    const whole = await trainGenerate(text, SMALL);
    const stop = new AbortController();
    let saved: ModelFile | undefined;
    await expect(
      trainGenerate(text, SMALL, {
        signal: stop.signal,
        onProgress: ({ step }) => step === 7 && stop.abort(),
        checkpoint: {
          everySeconds: 1000,
          save: async (file) => {
            saved = file;
          },
        },
      }),
    ).rejects.toThrow(/got a request to stop/);
    const resume = decodeModelFile(encodeModelFile(saved as ModelFile), { name: 'c', kind: 'checkpoint' });
    const resumed = await trainGenerate(text, SMALL, { resume });
    expect(resumed.model.network.state()).toEqual(whole.model.network.state());
    expect(resumed.validation).toEqual(whole.validation);
    await expect(trainGenerate(`${text}()`, SMALL, { resume })).rejects.toThrow(/other data/);
  });

  test('gives the same bits in one thread and in two', async () => {
    const run = async (threads: number) =>
      (await trainGenerate(brackets(60), SMALL, { engine: await createEngine({ threads }) })).model.network.state();
    expect(await run(2)).toEqual(await run(1));
  });

  test('a text whose words are mostly too rare to be known is told of before the first step', async () => {
    const told = async (minCount: number) => {
      const news: unknown[] = [];
      const options: GenerateOptions = { ...SMALL, unit: 'words', epochs: 1, minCount };
      await trainGenerate('the duck swims, the goose walks. '.repeat(40), options, {
        onNote: (line) => news.push(line),
        onProgress: ({ step }) => news.push(step),
      });
      return news[0];
    };
    expect(await told(2)).toBe(1);
    expect(await told(50)).toMatch(/^only \d+\.\d % of the words of the text are known: /);
  });

  test('an end of the text that is mostly unknown is measured, and told, instead of failing the training', async () => {
    const known = 'the duck swims, the goose walks. '.repeat(90);
    const strange = ` ${'moo🦆'.repeat(400)}`;
    const share = strange.length / (known.length + strange.length);
    const options: GenerateOptions = { ...SMALL, unit: 'words', epochs: 1, validationShare: share };
    const { validation, excerpt } = await trainGenerate(known + strange, options);
    expect(validation?.unknown).toBeGreaterThan(0.9 * (validation?.tokens ?? 0));
    // Cut before the character that the excerpt has no room for.
    expect(excerpt.map(({ text }) => text).join('')).toBe(strange.slice(0, 1499));
    // The whole excerpt is one word: nothing of it is predicted.
    const { excerpt: word } = await trainGenerate(`${'the duck swims, '.repeat(90)}${'z'.repeat(2000)} the`, {
      ...{ ...SMALL, unit: 'words', epochs: 1, validationShare: 2000 / 3444 },
    });
    expect(word).toEqual([]);
  });

  test.each<[string, string, GenerateOptions, RegExp]>([
    ['an empty text', '', {}, /at least 64 characters to learn from, got 0/],
    ['a short text', 'a b', {}, /at least 64 characters/],
    ['one character over and over', 'a'.repeat(500), {}, /at least two different characters, got "a" only/],
    [
      'words of which none counts',
      'a b c d e f '.repeat(20),
      { unit: 'words', minCount: 99 },
      /got none; lower minCount/,
    ],
    [
      'a name that is no option',
      brackets(60),
      { dropoutInput: 0.1 } as GenerateOptions,
      /known options, got dropoutInput;/,
    ],
    [
      'patience with nothing to measure',
      brackets(60),
      { patience: 2, validationShare: 0 },
      /validation part with patience/,
    ],
    ['a share of 1', brackets(60), { validationShare: 1 }, /validationShare p with 0 ≤ p < 1, got 1/],
    ['half a unit', brackets(60), { hidden: 0.5 }, /hidden to be a whole number of at least 1, got 0.5/],
    [
      'a unit that is none',
      brackets(60),
      { unit: 'bytes' as 'words' },
      /unit to be one of characters, words, subwords, got "bytes"/,
    ],
    ['words of characters', brackets(60), { vocabulary: 5 }, /all characters of the text are known/],
  ])('refuses %s in a sentence', async (_name, text, options, message) => {
    await expect(trainGenerate(text, options)).rejects.toThrow(message);
  });

  test('reads a line of 1 MB', async () => {
    const line = brackets(111_112);
    expect(line.length).toBeGreaterThan(1e6);
    const { model } = await trained;
    const ids = model.codec.encode(line);
    expect(model.codec.decode(ids)).toBe(line);
    const { tokens } = await trainGenerate(
      line,
      { ...SMALL, epochs: 1, batchSize: 64, window: 64, hidden: 4 },
      { maxSeconds: 0 },
    );
    expect(tokens).toBe(900_007);
  });

  test('a prompt may compose its accents otherwise than the text does', async () => {
    for (const [form, other] of [
      ['NFC', 'NFD'],
      ['NFD', 'NFC'],
    ]) {
      const text = 'né à Orléans, là où l’été règne. '.repeat(30).normalize(form);
      const { model } = await trainGenerate(text, { ...SMALL, epochs: 1 });
      const like = await model.write({ prompt: 'né à'.normalize(form), length: 20 });
      expect(await model.write({ prompt: 'né à'.normalize(other), length: 20 })).toBe(like);
      await expect(model.write({ prompt: 'ñ'.normalize(other) })).rejects.toThrow(/at place [12]; /);
    }
  });

  test('a repetition penalty is for words, and an unknown first word counts as it is written', async () => {
    const { model } = await trained;
    await expect(model.write({ repetitionPenalty: 1.2 })).rejects.toThrow(
      /a repetition penalty with a model of words or subwords, got 1\.2 with one of characters, /,
    );
    expect(await model.write({ length: 9, repetitionPenalty: 1 })).toBe(await model.write({ length: 9 }));
    const words = await trainGenerate('the duck swims, the goose walks. '.repeat(60), {
      ...SMALL,
      unit: 'words',
      epochs: 1,
    });
    expect(await words.model.write({ length: 30, repetitionPenalty: 9 })).not.toBe(
      await words.model.write({ length: 30 }),
    );
    const text = 'Extraordinarily the duck swims, the goose walks.';
    expect(await words.model.evaluate(text)).toMatchObject({ characters: text.length - 15, unknown: 0 });
  });

  test('refuses strange prompts and texts, and damaged files', async () => {
    const { model } = await trained;
    await expect(model.write({ prompt: '(é' })).rejects.toThrow(/got "é" \(U\+00E9\) at place 2/);
    await expect(model.evaluate('Of another alphabet')).rejects.toThrow(/% unknown ones/);
    await expect(model.evaluate('(')).rejects.toThrow(/at least two characters, got 1/);
    await expect(model.write({ prompt: '(\r' })).rejects.toThrow(/got "\\r" \(U\+000D\) at place 2/);
    await expect(model.write({ prompt: '(\ud83d' })).rejects.toThrow(/got "\\ud83d" \(U\+D83D\) at place 2/);
    const bytes = new TextEncoder().encode('(a)') as unknown as string;
    await expect(model.write({ prompt: bytes })).rejects.toThrow(/a prompt as a string, got a Uint8Array; decode/);
    await expect(model.evaluate(bytes)).rejects.toThrow(/evaluate: expected a text as a string, got a Uint8Array/);
    await expect(trainGenerate(bytes)).rejects.toThrow(/a text to learn from as a string, got a Uint8Array/);
    const { states } = model.stream().state() as { states: number[] };
    expect(() => model.stream({ states, logits: [0] })).toThrow(/expected a state with 9 logits, got 1; /);
    await expect(model.write({ length: 0 })).rejects.toThrow(/length to be a whole number of at least 1, got 0/);
    await expect(model.beam({ width: 5000 })).rejects.toThrow(/width to be a whole number from 1 to 1,024, got 5000/);
    const file = model.encode();
    const damaged = (change: (document: ModelFile['document']) => void) => {
      const copy = structuredClone(file);
      change(copy.document);
      return loadGenerate(encodeModelFile(copy), { name: 'm' });
    };
    await expect(damaged((d) => Object.assign(d.architecture, { vocabulary: 10 }))).rejects.toThrow(
      /a vocabulary of 10 tokens/,
    );
    await expect(damaged((d) => Object.assign(d.architecture, { hidden: 31 }))).rejects.toThrow(
      /weights for its architecture/,
    );
    await expect(damaged((d) => Object.assign(d.architecture, { cell: 'rnn' }))).rejects.toThrow(
      /m: architecture\.cell/,
    );
    await expect(damaged((d) => Object.assign(d.data, { text: {} }))).rejects.toThrow(/m: data\.text/);
    await expect(damaged((d) => Object.assign(d.training, { settings: { hidden: -1 } }))).rejects.toThrow(
      /m: training\.settings/,
    );
  });
});
