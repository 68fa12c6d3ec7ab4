import { once } from 'node:events';
import { RecurveError } from '../../errors.ts';
import type { WriteOptions } from '../../tasks/index.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { OpenedModel } from '../models.ts';
import { given } from '../options.ts';
import { outputOf } from '../output.ts';
import { printable } from '../terminal/index.ts';
import { loadModel } from './model.ts';

export interface GenerateValues extends Omit<WriteOptions, 'signal'> {
  beam?: number;
  lengthPenalty?: number;
  rhyme?: string;
  lines?: number;
  syllables?: number;
  quiet?: boolean;
  json?: boolean;
}

/** `recurve generate` */
export async function generate(opened: OpenedModel, _: readonly string[], values: GenerateValues): Promise<void> {
  const output = outputOf(values);
  const { prompt, length, stop, temperature, topK, topP, minP, repetitionPenalty, repetitionWindow, seed } = values;
  const sampling = given({ temperature, topK, topP, minP, repetitionPenalty, repetitionWindow, seed });
  if (values.rhyme === undefined && (values.lines ?? values.syllables) !== undefined)
    throw new RecurveError(
      'usage',
      'generate: expected --lines and --syllables with --rhyme, got neither; add --rhyme aabb',
    );
  if (values.beam !== undefined && values.rhyme !== undefined)
    throw new RecurveError('usage', 'generate: expected --beam or --rhyme, got both; choose one');
  using model = await loadModel(opened);
  const told = { task: 'generate', model: opened.path, ...given({ prompt }) };
  if (values.rhyme !== undefined) {
    const { writeVerse } = await import('./verse.ts');
    const verse = await writeVerse(model, values.rhyme, {
      ...given({ prompt, lines: values.lines, syllables: values.syllables }),
      ...sampling,
    });
    output.result({ ...told, ...verse });
    output.print(`${verse.lines.map(({ text }) => text).join('\n')}\n`);
    return;
  }
  if (values.beam !== undefined) {
    const texts = await model.beam({
      width: values.beam,
      ...given({ prompt, length, lengthPenalty: values.lengthPenalty }),
    });
    output.result({ ...told, texts });
    output.print(texts.map(({ text, logProbability }) => `${logProbability.toFixed(2)} nats\n${text}\n`).join('\n'));
    return;
  }
  using interrupts = catchInterrupts(() => {});
  let text = '';
  let begun = false;
  for await (const piece of model.generate({
    ...given({ prompt, length, stop }),
    ...sampling,
    signal: interrupts.signal,
  })) {
    // A prompt that is refused is not printed.
    if (!begun && !output.json) process.stdout.write(shown(prompt ?? ''));
    begun = true;
    text += piece;
    if (!output.json && !process.stdout.write(shown(piece))) await once(process.stdout, 'drain');
  }
  output.result({ ...told, text });
  output.print(text.endsWith('\n') ? '' : '\n');
}

/** A terminal gets no control characters that a model may have learned, files get the text as it is. */
function shown(text: string): string {
  return process.stdout.isTTY ? text.split('\n').map(printable).join('\n') : text;
}
