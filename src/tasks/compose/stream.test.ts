import { beforeAll, describe, expect, test } from 'vitest';
import { type MusicPiece, melodyOf, parseKey, parseMetre } from '../../data/music/index.ts';
import { chordPieces, parallelVoices, SMALL_KEYS, scaleTunes } from './data.case.ts';
import type { ComposeStep } from './listener.ts';
import type { ComposeModel } from './model.ts';
import type { ComposeOptions } from './options.ts';
import type { ComposeStream } from './stream.ts';
import { trainCompose } from './train.ts';

const QUICK: ComposeOptions = { ...SMALL_KEYS, hidden: 16, epochs: 3, transpose: 0, batchSize: 4 };
const KINDS: [NonNullable<ComposeOptions['kind']>, MusicPiece[]][] = [
  ['keys', chordPieces(18)],
  ['melody', scaleTunes(18)],
  ['voices', parallelVoices(18)],
];
const C = { key: parseKey('C'), metre: parseMetre('4/4') };

function stepsOf({ name, music }: MusicPiece): readonly ComposeStep[] {
  return music.kind === 'steps' ? music.steps : melodyOf(music.score, name);
}

describe.each(KINDS)('a stream of %s', (kind, pieces) => {
  let model: ComposeModel;
  const open = (saved?: Parameters<ComposeModel['stream']>[0]): ComposeStream =>
    model.stream(saved, kind === 'melody' ? C : {});
  beforeAll(async () => {
    ({ model } = await trainCompose(pieces, { ...QUICK, kind }));
  });

  test('costs per piece what evaluate measures, and predicts what predict does, piece after piece', async () => {
    using stream = open();
    for (const piece of pieces.slice(0, 2)) {
      const said = stepsOf(piece).map((step) => stream.push(step));
      expect(said.at(-1)?.next).toEqual(model.next(piece));
      const { steps, nll, nats } = stream.end();
      const { test: measured } = await model.evaluate([{ ...piece, part: 'test' }]);
      expect(steps).toBe(said.length);
      expect(nll / measured.nll).toBeCloseTo(1, 5);
      // What the end costs is known at the end.
      expect(nats).toBeGreaterThanOrEqual(said.reduce((sum, step) => sum + step.nats, 0));
    }
  });

  test('goes on from a saved state to the same bits, in the middle of a piece and between two', () => {
    const steps = stepsOf(pieces[2]).slice(0, 12);
    using whole = open();
    let cut = open();
    steps.forEach((step, t) => {
      expect(cut.push(step)).toEqual(whole.push(step));
      if (t === 6) expect(cut.end()).toEqual(whole.end());
      const saved = cut.state();
      cut[Symbol.dispose]();
      cut = open(JSON.parse(JSON.stringify(saved)));
      expect(cut.next()).toEqual(whole.next());
    });
    expect(cut.end()).toEqual(whole.end());
    cut[Symbol.dispose]();
  });

  test('a step that cannot be heard is refused, and changes nothing', () => {
    using stream = open();
    const [good, next] = stepsOf(pieces[0]);
    stream.push(good);
    const before = stream.state();
    const other: ComposeStep = kind === 'melody' ? [60] : { pitch: 60, duration: 24 };
    const low: ComposeStep = kind === 'melody' ? { pitch: 5, duration: 24 } : [5, 5, 5, 5];
    for (const bad of [other, low]) expect(() => stream.push(bad)).toThrow(/^stream: expected .*, got .*; /);
    expect(stream.state()).toEqual(before);
    expect(stream.push(next).nats).toBeGreaterThan(0);
  });
});

test('a melody begins with what is given, else in C and 4/4; a saved one keeps its beginning', async () => {
  const { model } = await trainCompose(KINDS[1][1], { ...QUICK, kind: 'melody' });
  using given = model.stream(undefined, C);
  using found = model.stream();
  expect(found.next()).toEqual(given.next());
  using other = model.stream(undefined, { ...C, key: parseKey('G') });
  expect(other.next()).not.toEqual(given.next());
  expect(() => model.stream(other.state(), C)).toThrow(/expected the key of the saved stream, G, got C/);
  expect(() => given.push({ pitch: 60, duration: 0.5 })).toThrow(/expected a duration from 1 to 12288 ticks/);
  expect(() => given.end()).toThrow(/expected a step before the end/);
  for (const pickup of [-48, 192, 0.5])
    expect(() => model.stream(undefined, { ...C, pickup })).toThrow(
      /^stream: expected a pickup from 0 to below a bar of 4\/4, 4 quarters, got /,
    );
  using upbeat = model.stream(undefined, { ...C, pickup: 48 });
  expect(upbeat.push({ pitch: 60, duration: 48 }).nats).toBeGreaterThan(0);
});

test('four voices stay four, the soprano alone stays alone, and costs what it costs among the others', async () => {
  const { model } = await trainCompose(KINDS[2][1], { ...QUICK, kind: 'voices' });
  using four = model.stream();
  using alone = model.stream();
  const steps = stepsOf(KINDS[2][1][0]) as readonly number[][];
  for (const step of steps.slice(0, 8)) expect(alone.push([step[0]])).toEqual(four.push(step));
  expect(alone.end().nats).toBeLessThan(four.end().nats);
  four.push(steps[0]);
  expect(() => four.push([72])).toThrow(/expected notes of 4 voices, as before, got 1/);
  expect(() => model.stream(undefined, C)).toThrow(/expected no key, metre with a voices model/);
});
