import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

const read = (...words: string[]) => readOptions(words, ['train', 'step'], ['avx2']);

test('reads sizes, cells and sections as lists', () => {
  const options = read('--shapes', '64,32,128,128;1,2,3,4', '--cells', 'lstm,RNN', '--sections', 'step', '--json');
  expect(options.shapes).toEqual([
    { T: 64, B: 32, D: 128, H: 128 },
    { T: 1, B: 2, D: 3, H: 4 },
  ]);
  expect(options.cells).toEqual(['LSTM', 'RNN']);
  expect(options).toMatchObject({
    sections: ['step'],
    json: true,
    quick: false,
    threads: 1,
    numerics: undefined,
    least: 7,
  });
  expect(read('--rounds', '3').least).toBe(3);
});

test.each([
  [['--shapes', '1,2,3'], /--shapes: expected T,B,D,H, got "1,2,3"/],
  [['--shapes', '1,2,3,0'], /--shapes: expected a whole number of at least 1, got "0"/],
  [['--cells', 'lstn'], /--cells: expected one of LSTM, GRU, RNN, got "LSTN"/],
  [['--sections', 'trian'], /--sections: expected one of train, step, got "trian"/],
  [['--python-isa', 'avx3'], /--python-isa: expected one of avx2, got "avx3"/],
  [['--rounds', '0'], /--rounds: expected a whole number of at least 1, got "0"/],
  [['--threads', 'two'], /--threads: expected a whole number/],
  [['--jsn'], /Unknown option '--jsn'/],
])('refuses %j in one sentence', (words, sentence) => {
  expect(() => read(...words)).toThrow(sentence);
  expect(() => read(...words)).toThrow(expect.objectContaining({ code: 'usage' }));
});
