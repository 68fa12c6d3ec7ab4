import { RecurveError } from '../../errors.ts';
import { loadGenerate, type WriteOptions } from '../../tasks/index.ts';
import { catchInterrupts } from '../interrupts.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { firstGiven, given, refuseBoth } from '../options.ts';
import { type OutputValues, outputOf, writeOut } from '../output.ts';
import { printable } from '../terminal/index.ts';

interface Values extends Omit<WriteOptions, 'signal'>, OutputValues {
  beam?: number;
  rhyme?: string;
  lines?: number;
  syllables?: number;
}

/** `recurve generate` */
export async function generate(opened: OpenedModel, _: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  const { prompt, length, stop, temperature, topK, topP, minP, repetitionPenalty, repetitionWindow, seed } = values;
  const sampling = given({ temperature, topK, topP, minP, repetitionPenalty, repetitionWindow, seed });
  expectTogether(values);
  using model = await loadModel(opened, loadGenerate);
  const told = { task: 'generate', model: opened.path, ...given({ prompt }) };
  if (values.rhyme !== undefined) {
    const { writeVerse } = await import('./verse.ts');
    const verse = await writeVerse(model, values.rhyme, {
      ...given({ prompt, lines: values.lines, syllables: values.syllables }),
      ...sampling,
    });
    await output.result({ ...told, ...verse });
    if (verse.rhyming < verse.pairs)
      output.note(
        `${verse.rhyming} of ${verse.pairs} pairs of lines rhyme: for the others the model drew no line whose end has a rhyme in its training text; try another --seed, or a longer training`,
      );
    await output.print(`${verse.lines.map(({ text }) => text).join('\n')}\n`);
    return;
  }
  if (values.beam !== undefined) {
    const texts = await model.beam({
      width: values.beam,
      ...given({ prompt, length }),
    });
    await output.result({ ...told, texts });
    await output.print(
      texts.map(({ text, logProbability }) => `${logProbability.toFixed(2)} nats\n${text}\n`).join('\n'),
    );
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
    // Of what stands printed, the end alone is asked for.
    text = output.json ? text + piece : piece;
    if (!output.json) await writeOut(shown(piece));
  }
  if (!text.endsWith('\n')) await output.print('\n');
  // Written before the sentence that says why it is short: with --json nothing has been printed yet.
  await output.result({ ...told, text });
  if (interrupts.signal.aborted) {
    throw new RecurveError(
      'interrupted',
      'generate: expected to write to the end, got a request to stop; the text ends where it stopped, ask for less with --length',
    );
  }
}

/** What stands in the place of drawing token by token, and the options that only drawing understands. */
const WAYS = {
  rhyme: ['--length', '--stop', '--repetition-penalty', '--repetition-window'],
  beam: [
    ...['--temperature', '--top-k', '--top-p', '--min-p', '--repetition-penalty', '--repetition-window'],
    ...['--seed', '--stop'],
  ],
};

function expectTogether(values: Values): void {
  refuseBoth('generate', values, '--beam', '--rhyme');
  if (values.repetitionWindow !== undefined && values.repetitionPenalty === undefined)
    throw new RecurveError(
      'usage',
      'generate: expected --repetition-window with --repetition-penalty only, got it alone; add the penalty or leave it out',
    );
  for (const way of ['rhyme', 'beam'] as const) {
    const wrong = values[way] === undefined ? undefined : firstGiven(values, WAYS[way]);
    if (wrong !== undefined)
      throw new RecurveError('usage', `generate: expected no ${wrong} with --${way}, got it; leave one of them out`);
  }
  const alone = values.rhyme === undefined ? firstGiven(values, ['--lines', '--syllables']) : undefined;
  if (alone !== undefined)
    throw new RecurveError(
      'usage',
      `generate: expected ${alone} with --rhyme only, got it alone; add --rhyme or leave it out`,
    );
}

/** A terminal gets no control characters that a model may have learned, files get the text as it is. */
function shown(text: string): string {
  return process.stdout.isTTY ? text.split('\n').map(printable).join('\n') : text;
}
