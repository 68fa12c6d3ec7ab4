import { RecurveError } from '../../errors.ts';
import {
  createRhymes,
  type GenerateModel,
  type Pronunciations,
  type Verse,
  type VerseOptions,
  writeVerse as write,
} from '../../tasks/index.ts';

/** Writes verse with the line endings of the model's training text. */
export async function writeVerse(
  model: GenerateModel,
  scheme: string,
  options: Omit<VerseOptions, 'scheme' | 'rhymes' | 'words'>,
): Promise<Verse> {
  const { endings } = model.summary;
  const words = Array.isArray(endings) ? endings.filter((word) => typeof word === 'string') : [];
  return write(model, { ...options, scheme, words, rhymes: createRhymes(await dictionary()) });
}

/** The CMU pronouncing dictionary of English, which is installed beside Recurve where verse is wanted. */
async function dictionary(): Promise<Pronunciations> {
  try {
    const loaded = await import('cmu-pronouncing-dictionary');
    return loaded.dictionary;
  } catch (cause) {
    throw new RecurveError(
      'unsupported',
      'generate: expected the pronouncing dictionary for --rhyme, got none; npm install cmu-pronouncing-dictionary',
      { cause },
    );
  }
}
