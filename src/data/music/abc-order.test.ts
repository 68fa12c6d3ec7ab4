import { expect, test } from 'vitest';
import { type AbcOptions, readAbc } from './abc.ts';

/** Letters of the notes of a tune in the order they sound. */
function letters(body: string, head = 'K:C', repeats: AbcOptions['repeats'] = 'play'): string {
  const [{ notes }] = readAbc(`X:1\nM:4/4\nL:1/8\n${head}\n${body}\n`, 'test.abc', { repeats });
  return notes.map(({ pitch }) => 'C D EF G A B'[pitch % 12]).join('');
}

test('bar lines of any shape are read, and repeats that are played more than twice', () => {
  expect(letters('|::C::|D|')).toBe('CCCD');
  expect(letters('|C::|D|')).toBe('CCCD');
  expect(letters('|C:|:D:|E|')).toBe('CCDDE');
  expect(letters('|C:||:D:|E|')).toBe('CCDDE');
  expect(letters('C[|:D:|E[|]F.|G|[|A')).toBe('CDDEFGA');
  expect(letters('|:C|[1-3 D:|[4 E||F|')).toBe('CDCDCDCEF');
  expect(letters('|:C|[1,3D:|[2,4E:|F|')).toBe('CDCECDCEF');
});

test('repeats do not nest, and a double bar begins what is repeated where no |: does', () => {
  expect(letters('|:C|:D:|E|')).toBe('CDDE');
  expect(letters('C||D:|E|')).toBe('CDDE');
  expect(letters('|:C||D:|E|')).toBe('CDCDE');
  expect(letters('|:C||D|1E:|2F||G|')).toBe('CDECDFG');
  expect(letters('|:C|1D|2E||F||G:|')).toBe('CDCEFGG');
});

test('passes that cannot be counted are refused', () => {
  for (const passes of ['3-1', '0', '1-', '1,,2', '33', '1-999999999'])
    expect(() => letters(`|:C|[${passes}D:|`), passes).toThrow(
      `test.abc, line 5: expected passes such as [1 or [1,3 up to 32, got "${passes}"; write their numbers`,
    );
  expect(() => letters(`|${':'.repeat(40)}C|`)).toThrow(/expected passes .* got "\|:::::/);
});

test('a line of a body may begin with a note before a bar line, which is no field', () => {
  expect(letters('CD\nG:|E|\nc::\nF:|\nB:The book\nA')).toBe('CDGCDGECECFFA');
});

test('parts are played in the order of the header, however it is written', () => {
  const parts = 'P:A\nC|\nP:B\nD|\nP:C\nE|';
  const played = (order: string) => letters(parts, `P:${order}\nK:C`);
  expect(played('ABA2')).toBe('CDCC');
  expect(played('(AB)3.C')).toBe('CDCDCDE');
  expect(played('((AB)2.(C)2) 2')).toBe('CDCDEECDCDEE');
  expect(letters('G|[P:A]C|[P:B]D|', 'P:BA\nK:C')).toBe('GDC');
  expect(letters(parts, 'P:CBA\nK:C', 'written')).toBe('CDE');
  expect(letters(parts)).toBe('CDE');
  expect(letters('C|D|', 'P:AABB\nK:C')).toBe('CD');
  expect(letters(parts, 'P:AB\n+:CA\nK:C')).toBe('CDEC');
});

test('an order that names a part twice in a row counts its repeats and endings, another plays them', () => {
  const ended = 'P:A\nC|[1D:|[2E||\nP:B\nF|';
  expect(letters('P:A\nC|[1D:|[2E:|[3F:|[4G|]\nP:B\nA|', 'P:A4.B\nK:C')).toBe('CDCECFCGA');
  expect(letters(ended, 'P:AAB\nK:C')).toBe('CDCEF');
  expect(letters(ended, 'P:AABA\nK:C')).toBe('CDCEFCE');
  expect(letters(ended, 'P:A4\nK:C')).toBe('CDCECDCE');
  expect(letters(ended, 'P:ABA\nK:C')).toBe('CDCEFCDCE');
  expect(letters('P:A\n|:C:|:D:|\nP:B\nE|', 'P:AAB\nK:C')).toBe('CCDDCCDDE');
});

test('each voice plays its parts', () => {
  const voices = (body: string) => {
    const [{ notes }] = readAbc(`X:1\nL:1/8\nP:BA\nK:C\n${body}\n`, 'test.abc');
    return [0, 1].map((v) =>
      notes
        .filter(({ voice }) => voice === v)
        .map(({ pitch }) => pitch)
        .join(' '),
    );
  };
  const both = ['62 60', '50 48'];
  expect(voices('P:A\nV:1\nC|\nV:2\nC,|\nP:B\nV:1\nD|\nV:2\nD,|')).toEqual(both);
  expect(voices('V:1\n[P:A]C|[P:B]D|\nV:2\n[P:A]C,|[P:B]D,|')).toEqual(both);
  expect(() => voices('V:1\n[P:A]C|[P:B]D|\nV:2\nC,|D,|')).toThrow(
    'test.abc: expected the parts of P:BA in each voice, got none with P:A; ',
  );
});

test('an order that cannot be played is refused, in bounded time', () => {
  const order = (text: string, body = 'P:A\nC|') => letters(body, `P:${text}\nK:C`);
  expect(() => order('AB')).toThrow('expected the parts of P:AB in each voice, got none with P:B; ');
  expect(() => order('AA', 'P:A\nC|\nP:A\nD|')).toThrow('expected each part to be marked once, got two parts of one');
  for (const text of ['A(B', 'A)', '3A', 'A-B', '()', '((((A99)99)99)99)', '('.repeat(1e5)])
    expect(() => order(text), text.slice(0, 20)).toThrow(
      /^test\.abc: expected an order of parts such as P:ABA2 or P:\(AB\)3, got "P:.{1,40}"; repair the field$/,
    );
  expect(() => order('A999', `P:A\n${'C/8'.repeat(3000)}`)).toThrow(/expected a piece of at most 131072 quarters/);
});

test('a jump is not played over, where what is played is asked for', () => {
  for (const sign of ['!D.C.!', '!D.S.!', '!dacapo!', '+D.C.alfine+', '!dacoda!'])
    expect(() => letters(`C|!fine!D|E${sign}|`), sign).toThrow(
      `test.abc, line 5: expected repeats and parts (P:) to say what is played, got ${sign}; write the bars out, or read them as written`,
    );
  expect(letters('C|!fine!D|E!D.C.!|', 'K:C', 'written')).toBe('CDE');
  expect(letters('C|!segno!D|E"^D.C."|')).toBe('CDE');
});
