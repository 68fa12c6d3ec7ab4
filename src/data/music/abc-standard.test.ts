import { describe, expect, test } from 'vitest';
import { readAbc } from './abc.ts';
import { noteName } from './pitch.ts';
import { TICKS } from './score.ts';

/** Notes of a tune with L:1/8 as `name start/duration` in eighths, by voice. */
function voices(body: string, head = 'K:C'): string[] {
  const [{ notes }] = readAbc(`X:1\nM:4/4\nL:1/8\n${head}\n${body}\n`, 'test.abc');
  const eighths = (ticks: number) => Number((ticks / (TICKS / 2)).toFixed(2));
  const lines: string[][] = [];
  for (const { pitch, start, duration, voice } of notes) {
    lines[voice] ??= [];
    lines[voice].push(`${noteName(pitch)} ${eighths(start)}/${eighths(duration)}`);
  }
  return lines.map((line) => line.join(' '));
}

const names = (body: string, head?: string): string =>
  voices(body, head)
    .join(' ')
    .replace(/ \S+\/\S+/g, '');

describe('lines over a bar', () => {
  test('are voices after their own, each with its ties and accidentals', () => {
    expect(voices('A2 | c d e f g a &\\\n A A A A A A &\\\n F E D C B, A, |]', 'M:6/8\nK:C')).toEqual([
      'A4 0/2 C5 2/1 D5 3/1 E5 4/1 F5 5/1 G5 6/1 A5 7/1',
      'A4 2/1 A4 3/1 A4 4/1 A4 5/1 A4 6/1 A4 7/1',
      'F4 2/1 E4 3/1 D4 4/1 C4 5/1 B3 6/1 A3 7/1',
    ]);
    expect(voices('c8 & ^F4 F4- | f8 & F8 | f8 & F8 |')).toEqual(['C5 0/8 F5 8/8 F5 16/8', 'F♯4 0/4 F♯4 4/12 F4 16/8']);
    expect(voices('^c8 & c8 | c8-& (3CDE E>F | c8 &C8|')).toEqual([
      'C♯5 0/8 C5 8/16',
      'C5 0/8 C4 8/0.67 D4 8.67/0.67 E4 9.33/0.67 E4 10/1.5 F4 11.5/0.5 C4 16/8',
    ]);
    expect(voices('V:1\nc8 & C8|\nV:2\nG,8 & E,8|')).toEqual(['C5 0/8', 'C4 0/8', 'G3 0/8', 'E3 0/8']);
    expect(voices('c8 & z8 | c8 & G4 |')).toEqual(['C5 0/8 C5 8/8', 'G4 8/4']);
  });

  test('lie over as many bars as there are signs, after a bar line over those before it', () => {
    expect(voices('g4 f4 | e6 e2 |\n&& (d8 | c6) c2|\n&& B4 A4 | G8 | e8|')).toEqual([
      'G5 0/4 F5 4/4 E5 8/6 E5 14/2 E5 16/8',
      'D5 0/8 C5 8/6 C5 14/2',
      'B4 0/4 A4 4/4 G4 8/8',
    ]);
    expect(voices('g8 | & e8 | f8 |')).toEqual(['G5 0/8 F5 8/8', 'E5 0/8']);
    expect(voices('|: c8 & C8 :| d8 & D8 |')).toEqual(['C5 0/8 C5 8/8 D5 16/8', 'C4 0/8 C4 8/8 D4 16/8']);
    expect(voices('|: c8 | d8 :|\n&& C8 | D8 |')).toEqual([
      'C5 0/8 D5 8/8 C5 16/8 D5 24/8',
      'C4 0/8 D4 8/8 C4 16/8 D4 24/8',
    ]);
  });

  test('are refused where they would be read wrongly', () => {
    expect(() => voices('c4 & C4 D4 | e8 |')).toThrow(
      'test.abc, line 5: expected a line after & that is as long as its bar, got one that is 2 quarters longer; ',
    );
    expect(() => voices('c4 & C8')).toThrow(/line 5: expected a line after & .* 2 quarters longer/);
    for (const body of ['& C4 |', 'c4 | d4 &&& C4 |', `c${'& C'.repeat(17)}|`])
      expect(() => voices(body), body).toThrow(/expected bars for another line before "&/);
    expect(() => voices('(& c4 & C4 &)|')).toThrow(/got "\(&", which the standard does not have; write & in each bar/);
  });

  test('of 20,000 bars are read in seconds', () => {
    expect(voices('c&C&E|'.repeat(20_000))[2].split(' ')).toHaveLength(40_000);
  });
});

test('in a chord each note has its own tie; a chord is as long as its first note', () => {
  expect(voices('[C-E]2[CE]2|')).toEqual(['C4 0/4 E4 0/2 E4 2/2']);
  expect(voices('[C-E-]2[CE]2-|[CE]')).toEqual(['C4 0/5 E4 0/5']);
  expect(voices('[^F-^c]2|[Fc]2')).toEqual(['F♯4 0/4 C♯5 0/2 C5 2/2']);
  expect(voices('[C2E4]2 G')).toEqual(['C4 0/4 E4 0/4 G4 4/1']);
});

test('tuplets and broken rhythms that say nothing are refused', () => {
  for (const sign of ['(1', '(3:2:0', '(0', '(100'])
    expect(() => voices(`${sign}abc`), sign).toThrow(`expected a tuplet such as (3 or (3:2:3, got "${sign}"`);
  expect(voices('(3::2ab (5:4abcde', 'M:6/8\nK:C')[0].split(' ').slice(1, 6)).toEqual([
    ...['0/0.67', 'B5', '0.67/0.67', 'A5', '1.33/0.79'],
  ]);
  for (const body of ['a><b', 'a>>>>b', 'a> >b']) expect(() => voices(body), body).toThrow(/got two such signs/);
  expect(voices('a>>>b2 c<<<d')).toEqual(['A5 0/1.88 B5 1.88/0.25 C5 2.13/0.13 D5 2.25/1.88']);
});

test('signs of a key without a tonic sound', () => {
  expect(names('fcB', 'K:none ^f _B')).toBe('F♯5 C5 B♭4');
});

test('accidentals are one sign or two of a kind; microtones are refused', () => {
  expect(names('^^C __D =F')).toBe('D4 C4 F4');
  for (const sign of ['^_', '_^', '^=', '^/', '_3/2'])
    expect(() => voices(`${sign}c d`), sign).toThrow('test.abc, line 5: expected notes, bars or rests, got ');
});

test('I: and %% say how far accidentals go, and how much higher the notes sound', () => {
  expect(names('^c C c | c')).toBe('C♯5 C4 C♯5 C5');
  expect(names('%%propagate-accidentals pitch\n^c C c | c')).toBe('C♯5 C♯4 C♯5 C5');
  expect(names('^c C c | c', 'I:propagate-accidentals not\nK:C')).toBe('C♯5 C4 C5 C5');
  expect(names('^c-|c c', '%%propagate-accidentals not\nK:C')).toBe('C♯5 C5');
  expect(names('C[I:MIDI transpose 2]C', '%%MIDI transpose -12 % down\nK:C')).toBe('C3 D4');
  expect(voices('V:1 transpose=12\n%%MIDI transpose 2\nC|\nV:2\nC|')).toEqual(['D5 0/1', 'C4 0/1']);
  const [{ key }] = readAbc('X:1\n%%MIDI transpose 2\nK:Bb\nB', 'a.abc');
  expect(key).toEqual({ tonic: 0, mode: 'major', fifths: 0 });
});

test("General MIDI's drums are passed over, whatever says so", () => {
  expect(voices('V:1\nC|\nV:2\n%%MIDI channel 10\nD|\nV:3 clef=perc\nE|')).toEqual(['C4 0/1']);
  expect(voices('V:1\nC|\nV:2\n[K:clef=perc]D|\nV:3\n[I:MIDI channel 10]E|\nV:4\n%%MIDI channel 3\nF')).toEqual([
    ...['C4 0/1', 'F4 0/1'],
  ]);
  expect(voices('V:1\nC|\nV:2\nD|', 'V:1\nV:2\n%%MIDI channel 10\nK:C')).toEqual(['C4 0/1']);
  for (const head of ['K:C perc', '%%MIDI channel 10\nK:C'])
    expect(() => voices('C', head), head).toThrow(/expected notes in the tune of line 1, got none/);
});

test('transpositions of drafts of the standard are refused instead of passed over', () => {
  expect(() => voices('C', 'K:C sound=_B')).toThrow(
    'test.abc, line 4: expected octave= or transpose= where notes sound elsewhere than they are written, got "sound=_B"; ',
  );
  for (const field of ['shift=CD', 'instrument=Bb'])
    expect(() => voices(`V:1 ${field}\nC`), field).toThrow(`test.abc, line 5: expected octave= or transpose=`);
  expect(names('C', 'V:1 instrument=3 score=C name="sound=A"\nK:C')).toBe('C4');
});

test('macros are written out, those with n for every note; U: makes decorations of letters', () => {
  expect(voices('~G3 ~G2 A', 'm: ~G3 = G{A}G{F}G\nK:C')).toEqual(['G4 0/1 G4 1/1 G4 2/1 G4 3/2 A4 5/1']);
  expect(voices("~c3 ~B,3 ~g2 ~c'3", 'm: ~n3 = n{o}n{m}n\nK:C')[0].replaceAll(/ \S+\/\S+/g, '')).toBe(
    'C5 C5 C5 B3 B3 B3 G5 C6 C6 C6',
  );
  expect(voices('~g2 ~D2', 'm: ~n2 = (3o/n/m/ n\nK:C')).toEqual([
    'A5 0/0.33 G5 0.33/0.33 F5 0.67/0.33 G5 1/1 E4 2/0.33 D4 2.33/0.33 C4 2.67/0.33 D4 3/1',
  ]);
  expect(names('oC', "m: oC = c'\nm: c' = B,\nK:C")).toBe('B3');
  expect(names('C\nm: Cx = D\nCx Cx2')).toBe('C4 D4 D4');
  expect(names('wC kD', 'U: w = !trill!\nU:k="^x"\nK:C')).toBe('C4 D4');
  const [, second] = readAbc('U: k = !trill!\nm: oC = D\n\nX:1\nK:C\nkC\nX:2\nK:C\nkoC', 'book.abc');
  expect(second.notes.map(({ pitch }) => pitch)).toEqual([62]);
  expect(() => voices('kC')).toThrow(/expected notes, bars or rests, got "kC"/);
  expect(() => voices('C', 'm: foo\nK:C')).toThrow(
    'test.abc, line 4: expected a macro such as ~G3 = G{A}G{F}G, got "foo"; repair the field, or write it out',
  );
  const growing = Array.from({ length: 9 }, () => `m: C = ${'C'.repeat(200)}`).join('\n');
  expect(() => voices('C', `${growing}\nK:C`)).toThrow(/expected macros that end, got a line that grows; repair m:/);
});

test('the signs that the standard reserves are passed over, but not #, which is mostly meant for a sharp', () => {
  expect(names('C;D@E*?')).toBe('C4 D4 E4');
  expect(() => voices('F#G')).toThrow(/expected notes, bars or rests, got "#G"/);
});

test('a metre that changes is told, also where a repeat goes back to another', () => {
  const changes = (body: string, repeats: 'play' | 'written' = 'play') =>
    readAbc(`X:1\nM:4/4\nL:1/4\nK:C\n${body}`, 'a.abc', { repeats })[0].metreChanges?.map(({ start, metre }) => [
      start / TICKS,
      `${metre.beats}/${metre.unit}`,
    ]);
  expect(changes('C4|[M:4/4]C4|')).toBeUndefined();
  expect(changes('[M:3/4]C3|')).toBeUndefined();
  expect(changes('|:C4|[M:3/4]C3:|')).toEqual([
    [4, '3/4'],
    [7, '4/4'],
    [11, '3/4'],
  ]);
  expect(changes('|:C4|\nM:3/4\nC3:|', 'written')).toEqual([[4, '3/4']]);
});
