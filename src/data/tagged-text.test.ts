import { describe, expect, test } from 'vitest';
import { readTagged } from './tagged-text.ts';

describe('CoNLL', () => {
  test('takes the first column and the last, by tabs or spaces, with comments, marks and Windows line ends', async () => {
    const text = '\uFEFF# sent 1\r\nthe DT O\r\ndog NN B\r\n\r\n-DOCSTART- -X- O\r\n\r\nRuns\tVB\tO\r\n';
    expect((await readTagged(text, { name: 't' })).sentences).toEqual([
      { tokens: ['the', 'dog'], labels: ['O', 'B'] },
      { tokens: ['Runs'], labels: ['O'] },
    ]);
  });

  test('takes named columns, and of CoNLL-U the second and the fourth, without its ranges', async () => {
    const named = await readTagged('1 the D x\n2 dog N y\n', { tokenColumn: 2, labelColumn: 3 });
    expect(named.sentences).toEqual([{ tokens: ['the', 'dog'], labels: ['D', 'N'] }]);
    const universal = (n: string, word: string, tag: string) => [n, word, word, tag, ...'______'].join('\t');
    const text = `${universal('1-2', 'du', '_')}\n${universal('1', 'de', 'ADP')}\n${universal('2', 'le', 'DET')}\n`;
    expect((await readTagged(text)).sentences).toEqual([{ tokens: ['de', 'le'], labels: ['ADP', 'DET'] }]);
  });

  test('a line that begins with a hash is a comment before a sentence, and the word # within one of such columns', async () => {
    const { sentences } = await readTagged('# a b\nfor IN O\n# # B\n3 CD I\n# said so yesterday\n\n# c d\nx NN O\n');
    expect(sentences).toEqual([
      { tokens: ['for', '#', '3'], labels: ['O', 'B', 'I'] },
      { tokens: ['x'], labels: ['O'] },
    ]);
    const [tabs] = (await readTagged('for\tO\n# note\n#\tB\n')).sentences;
    expect(tabs).toEqual({ tokens: ['for', '#'], labels: ['O', 'B'] });
  });

  test('takes words alone as a text without labels', async () => {
    expect((await readTagged('the\ndog\n')).sentences).toEqual([{ tokens: ['the', 'dog'] }]);
  });
});

test('JSON lines are told by their brace; labels may be called tags', async () => {
  const text = '{"tokens": ["a", "b"], "labels": ["X", "Y"]}\n\n{"tokens": ["c"], "tags": ["X"]}\n{"tokens": ["d"]}';
  expect((await readTagged(text)).sentences).toEqual([
    { tokens: ['a', 'b'], labels: ['X', 'Y'] },
    { tokens: ['c'], labels: ['X'] },
    { tokens: ['d'] },
  ]);
});

test('a line as long as is allowed is read, whatever the pieces it comes in', async () => {
  const word = 'x'.repeat(999_998);
  expect((await readTagged(`${word} Y\n`)).sentences[0].tokens[0]).toHaveLength(999_998);
});

test.each([
  ['an empty text', '', /expected at least one sentence, got an empty text/],
  ['blank lines only', '\n \n', /expected at least one sentence/],
  [
    'a binary file',
    new Uint8Array([80, 75, 10, 0, 1, 2]),
    /^t.txt: expected text, got binary data \(a zero byte at byte 3, line 2\); name a text file$/,
  ],
  [
    'bytes that are no UTF-8',
    new Uint8Array([97, 32, 98, 10, 10, 0xc3, 0xa9, 0xff, 10]),
    /^t.txt: expected text in UTF-8, got other bytes at byte 7, line 3; convert it to UTF-8/,
  ],
  [
    'UTF-16',
    new Uint8Array([0xff, 0xfe, 97, 0, 10, 0]),
    /^t.txt: expected text in UTF-8, got UTF-16; save it as UTF-8$/,
  ],
  ['a line with a column more', 'the D\ndog N x\n', /expected 2 columns in line 2, as in the first, got 3; repair/],
  ['a line with a column less', 'the _ D\ndog N\n', /expected 3 columns in line 2, as in the first, got 2; repair/],
  ['a label that is empty', 'the\tD\ndog\t\n', /expected a label beside each word, got none for "dog" in line 2/],
  ['a word that is empty', 'the\tD\n\tN\n', /expected a word in column 1 of line 2, got " N"/],
  ['a JSON array', '[{"tokens": ["a"], "labels": ["X"]}]', /got a JSON array; write one object per line/],
  [
    'a line above a million characters',
    'x'.repeat(1_100_000),
    /at most 1,000,000 characters, got a longer one, line 1/,
  ],
  ['a word without a label', 'the D\ndog\n', /expected a label beside each word, got none for "dog" in line 2/],
  ['JSON that is none', '{"tokens": [', /expected JSON in line 1/],
  ['JSON without words', '{"words": ["a"]}', /expected a list of words as tokens in line 1/],
  ['an empty label', '{"tokens": ["a"], "labels": [""]}', /expected 1 label in line 1, a text for .* word, got \[""\]/],
  [
    'labels within labels',
    `{"tokens": ["a"], "labels": ${'['.repeat(2e5)}${']'.repeat(2e5)}}`,
    /expected 1 label in line 1, a text for each word, got lists within lists; correct the line/,
  ],
  [
    'labels too few',
    '{"tokens": ["a", "b"], "labels": ["X"]}',
    /expected 2 labels in line 1, a text for each word, got 1;/,
  ],
])('%s is refused in a sentence', async (_, input, message) => {
  const error = await readTagged(input as string, { name: 't.txt' }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'data', message: expect.stringMatching(message) });
  expect(error.message).not.toContain('\n');
});

test('lines end with a line feed, a carriage return or both, also where a piece of the file ends between them', async () => {
  const text = 'the\tD\ndog\tN\n\na\tD\n';
  const expected = (await readTagged(text)).sentences;
  async function* pieces(of: string) {
    for (const sign of of) yield new TextEncoder().encode(sign);
  }
  for (const end of ['\r\n', '\r'])
    expect(
      (await readTagged({ name: 't', stream: pieces(text.replaceAll('\n', end)) })).sentences,
      JSON.stringify(end),
    ).toEqual(expected);
  const jsonl = '{"tokens": ["a"], "labels": ["X"]}\r{"tokens": ["b"], "labels": ["Y"]}\r';
  expect((await readTagged(jsonl)).sentences).toHaveLength(2);
  await expect(readTagged('a X\rb\r')).rejects.toThrow(/got none for "b" in line 2/);
});

test('where the column of the labels is named, others may be more or less', async () => {
  const { sentences } = await readTagged('the D\ndog N x\n', { labelColumn: 2 });
  expect(sentences).toEqual([{ tokens: ['the', 'dog'], labels: ['D', 'N'] }]);
});

test.each([
  [{ tokenColumn: 0 }, 'text: expected tokenColumn to be a whole number of at least 1, got 0'],
  [{ labelColumn: 1.5 }, 'text: expected labelColumn to be a whole number of at least 1, got 1.5'],
  [{ tokenColumn: 2, labelColumn: 2 }, 'text: expected word and label in two columns, got 2 for both'],
])('columns that cannot be are refused: %j', async (options, message) => {
  await expect(readTagged('the D\n', options)).rejects.toThrow(message);
});

test('the place of a byte that is no UTF-8 is exact wherever the pieces of a stream part', async () => {
  const bytes = new Uint8Array([...new TextEncoder().encode('é\tD\n猫\tN\n'), 0x61, 0xe9, 0x09]);
  for (let size = 1; size <= bytes.length; size++) {
    const stream = (async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })();
    const { message } = await readTagged({ name: 't', stream }).catch((thrown) => thrown);
    // A character that a piece leaves open is found wrong with the next one.
    expect(message).toMatch(/^t: expected text in UTF-8, got other bytes at byte 1[23], line 3; /);
  }
});
