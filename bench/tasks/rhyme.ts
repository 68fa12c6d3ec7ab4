import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dictionary } from 'cmu-pronouncing-dictionary';
import { createEngine } from 'recurve/engine';
import { openRun, readFileBytes, runPaths } from 'recurve/node';
import {
  createRhymes,
  type GenerateModel,
  type GenerateOptions,
  loadGenerate,
  rhymingShare,
  trainGenerate,
  writeVerse,
} from 'recurve/tasks';
import { recordTask } from './record.ts';
import { songs } from './songs.ts';
import { datasetText } from './text.ts';

const OPTIONS: GenerateOptions = {
  ...{ unit: 'words', minCount: 2, hidden: 256, embedding: 192, tied: true },
  ...{ dropout: 0.5, inputDropout: 0.3, weightDrop: 0.4, weightDecay: 0.05, validationShare: 0.05, seed: 1 },
  ...{ batchSize: 16, window: 48, rate: 3e-3, average: 0.995, epochs: 30, patience: 4 },
};
const TEMPERATURE = 0.6;
/** Lines of a stanza, and the scheme they are measured by. */
const LINES = 4;
const SCHEME = 'aabb';
/** Schemes that a poet may have had in mind. */
const SCHEMES = [SCHEME, 'abab', 'abba'];
const FOLDER = fileURLToPath(new URL('../../runs/bench-rhyme', import.meta.url));

const rhymes = createRhymes(dictionary);

/**
 * `npm run bench -- tasks rhyme [--stanzas N] [--measure]`: how many line pairs rhyme in stanzas of four lines written with `--rhyme aabb`,
 * by the same model left to itself, and in the songs it was trained on. `--measure` takes the model of the last training.
 */
export async function run(name: string, words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: { stanzas: { type: 'string', default: '100' }, measure: { type: 'boolean', default: false } },
  });
  const began = performance.now();
  const stanzas = songs(await datasetText('gilbert-sullivan'));
  const text = `${stanzas.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  using model = values.measure ? await lastModel() : await train(text);
  const seeds = Array.from({ length: Number(values.stanzas) }, (_, i) => i + 1);
  const { endings, seconds: training } = model.summary as { endings: string[]; seconds: number };
  const verses: string[] = [];
  const free: string[] = [];
  for (const seed of seeds) {
    const verse = await writeVerse(model, {
      ...{ scheme: SCHEME, rhymes, words: endings, lines: LINES, prompt: '\n\n', temperature: TEMPERATURE, seed },
    });
    verses.push(verse.lines.map((line) => line.text).join('\n'));
    free.push(await stanzaOf(model, seed));
  }
  const source = stanzas.flatMap((lines) =>
    Array.from({ length: Math.floor(lines.length / LINES) }, (_, i) =>
      lines.slice(LINES * i, LINES * (i + 1)).join('\n'),
    ),
  );
  const figures = measure(verses);
  const baselines = { 'the model left to itself': measure(free), 'the songs themselves': measure(source) };
  for (const [who, { 'in aabb': pairs, 'in the best scheme': best, 'known words': known }] of Object.entries({
    '--rhyme aabb': figures,
    ...baselines,
  }))
    console.log(
      `${who.padEnd(24)} ${percent(pairs)} of the pairs of aabb rhyme, ${percent(best)} of those of the scheme that fits best; ${percent(known)} of the words are in the dictionary`,
    );
  console.log(`\n${verses.slice(0, 6).join('\n\n')}\n\nUnconstrained:\n\n${free.slice(0, 3).join('\n\n')}`);
  recordTask(name, {
    title: `Songs of Gilbert & Sullivan, ${seeds.length} stanzas of four lines written with \`--rhyme aabb\`: the share of line pairs that rhyme in aabb, the same in the scheme of three that fits best, and the share of words in the dictionary`,
    seed: OPTIONS.seed,
    seconds: Math.round((performance.now() - began) / 1000 + (values.measure ? training : 0)),
    training,
    ...{ figures, baselines, stanzas: seeds.length, sourceStanzas: source.length, temperature: TEMPERATURE },
    validation: model.summary.validation,
    ...{ settings: { ...OPTIONS }, examples: verses.slice(0, 10), unconstrainedExamples: free.slice(0, 3) },
  });
}

async function train(text: string): Promise<GenerateModel> {
  const run = await openRun(FOLDER, { overwrite: true, config: { options: { ...OPTIONS } as Record<string, number> } });
  const { model } = await trainGenerate(text, OPTIONS, {
    engine: await createEngine({ threads: 1 }),
    onEpoch({ epoch, seconds, loss, validation = Number.NaN }) {
      console.log(
        `epoch ${epoch}  ${seconds.toFixed(0)} s  training ${loss.toFixed(4)}  validation ${validation.toFixed(4)}`,
      );
    },
  });
  await run.saveModel(model.encode());
  await run.close();
  return model;
}

async function lastModel(): Promise<GenerateModel> {
  const { model } = runPaths(FOLDER);
  return loadGenerate(await readFileBytes(model), { name: model, engine: await createEngine({ threads: 1 }) });
}

/** The first four lines of the first stanza of at least four that the model writes when nothing is asked of it. */
async function stanzaOf(model: GenerateModel, seed: number): Promise<string> {
  const text = await model.write({ prompt: '\n\n', length: 2000, temperature: TEMPERATURE, seed });
  const stanzas = text.split(/\n{2,}/).map((block) => block.split('\n').filter((line) => /[a-z]/i.test(line)));
  // The last one may be cut.
  const long = stanzas.slice(0, -1).find((lines) => lines.length >= LINES);
  if (!long) throw new Error(`seed ${seed}: no stanza of ${LINES} lines in 2000 words`);
  return long.slice(0, LINES).join('\n');
}

/** Shares from 0 to 1. */
function measure(stanzas: readonly string[]): Record<'in aabb' | 'in the best scheme' | 'known words', number> {
  const whole = rhymingShare(stanzas.join('\n\n'), SCHEME, rhymes);
  let [best, pairs] = [0, 0];
  for (const stanza of stanzas) {
    const shares = SCHEMES.map((scheme) => rhymingShare(stanza, scheme, rhymes));
    best += Math.max(...shares.map(({ rhyming }) => rhyming));
    pairs += shares[0].pairs;
  }
  return {
    'in aabb': whole.rhyming / whole.pairs,
    'in the best scheme': best / pairs,
    'known words': whole.known / whole.words,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`.padStart(7);
}
