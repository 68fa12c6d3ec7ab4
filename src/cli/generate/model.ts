import { decodeText } from '../../data/index.ts';
import { type GenerateModel, loadGenerate } from '../../tasks/index.ts';
import { engineFromEnvironment } from '../environment.ts';
import type { OpenedModel } from '../models.ts';
import type { Output } from '../output.ts';
import { placesOf } from '../tables.ts';
import { readWhole } from '../whole-file.ts';

export async function loadModel({ bytes, path, numerics }: OpenedModel): Promise<GenerateModel> {
  return loadGenerate(bytes, { name: path, engine: await engineFromEnvironment(numerics) });
}

/** Reads texts one after the other: files, addresses, standard input, data sets. */
export async function loadText(places: readonly string[], output: Output): Promise<string> {
  const texts: string[] = [];
  for (const place of places)
    for (const path of await placesOf(place, output)) {
      const { name, bytes } = await readWhole(path);
      texts.push(decodeText(bytes, { name }));
    }
  return texts.map((text, i) => (i < texts.length - 1 && !text.endsWith('\n') ? `${text}\n` : text)).join('');
}
