import pico from 'picocolors';
import { writeFileAtomic } from '../../node/files.ts';
import { taskReport } from '../../report/index.ts';
import { loadGenerate, type SurprisingPiece, surpriseReportInput } from '../../tasks/index.ts';
import { lazily } from '../lazily.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { type Output, type OutputValues, outputOf, type Text } from '../output.ts';
import { printable, right } from '../terminal/index.ts';
import { loadText, tellReading } from './data.ts';

interface Values extends OutputValues {
  surprise?: boolean;
  out?: string;
}

/** `recurve predict`: what may follow a text, or with `--surprise` what each token of it cost. */
export async function predict(opened: OpenedModel, places: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  using model = await loadModel(opened, loadGenerate);
  const text = await loadText(places, output);
  tellReading(text, output);
  const told = { task: 'generate', model: opened.path };
  if (!values.surprise) {
    const next = await model.next(text);
    await give({ ...told, next }, () =>
      output.table({
        columns: ['what may follow', right('probability')],
        rows: next.map((token) => [JSON.stringify(token.text), `${(100 * token.probability).toFixed(2)} %`]),
      }),
    );
    return;
  }
  const { pieces, scores } = await model.surprise(text);
  const tokens = lazily(pieces, ({ text: piece, nats }) => ({
    text: piece,
    bits: nats === null ? null : nats / Math.LN2,
  }));
  await give(
    { ...told, ...scores, pieces: tokens },
    () => surprised(pieces, scores.bits, output),
    () => taskReport(surpriseReportInput(model, pieces, scores)),
  );

  /** Prints the result, or writes it: `.html` as a page where there is one. */
  async function give(object: object, forPeople: () => Text, page?: () => string): Promise<void> {
    if (values.out === undefined) {
      await output.result(object);
      await output.print(forPeople());
      return;
    }
    if (!page || !/\.html?$/i.test(values.out)) return await output.save(values.out, object, forPeople());
    await writeFileAtomic(values.out, page());
    output.note(`wrote ${values.out}`);
  }
}

/** Bits from which a token takes the next colour. */
const STEPS = [1, 2, 4, 7] as const;

function colours(color: boolean): ((text: string) => string)[] {
  const { dim, green, yellow, red, bgRed } = pico.createColors(color);
  return [dim, green, yellow, red, (text) => bgRed(text)];
}

function* surprised(pieces: readonly SurprisingPiece[], bits: number, output: Output): Generator<string> {
  const paint = colours(output.abilities.color);
  for (const { text, nats } of pieces) {
    const level = nats === null ? 0 : STEPS.filter((least) => nats / Math.LN2 >= least).length;
    // Line breaks are not coloured, or the rest of the line would be.
    yield text
      .split('\n')
      .map((part) => (part === '' ? '' : paint[level](printable(part))))
      .join('\n');
  }
  yield `\n\n${legend(output)}\n${bits.toFixed(3)} bits per character\n`;
}

function legend({ abilities }: Output): string {
  if (!abilities.color) return 'bits of each token: in colours on a terminal, or with --out page.html or --json';
  const paint = colours(abilities.color);
  const names = ['below 1 bit', ...STEPS.map((bits) => `from ${bits}`)];
  return names.map((name, level) => paint[level](name)).join('  ');
}
