// Music in the library: a model of small tunes written in ABC, a new one from a first note, as a MIDI file. About 2 seconds.
import { writeFileSync } from 'node:fs';
import { Random, readMusic, trainCompose, writeMidi } from 'recurve';
import { noteName, parseKey, parseMetre, parsePitch, readMidi } from 'recurve/data';

const random = new Random(1);
const figures = ['GABc', 'd2Bd', 'cBAG', 'edcB', 'G2BG'];
const bar = (first: number, n: number) =>
  figures[(first + n) % figures.length] + figures[(first + 2 * n + 1) % figures.length];
const book = Array.from({ length: 40 }, (_, i) => {
  const first = random.integer(figures.length);
  const bars = Array.from({ length: 8 }, (_, n) => bar(first, n));
  return `X:${i + 1}\nT:Tune ${i + 1}\nM:4/4\nL:1/8\nK:G\n${bars.join('|')}|]\n`;
});

const pieces = readMusic(new TextEncoder().encode(book.join('\n')), 'tunes.abc');
const { model, scores } = await trainCompose(pieces, {
  ...{ kind: 'melody', hidden: 32, embedding: 16, dropout: 0.1 },
  ...{ epochs: 12, batchSize: 2, rate: 0.01, average: 0.9, transpose: 0, seed: 1 },
});
for (const [name, { nll }] of Object.entries({ model: scores!.test, ...scores!.baselines })) {
  console.log(name.padEnd(8), nll.toFixed(3), scores!.measure);
}

const score = model.compose({
  start: [parsePitch('G4')],
  key: parseKey('G'),
  metre: parseMetre('4/4'),
  ...{ bars: 4, keepKey: true, keepMetre: true, temperature: 0.7, seed: 7 },
});
writeFileSync('tune.mid', writeMidi(score));
const back = readMidi(writeMidi(score), 'tune.mid');
console.log('tune.mid:', back.notes.map(({ pitch }) => noteName(pitch)).join(' '));
