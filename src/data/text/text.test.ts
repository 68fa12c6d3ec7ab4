import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Random } from '../../random.ts';
import {
  characterCodec,
  createTextCodec,
  decodeText,
  subwordCodec,
  TEXT_UNITS,
  textCodecFromDocument,
  trainBpe,
  wordCodec,
} from './index.ts';
import { splitWords } from './plain.ts';

const VERSE = [
  'I am the very model of a modern Major-General,',
  "I've information vegetable, animal, and mineral,",
  'I know the kings of England, and I quote the fights historical',
  'From Marathon to Waterloo, in order categorical;',
  'Größe, naïve café 123 … 🦆🦆 日本',
  '',
].join('\n');

describe.each(TEXT_UNITS)('a codec of %s', (unit) => {
  const codec = createTextCodec(unit, VERSE.repeat(3), { size: 400 });

  test('gives the text back, at once and token by token', () => {
    const ids = codec.encode(VERSE);
    expect(codec.decode(ids)).toBe(VERSE);
    const decoding = codec.decoder();
    expect(Array.from(ids, (id) => decoding.push(id)).join('') + decoding.end()).toBe(VERSE);
    expect(Math.max(...ids)).toBeLessThan(codec.size);
    expect(codec.split(VERSE)).toHaveLength(ids.length);
  });

  test('goes through JSON', () => {
    const read = textCodecFromDocument(JSON.parse(JSON.stringify(codec)), 'model.text');
    expect(read.encode(VERSE)).toEqual(codec.encode(VERSE));
    expect(read.unit).toBe(unit);
  });
});

describe('units', () => {
  test('characters are code points; one that is not known has the unknown id and shows as U+FFFD', () => {
    const codec = characterCodec('ab🦆');
    expect(codec.size).toBe(4);
    expect(codec.encode('🦆a')).toHaveLength(2);
    expect(codec.encode('x')).toEqual(Int32Array.of(codec.unknown as number));
    expect(codec.decode(codec.encode('axb'))).toBe('a\ufffdb');
  });

  test('words carry the space before them; rare ones are unknown', () => {
    const codec = wordCodec("don't stop, don't stop 12 now");
    expect(codec.split("don't stop, now\n\n12")).toEqual(["don't", ' stop', ',', ' now', '\n', '\n', '12']);
    expect(codec.decode(codec.encode("don't stop now"))).toBe('\ufffd stop\ufffd');
    expect(wordCodec('a a b b b', { maxSize: 1 }).decode([1])).toBe(' b');
  });

  test('every text of words is put together again from its parts, and of subwords from its ids', () => {
    const subwords = subwordCodec(VERSE, { size: 300 });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(wordCodec(text, { minCount: 1 }).split(text).join('')).toBe(text);
        expect(subwords.decode(subwords.encode(text))).toBe(text);
      }),
    );
  });

  test('a document that is none is refused with its place', () => {
    for (const document of [
      undefined,
      {},
      { unit: 'bytes' },
      { unit: 'words', vocabulary: { specials: [], tokens: [] } },
    ])
      expect(() => textCodecFromDocument(document, 'm: text')).toThrow(/m: text/);
    const { tokenizer } = JSON.parse(JSON.stringify(subwordCodec(VERSE, { size: 260 }))) as {
      tokenizer: { model: { merges: unknown[]; vocab: Record<string, number> } };
    };
    for (const [change, message] of [
      [{ normalizer: { type: 'NFC' } }, /got one that rewrites texts first; /],
      [{ added_tokens: [{ id: 0, content: '<s>' }] }, /got one with added tokens; /],
      [{ model: { ...tokenizer.model, ignore_merges: true } }, /got one with ignore_merges; /],
      [{ pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: false } }, /does not cut texts into/],
    ] as const)
      expect(() => textCodecFromDocument({ unit: 'subwords', tokenizer: { ...tokenizer, ...change } }, 'm')).toThrow(
        message,
      );
    for (const damage of [
      (m: typeof tokenizer.model) => m.merges.push(['a', 'zz']),
      (m: typeof tokenizer.model) => m.merges.push('a b'),
      (m: typeof tokenizer.model) => Object.assign(m.vocab, { a: 5 }),
      (m: typeof tokenizer.model) => Object.assign(m.vocab, { '\u4e00': m.merges.length + 256 }),
    ]) {
      const copy = structuredClone(tokenizer);
      damage(copy.model);
      expect(() => textCodecFromDocument({ unit: 'subwords', tokenizer: copy }, 'm')).toThrow(
        /m\.tokenizer: expected a tokenizer\.json/,
      );
    }
  });
});

describe('byte-pair encoding', () => {
  /** The definition: all pairs counted anew before every merge, the lowest ids first among equals. */
  function naive(text: string, size: number): [string, string][] {
    const tokens = Object.keys(trainBpe('', { size: 256 }).model.vocab).sort((a, b) => (a < b ? -1 : 1));
    const words = splitWords(text).map((word) => Array.from(word.replaceAll(' ', 'Ġ'), (c) => tokens.indexOf(c)));
    const merges: [string, string][] = [];
    while (tokens.length < size) {
      const counts = new Map<number, number>();
      for (const word of words)
        for (let i = 0; i + 1 < word.length; i++) {
          const pair = word[i] * 1e6 + word[i + 1];
          counts.set(pair, (counts.get(pair) ?? 0) + 1);
        }
      const [best] = [...counts].sort(([a, m], [b, n]) => n - m || a - b);
      if (!best || best[1] < 2) break;
      const [left, right] = [Math.floor(best[0] / 1e6), best[0] % 1e6];
      merges.push([tokens[left], tokens[right]]);
      tokens.push(tokens[left] + tokens[right]);
      for (const word of words)
        for (let i = 0; i + 1 < word.length; i++)
          if (word[i] === left && word[i + 1] === right) word.splice(i, 2, tokens.length - 1);
    }
    return merges;
  }

  test('merges as its definition does, which counts all pairs anew each time', () => {
    expect(trainBpe('aaab aab ab', { size: 258 }).model.merges).toEqual([
      ['a', 'a'],
      ['a', 'b'],
    ]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', ' '), { maxLength: 60 }), (letters) => {
        // Within one run of spaces the two ways of cutting a text differ.
        const text = letters.join('').replace(/ +/g, ' ').trim();
        expect(trainBpe(text, { size: 266 }).model.merges).toEqual(naive(text, 266));
      }),
    );
  });

  test('learns and reads a word of 300,000 letters, counting only what each merge changes', () => {
    const random = new Random(1);
    const word = Array.from({ length: 300_000 }, () => 'acgt'[random.integer(4)]).join('');
    const codec = createTextCodec('subwords', word, { size: 512 });
    const ids = codec.encode(word);
    expect(ids.length).toBeLessThan(word.length / 3);
    expect(codec.decode(ids)).toBe(word);
  }, 5000);

  test('stops where no pair is frequent enough, and refuses sizes below the bytes', () => {
    expect(trainBpe('abc', { size: 1000 }).model.merges).toEqual([]);
    expect(() => trainBpe('abc', { size: 255 })).toThrow(/a size from 256/);
  });

  test("agrees with Hugging Face's tokenizers on any text, ids and way back", () => {
    const document = trainBpe(VERSE.repeat(4), { size: 500 });
    const ours = subwordCodec(VERSE.repeat(4), { size: 500 });
    const theirs = new Tokenizer(JSON.parse(JSON.stringify(document)), {});
    expect(document.model.merges.length).toBeGreaterThan(120);
    const check = (text: string) => {
      const ids = Array.from(ours.encode(text));
      expect(ids).toEqual(theirs.encode(text).ids);
      expect(theirs.decode(ids, { clean_up_tokenization_spaces: false })).toBe(text);
    };
    for (const text of [VERSE, "they'll we've I'm\t\n\n x  y ", '🦆 naïve 日本 12 3']) check(text);
    fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), check), { numRuns: 200 });
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...VERSE.split(/(?= )/), ' ', '\n', "'s"), { minLength: 1 }).map((x) => x.join('')),
        check,
      ),
    );
  });
});

describe('reading a text', () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);

  test('leaves a byte order mark out and reads \\r\\n as \\n', () => {
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a, 0x62))).toBe('a\nb');
  });

  test('refuses what is no text in a sentence that names the place', () => {
    expect(() => decodeText(bytes(), { name: 'e.txt' })).toThrow('e.txt: expected a text, got an empty file');
    expect(() => decodeText(bytes(0x61, 0x00))).toThrow(/a binary file \(a zero byte at offset 1\)/);
    expect(() => decodeText(bytes(0xff, 0xfe, 0x61, 0x00))).toThrow(/UTF-16/);
    expect(() => decodeText(bytes(0x61, 0x0a, 0xe9, 0x61))).toThrow(/the byte 0xe9 at offset 2, line 2/);
    expect(() => decodeText(bytes(0x61, 0xe2, 0x82))).toThrow(/0xe2 at offset 1/);
  });

  test('a text longer than a string can be is told as one, not as badly encoded', () => {
    vi.stubGlobal(
      'TextDecoder',
      class {
        decode(): string {
          // What Node says of half a gibibyte.
          throw new Error('Cannot create a string longer than 0x1fffffe8 characters');
        }
      },
    );
    try {
      expect(() => decodeText(new TextEncoder().encode('naïve'), { name: 'long.txt' })).toThrow(
        'long.txt: expected a text that fits into a string, got 6 bytes; take a part of it',
      );
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test('finds the place of any damage that the decoder refuses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ min: 1, minLength: 1, maxLength: 12 }), (random) => {
        let valid = true;
        try {
          new TextDecoder('utf-8', { fatal: true }).decode(random);
        } catch {
          valid = false;
        }
        if (random[0] > 0xf5 && random[1] > 0xf5) return;
        let message = '';
        try {
          decodeText(random);
        } catch (error) {
          message = (error as Error).message;
        }
        expect(message === '').toBe(valid);
        if (valid) return;
        const offset = Number(/offset (\d+)/.exec(message)?.[1]);
        // What stands before the place is valid, what begins there is not.
        expect(() => new TextDecoder('utf-8', { fatal: true }).decode(random.subarray(0, offset))).not.toThrow();
        for (let end = offset + 1; end <= Math.min(offset + 4, random.length); end++)
          expect(() => new TextDecoder('utf-8', { fatal: true }).decode(random.subarray(offset, end))).toThrow();
      }),
      { numRuns: 500 },
    );
  });
});
