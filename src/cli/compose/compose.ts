import { extname } from 'node:path';
import { lengthOf, parseKey, parseMetre, parsePitch, type Score, TICKS, writeMidi } from '../../data/index.ts';
import { keyName, metreName } from '../../data/music/index.ts';
import { RecurveError } from '../../errors.ts';
import { writeFileAtomic } from '../../node/files.ts';
import { type ComposeRequest, loadCompose, pianoRollOf } from '../../tasks/index.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { given } from '../options.ts';
import { type OutputValues, outputOf } from '../output.ts';
import { loadPiece, tellVoices } from './data.ts';
import { unknownNote } from './results.ts';

interface Values extends OutputValues {
  out: string;
  picture?: string;
  start?: string[];
  opening?: string;
  harmonise?: string;
  key?: string;
  metre?: string;
  title?: string;
  bars?: number;
  keepKey?: boolean;
  keepMetre?: boolean;
  notes?: number;
  tempo?: number;
  temperature?: number;
  topK?: number;
  topP?: number;
  minP?: number;
  seed?: number;
}

/** `recurve compose` */
export async function compose(opened: OpenedModel, _: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  if (!/^\.midi?$/i.test(extname(values.out))) {
    throw new RecurveError('usage', `--out: expected the name of a MIDI file (.mid), got "${values.out}"; see --help`);
  }
  if (values.picture !== undefined && !/^\.svg$/i.test(extname(values.picture))) {
    throw new RecurveError(
      'usage',
      `--picture: expected the name of an SVG file (.svg), got "${values.picture}"; see --help`,
    );
  }
  const request = await requestOf(values);
  using model = await loadModel(opened, loadCompose);
  if (request.opening) {
    const music = { kind: 'score', score: request.opening } as const;
    tellVoices(model.kind, [{ name: 'opening', music }], output);
  }
  const score = model.compose(request);
  const unknown = model.unknownIn(score.title);
  if (unknown.length > 0) output.note(unknownNote(unknown));
  if (score.notes.length === 0) {
    throw new RecurveError(
      'data',
      'compose: expected notes, got silence from the model; try another seed or a higher temperature',
    );
  }
  await writeFileAtomic(values.out, writeMidi(score));
  if (values.picture !== undefined) {
    const title = score.title === '' ? 'Piano roll' : score.title;
    await writeFileAtomic(values.picture, pianoRollOf(score, { title, width: 980, height: 360, standalone: true }));
  }
  const quarters = lengthOf(score) / TICKS;
  const { seed = 0 } = values;
  await output.result({
    task: 'compose',
    model: opened.path,
    kind: model.kind,
    out: values.out,
    seed,
    quarters,
    ...(score.key && { key: keyName(score.key) }),
    ...(score.metre && { metre: metreName(score.metre) }),
    ...(unknown.length > 0 && { unknownInTitle: unknown }),
    notes: score.notes,
  });
  const about = [
    `${score.notes.length} notes`,
    `${Number(quarters.toFixed(2))} quarters`,
    ...(score.key ? [keyName(score.key)] : []),
    ...(score.metre ? [metreName(score.metre)] : []),
  ];
  await output.print(`${about.join(', ')}, seed ${seed}\nMIDI    ${values.out}`);
  if (values.picture !== undefined) await output.print(`picture ${values.picture}`);
}

async function requestOf(values: Values): Promise<ComposeRequest> {
  const { temperature, topK, topP, minP, seed, title, bars, keepKey, keepMetre, notes, tempo } = values;
  return {
    ...given({ temperature, topK, topP, minP, seed, title, bars, keepKey, keepMetre, notes, tempo }),
    ...(values.start && { start: values.start.map(parsePitch) }),
    ...(values.key !== undefined && { key: parseKey(values.key) }),
    ...(values.metre !== undefined && { metre: parseMetre(values.metre) }),
    ...(values.opening !== undefined && { opening: await scoreIn(values.opening) }),
    ...(values.harmonise !== undefined && { soprano: await scoreIn(values.harmonise) }),
  };
}

async function scoreIn(place: string): Promise<Score> {
  const { music } = await loadPiece(place);
  if (music.kind === 'score') return music.score;
  throw new RecurveError('data', `${place}: expected MIDI or ABC, got piano rolls; give a score`);
}
