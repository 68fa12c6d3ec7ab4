import { decodeText } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { openSource } from '../../node/source.ts';
import { type GenerateModel, loadGenerate } from '../../tasks/index.ts';
import { engineFromEnvironment } from '../environment.ts';
import type { OpenedModel } from '../models.ts';
import type { Output } from '../output.ts';
import { placesOf } from '../tables.ts';

/** Most bytes of text that are read: all of it is held in memory. */
const MOST = 2 ** 30;

export async function loadModel({ bytes, path, numerics }: OpenedModel): Promise<GenerateModel> {
  return loadGenerate(bytes, { name: path, engine: await engineFromEnvironment(numerics) });
}

/** Reads texts one after the other: files, addresses, standard input, data sets. */
export async function loadText(places: readonly string[], output: Output): Promise<string> {
  const texts: string[] = [];
  for (const place of places)
    for (const path of await placesOf(place, output)) {
      const { name, stream } = await openSource(path);
      const pieces: Uint8Array[] = [];
      let size = 0;
      for await (const piece of stream as AsyncIterable<Uint8Array>) {
        pieces.push(piece);
        size += piece.length;
        if (size > MOST) throw tooLarge(name);
      }
      texts.push(decodeText(Buffer.concat(pieces), { name }));
    }
  return texts.map((text, i) => (i < texts.length - 1 && !text.endsWith('\n') ? `${text}\n` : text)).join('');
}

function tooLarge(name: string): RecurveError {
  return new RecurveError('data', `${name}: expected a text of at most 1 GiB, got more; train on a part of it`);
}
