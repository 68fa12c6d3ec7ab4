import { describe, expect, test } from 'vitest';
import { type AbcOptions, readAbc } from './abc.ts';
import { noteName } from './pitch.ts';
import { TICKS } from './score.ts';

const Q = TICKS;

/** Notes of a tune in G, L:1/8, as `name start/duration` in eighths. */
function played(body: string, head = 'K:G', options: AbcOptions = {}): string[] {
  const [score] = readAbc(`X:1\nT:Test\nM:4/4\nL:1/8\n${head}\n${body}\n`, 'test.abc', options);
  const eighth = Q / 2;
  return score.notes.map(({ pitch, start, duration }) => `${noteName(pitch)} ${start / eighth}/${duration / eighth}`);
}

describe('ABC', () => {
  test('the signature holds, accidentals until the bar line and in their octave only', () => {
    expect(played('F f | =F F ^f F | F')).toEqual([
      ...['F♯4 0/1', 'F♯5 1/1', 'F4 2/1', 'F4 3/1', 'F♯5 4/1', 'F4 5/1', 'F♯4 6/1'],
    ]);
    expect(played("B,, _B c' D,", 'K:Dmin')).toEqual(['B♭2 0/1', 'B♭4 1/1', 'C6 2/1', 'D3 3/1']);
  });

  test('lengths, broken rhythm, tuplets, ties, rests and chords', () => {
    expect(played('G2 G/ G/2 G3/2 z G>G G<<G')).toEqual([
      ...['G4 0/2', 'G4 2/0.5', 'G4 2.5/0.5', 'G4 3/1.5', 'G4 5.5/1.5', 'G4 7/0.5', 'G4 7.5/0.25', 'G4 7.75/1.75'],
    ]);
    expect(played('(3GAB (3:2:2GA B')).toEqual([
      ...[
        'G4 0/0.6666666666666666',
        'A4 0.6666666666666666/0.6666666666666666',
        'B4 1.3333333333333333/0.6666666666666666',
      ],
      ...['G4 2/0.6666666666666666', 'A4 2.6666666666666665/0.6666666666666666', 'B4 3.3333333333333335/1'],
    ]);
    expect(played('G2-G [Gc]2-|[Gc] z2 G')).toEqual(['G4 0/3', 'G4 3/3', 'C5 3/3', 'G4 8/1']);
  });

  test('a line of 150,000 notes is read', () => {
    expect(played('G/8'.repeat(150_000)).at(-1)).toBe(`G4 ${149_999 / 8}/0.125`);
  });

  test('repeats are played, with their endings, or left as written', () => {
    const names = (body: string, repeats: 'play' | 'written') =>
      played(body, 'K:C', { repeats })
        .map((note) => note[0])
        .join('');
    expect(names('C|D:|E', 'play')).toBe('CDCDE');
    expect(names('C|:D:|E', 'play')).toBe('CDDE');
    expect(names('|:C::D:|', 'play')).toBe('CCDD');
    expect(names('|:C|1D:|2E||F', 'play')).toBe('CDCEF');
    expect(names('C [1D:|\n[2E||F:|', 'play')).toBe('CDCEFF');
    expect(names('|:C [1,3 D:|[2 E:|G', 'play')).toBe('CDCECDG');
    expect(names('|:C|1D:|2E||F', 'written')).toBe('CDEF');
  });

  test('chord names, decorations, grace notes, comments and words are passed over', () => {
    expect(played('"Am"!trill!G{AB}~A vB .c \\ % all\nw: la la\nd')).toEqual([
      ...['G4 0/1', 'A4 1/1', 'B4 2/1', 'C5 3/1', 'D5 4/1'],
    ]);
  });

  test('fields change key, metre and unit; title, tempo and pickup are known', () => {
    const [score] = readAbc('X:7\nT:First\nT:Second\nM:6/8\nQ:3/8=60\nK:D\nf|[K:F][L:1/4]B2|', 'a.abc');
    expect(score.notes.map(({ pitch, duration }) => [noteName(pitch), duration])).toEqual([
      ['F♯5', Q / 2],
      ['B♭4', 2 * Q],
    ]);
    expect(score).toMatchObject({ title: 'First', tempo: 90, pickup: Q / 2, metre: { beats: 6, unit: 8 } });
  });

  test('fields between the key and the first note hold for the piece, later ones from where they stand', () => {
    const about = (text: string) => readAbc(text, 'a.abc')[0];
    const early = about('X:1\nK:C\nM:3/4\nL:1/4\nQ:1/4=90\nK:G\nG|FGA|\nM:2/4\nK:F\nBc|');
    expect(early).toMatchObject({ metre: { beats: 3, unit: 4 }, tempo: 90, pickup: Q, key: { fifths: 1 } });
    expect(early.notes.map(({ pitch, duration }) => [noteName(pitch), duration])).toEqual([
      ...[
        ['G4', Q],
        ['F♯4', Q],
        ['G4', Q],
        ['A4', Q],
        ['B♭4', Q],
        ['C5', Q],
      ],
    ]);
    expect(about('X:1\nM:4/4\nL:1/4\nK:C\n[M:6/8][K:D][L:1/8][Q:60]F3 A3|')).toMatchObject({
      metre: { beats: 6, unit: 8 },
      key: { fifths: 2 },
      tempo: 30,
      notes: [{ pitch: 66, duration: 1.5 * Q }, {}],
    });
    // The unit stays what the header gave when the metre changes, and a rest of whole bars is as long as the bars are then.
    expect(about('X:1\nM:2/4\nK:C\nC|[M:3/4]CZ2C|').notes.map(({ start, duration }) => [start, duration])).toEqual([
      ...[
        [0, Q / 4],
        [Q / 4, Q / 4],
        [Q / 2 + 6 * Q, Q / 4],
      ],
    ]);
    const tempo = (field: string) => about(`X:1\nQ:${field}\nL:1/4\nM:3/4\nK:C\nC`).tempo;
    expect(['120', '"Fast" 3/8=40', '1/4 3/8=40', 'C3=40', 'C=40 "slow"', 'Fast'].map(tempo)).toEqual([
      ...[120, 60, 100, 120, 40, undefined],
    ]);
  });

  test('every voice is read wherever it goes on, with its own accidentals, units and repeats', () => {
    const voices = (body: string, head = 'K:G') => {
      const [{ notes }] = readAbc(`X:1\nM:4/4\nL:1/8\n${head}\n${body}\n`, 'test.abc');
      return notes.map(({ pitch, start, voice }) => `${voice} ${noteName(pitch)} ${start / (Q / 2)}`);
    };
    const two = ['0 G4 0', '1 C4 0', '0 A4 4', '1 D4 4', '0 B4 8', '1 E4 8', '0 C5 12', '1 F♯4 12'];
    expect(voices('V:1\nG4A4|\nV:2\n[L:1/4]C2D2|\nV:1\nB4c4|\nV:2\nE2F2|')).toEqual(two);
    expect(voices('[V:1 clef=treble] G4A4| [V:2] C4D4|\nE4F4 [V:1] B4c4|')).toEqual(two);
    expect(voices('[V:B] C4D4|E4F4\n[V:T] G4A4|B4c4', 'V:T\nV:B\nV:silent\nK:G')).toEqual(two);
    expect(voices('G4A4|B4c4\nV:2\nC4D4|E4F4')).toEqual(two);
    expect(voices('V:1\n=F4-|F4 F4|\nV:2\nF4 [K:C]F4 F4|')).toEqual([
      ...['0 F4 0', '1 F♯4 0', '1 F4 4', '0 F♯4 8', '1 F4 8'],
    ]);
    expect(voices('V:1\nG4:|\nV:2\nC4:|')).toEqual(['0 G4 0', '1 C4 0', '0 G4 4', '1 C4 4']);
    expect(voices('V:1\nz4A4|\nV:2 clef=perc\nC4D4|\nV:3\nz8|')).toEqual(['0 A4 4']);
    expect(() => voices('V:T\nG4|\nV:B\nmalformed # |')).toThrow(/^test\.abc, line 8: expected notes/);
  });

  test('octaves and transpositions of a key or a voice sound, a clef does by its 8 alone', () => {
    const first = (head: string, body = 'C') => played(body, head)[0].split(' ')[0];
    expect(first('K:C octave=-1')).toBe('C3');
    expect(first('K:C treble-8')).toBe('C3');
    expect(first('K:clef=bass')).toBe('C4');
    expect(first('V:1 clef=treble+8 name="treble-8"\nK:C')).toBe('C5');
    expect(first('V:1 clef=treble-8 transpose=-12\nK:C octave=1')).toBe('C3');
    expect(first('K:C', 'V:1 octave=1 transpose=2\nC')).toBe('D5');
    const [{ key }] = readAbc('X:1\nK:Bb transpose=2\nB', 'a.abc');
    expect(key).toEqual({ tonic: 0, mode: 'major', fifths: 0 });
  });

  test('an accidental goes with a tie over the bar line, and no further', () => {
    expect(played('F2=F2-|=F2F2', 'K:C')).toEqual(['F4 0/2', 'F4 2/4', 'F4 6/2']);
    expect(played('^F2-|F2-|F2F2|F2', 'K:C')).toEqual(['F♯4 0/6', 'F4 6/2', 'F4 8/2']);
    expect(played('[^F^c]2-|[Fc]2c2', 'K:C')).toEqual(['F♯4 0/4', 'C♯5 0/4', 'C5 4/2']);
    expect(played('^F2|F2', 'K:C')).toEqual(['F♯4 0/2', 'F4 2/2']);
  });

  test('keys with signs of their own, without a tonic, and of the pipes', () => {
    expect(played('FGcB', 'K:E phr ^g')).toEqual(['F4 0/1', 'A♭4 1/1', 'C5 2/1', 'B4 3/1']);
    expect(played('FBeC', 'K:D exp _b _e ^f')).toEqual(['F♯4 0/1', 'B♭4 1/1', 'E♭5 2/1', 'C4 3/1']);
    expect(played('F[K:clef=bass]F[K:C]F', 'K:D')).toEqual(['F♯4 0/1', 'F♯4 1/1', 'F4 2/1']);
    for (const pipes of ['K:Hp', 'K:HP']) expect(played('FGc', pipes)).toEqual(['F♯4 0/1', 'G4 1/1', 'C♯5 2/1']);
  });

  test('the header of a file counts for all its tunes, prose between them for none', () => {
    const file = [
      '%abc-2.1\nM:5/8\nL:1/4\n\nSome tunes, with a remark on M:\n',
      'X:1\nK:G\nG2|\n\nG3|\n\nThe first tune is [an old one.\n',
      'X:2\nM:(3+4)/8\nL:1\nK:G\n%%begintext\nabc | def\n%%endtext\nG!\n+:more\nGyy2JG|!\n',
      'X:3\nM:\nK:G\nG',
    ].join('\n');
    const heard = readAbc(file, 'book.abc').map(({ metre, notes }) => [
      metre?.beats,
      ...notes.map((n) => n.duration / Q),
    ]);
    expect(heard).toEqual([
      [5, 2, 3],
      [7, 4, 4, 4],
      [undefined, 1],
    ]);
  });

  test('malformed tunes are refused with file and line, or left out and told', () => {
    const at = (body: string) => () => readAbc(`X:1\nK:C\n${body}\n`, 'bad.abc');
    expect(at('CD[CE')).toThrow(/^bad\.abc, line 3: expected \] at the end of the chord "\[CE", got the end/);
    expect(at('[CE #]')).toThrow('line 3: expected a chord such as [CEG], got "[CE #]"; ');
    expect(at('CD # E')).toThrow(/line 3: expected notes, bars or rests, got "# E"/);
    expect(at('>C')).toThrow(/expected a note before ">"/);
    for (const [text, length] of [
      ['CD C/0', '/0'],
      ['C z3/0', '3/0'],
      ['[CE//00]', '//00'],
      ['[CE]/0', '/0'],
      ['C0 D', '0'],
    ]) {
      const sentence = `bad.abc, line 3: expected a length such as 2 or 3/2, got "${length}"; `;
      expect(at(text)).toThrow(sentence);
    }
    expect(at('(3:0CDE')).toThrow('expected a tuplet such as (3 or (3:2:3, got "(3:0"; ');
    expect(at('(0CDE')).toThrow('got "(0"; ');
    expect(at('C99999999999 D')).toThrow(/tune of line 1: expected a piece of at most 131072 quarters/);
    expect(at('z4|')).toThrow(/expected notes in the tune of line 1, got none/);
    expect(at('[K:H]C')).toThrow(/line 3: key: expected a key/);
    expect(() => readAbc('X:1\nT:No key\nCDE', 'bad.abc')).toThrow(
      /expected a line K: in the tune that begins in line 1/,
    );
    expect(() => readAbc('hello', 'bad.abc')).toThrow(/expected ABC tunes/);
    const told: string[] = [];
    const tunes = readAbc('X:1\nK:C\nC[\nX:2\nK:C\nD', 'two.abc', { onMalformed: ({ message }) => told.push(message) });
    expect(tunes).toHaveLength(1);
    expect(told).toHaveLength(1);
  });
});
