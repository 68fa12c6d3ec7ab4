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
  ['a binary file', new Uint8Array([80, 75, 0, 1, 2]), /binary data \(a zero byte/],
  ['bytes that are no UTF-8', new Uint8Array([97, 32, 0xff, 0xfe, 10]), /expected text in utf-8, got other bytes/],
  [
    'a line above a million characters',
    'x'.repeat(1_100_000),
    /at most 1,000,000 characters, got a longer one, line 1/,
  ],
  ['a word without a label', 'the D\ndog\n', /expected a label beside each word|line 2/],
  ['JSON that is none', '{"tokens": [', /expected JSON in line 1/],
  ['JSON without words', '{"words": ["a"]}', /expected a list of words as tokens in line 1/],
  ['labels too few', '{"tokens": ["a", "b"], "labels": ["X"]}', /expected 2 labels in line 1, one per word, got 1/],
])('%s is refused in a sentence', async (_, input, message) => {
  const error = await readTagged(input as string, { name: 't.txt' }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'data', message: expect.stringMatching(message) });
  expect(error.message).not.toContain('\n');
});
