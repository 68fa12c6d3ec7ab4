import { textCodecFromDocument } from '../../data/text/index.ts';
import { RecurveError } from '../../errors.ts';
import type { JsonObject, ModelDocument } from '../../model/index.ts';
import { anyObject, boolean, nullable, number, object, oneOf } from '../../model/validate.ts';
import { checkShare, checkSize, storedTraining } from '../stored.ts';
import type { GenerateParts } from './model.ts';
import { type GenerateSettings, generateSettings } from './options.ts';

const checkArchitecture = object({
  cell: oneOf('lstm', 'gru'),
  vocabulary: checkSize,
  embedding: checkSize,
  hidden: checkSize,
  layers: number({ integer: true, min: 1, max: 1000 }),
  tied: boolean,
  dropout: checkShare,
  inputDropout: checkShare,
  weightDrop: checkShare,
});
const checkData = object({ text: anyObject });
const checkPatience = nullable(number({ integer: true, min: 1 }));

/** Checks what a model file says of itself, its sizes against each other, and gives it typed. */
export function checkGenerateDocument(document: ModelDocument, name: string): GenerateParts {
  const architecture = checkArchitecture(document.architecture, `${name}: architecture`);
  const codec = textCodecFromDocument(checkData(document.data, `${name}: data`).text, `${name}: data.text`);
  const training = storedTraining(document.training, name, settingsOf);
  if (codec.size !== architecture.vocabulary) {
    throw new RecurveError(
      'model',
      `${name}: expected a vocabulary of ${architecture.vocabulary} tokens for its weights, got ${codec.size}; the file is damaged`,
    );
  }
  return { ...training, architecture, codec };
}

/** A file holds the size of a vocabulary of characters too, which nobody may ask for. */
function settingsOf({ patience, vocabulary, minCount, ...rest }: JsonObject): GenerateSettings {
  return {
    ...generateSettings(rest),
    vocabulary: number({ integer: true, min: 0 })(vocabulary, 'vocabulary'),
    minCount: number({ integer: true, min: 1 })(minCount, 'minCount'),
    patience: checkPatience(patience, 'patience'),
  };
}
