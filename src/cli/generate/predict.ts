import pico from 'picocolors';
import { writeFileAtomic } from '../../node/files.ts';
import { taskReport } from '../../report/index.ts';
import { type SurprisingPiece, surpriseReportInput } from '../../tasks/index.ts';
import type { OpenedModel } from '../models.ts';
import { jsonText, type Output, outputOf } from '../output.ts';
import { printable, textTable } from '../terminal/index.ts';
import { loadModel, loadText, tellReading } from './model.ts';

interface Values {
  surprise?: boolean;
  out?: string;
  quiet?: boolean;
  json?: boolean;
}

/** `recurve predict`: what may follow a text, or with `--surprise` what each token of it cost. */
export async function predict(opened: OpenedModel, places: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  using model = await loadModel(opened);
  const text = await loadText(places, output);
  tellReading(text, output);
  const told = { task: 'generate', model: opened.path };
  if (!values.surprise) {
    const next = await model.next(text);
    await give({ ...told, next }, () =>
      textTable({
        columns: [{ header: 'what may follow' }, { header: 'probability', align: 'right' }],
        rows: next.map((token) => [JSON.stringify(token.text), `${(100 * token.probability).toFixed(2)} %`]),
        width: output.width,
        ...output.abilities,
      }),
    );
    return;
  }
  const { pieces, scores } = await model.surprise(text);
  const tokens = pieces.map(({ text: piece, nats }) => ({ text: piece, bits: nats === null ? null : nats / Math.LN2 }));
  await give(
    { ...told, ...scores, pieces: tokens },
    () => `${coloured(pieces, output)}\n\n${legend(output)}\n${scores.bits.toFixed(3)} bits per character\n`,
    () => taskReport(surpriseReportInput(model, pieces, scores)),
  );

  /** Prints the result, or writes it: `.html` as a page where there is one. */
  async function give(object: object, forPeople: () => string, page?: () => string): Promise<void> {
    if (values.out === undefined) {
      output.result(object);
      output.print(forPeople());
      return;
    }
    const html = page && /\.html?$/i.test(values.out);
    await writeFileAtomic(values.out, html ? page() : values.json ? `${jsonText(object)}\n` : forPeople());
    output.note(`wrote ${values.out}`);
  }
}

/** Bits from which a token takes the next colour. */
const STEPS = [1, 2, 4, 7] as const;

function colours(color: boolean): ((text: string) => string)[] {
  const { dim, green, yellow, red, bgRed } = pico.createColors(color);
  return [dim, green, yellow, red, (text) => bgRed(text)];
}

function coloured(pieces: readonly SurprisingPiece[], { abilities }: Output): string {
  const paint = colours(abilities.color);
  return pieces
    .map(({ text, nats }) => {
      const level = nats === null ? 0 : STEPS.filter((bits) => nats / Math.LN2 >= bits).length;
      // Line breaks are not coloured, or the rest of the line would be.
      return text
        .split('\n')
        .map((part) => (part === '' ? '' : paint[level](printable(part))))
        .join('\n');
    })
    .join('');
}

function legend({ abilities }: Output): string {
  if (!abilities.color) return 'bits of each token: in colours on a terminal, or with --out page.html or --json';
  const paint = colours(abilities.color);
  const names = ['below 1 bit', ...STEPS.map((bits) => `from ${bits}`)];
  return names.map((name, level) => paint[level](name)).join('  ');
}
