import { RecurveError } from '../errors.ts';
import { expectOptions, kindOf } from '../options.ts';
import { crc64 } from './crc64.ts';
import { type JsonObject, parseJson, writeJson } from './json.ts';
import { checkTensors, rawBytes, readSafetensors, type StoredTensors, writeSafetensors } from './safetensors.ts';
import { anyObject, type Check, number, object, oneOf, record, string } from './validate.ts';

/** The model format this version writes, and the newest it reads. */
export const modelFormat = 1;

/**
 * What a model file says about itself: one JSON document under the key `recurve` of the safetensors metadata. The inside of
 * `architecture`, `data` and `training` belongs to, and is checked by, whoever builds the model.
 */
export interface ModelDocument {
  /** `model` is for use, `checkpoint` for going on with the training. */
  readonly kind: 'model' | 'checkpoint';
  /** The task that can load it, such as `forecast`. */
  readonly task: string;
  /** Optimiser steps taken so far; 0 for weights that came from elsewhere. */
  readonly step: number;
  /** What to build before the weights go in: cell, sizes, layers, output. */
  readonly architecture: JsonObject;
  /** What turns raw input into numbers and back: columns, scaler, vocabulary, units. */
  readonly data: JsonObject;
  /** Settings and results of the training; in a checkpoint also the scalar state (tensors hold the rest). */
  readonly training: JsonObject;
  /** Versions of `recurve` and of whatever else made the file. */
  readonly versions: { readonly recurve: string; readonly [name: string]: string };
}

/** A model file in memory: weights under PyTorch's names, and the document. */
export interface ModelFile {
  readonly tensors: StoredTensors;
  readonly document: ModelDocument;
}

/** What the reader of a model file insists on. */
export interface ModelExpectation {
  /** File name, at the head of every error message. */
  name: string;
  /** Refuse a model of any other task. Left out: any task. */
  task?: string;
  /** Refuse a checkpoint where a model is wanted, or the reverse. Left out: either. */
  kind?: 'model' | 'checkpoint';
}

const checkVersions: Check<ModelDocument['versions']> = (value, path) => {
  const versions = record(string())(value, path);
  return { ...versions, recurve: string({ min: 1 })(versions.recurve, `${path}.recurve`) };
};

const checkDocument = object({
  format: oneOf(modelFormat),
  kind: oneOf('model', 'checkpoint'),
  task: string({ min: 1 }),
  step: number({ integer: true, min: 0 }),
  architecture: anyObject,
  data: anyObject,
  training: anyObject,
  versions: checkVersions,
});

/**
 * Packs a model or checkpoint into the bytes of one safetensors file, the same bytes for the same content.
 *
 * @throws RecurveError `model` when the document is not plain JSON, `shape` when a tensor's data and shape disagree
 */
export function encodeModelFile(file: ModelFile): Uint8Array {
  const { tensors, document } = file ?? {};
  if (typeof document !== 'object' || document === null) {
    throw new RecurveError(
      'usage',
      `model: expected { tensors, document }, got ${kindOf(file)}; give what model.encode() returns`,
    );
  }
  checkTensors(tensors);
  const full = { format: modelFormat, ...document };
  const text = writeJson(full, 'model document');
  checkDocument(JSON.parse(text), 'model document');
  // `format: pt` is what Python's loaders look for.
  const metadata = { format: 'pt', recurve: text };
  return writeSafetensors(tensors, { ...metadata, fingerprint: fingerprint(tensors, metadata) });
}

/**
 * Unpacks a model or checkpoint. Damage to any byte that matters is found by the fingerprint, so a file that loads holds
 * exactly what was saved.
 *
 * @throws RecurveError `model` for a file that is damaged, foreign, made by a newer Recurve, of another task or kind
 */
export function decodeModelFile(
  bytes: Uint8Array,
  expectation: ModelExpectation = { name: 'model' },
): ModelFile & { fingerprint: string } {
  expectOptions('decodeModelFile', expectation, { name: true, task: true, kind: true });
  const { name } = expectation;
  const { tensors, metadata } = readSafetensors(bytes, { name });
  const raw = documentOf(metadata, name);
  const { fingerprint: stored, ...rest } = metadata;
  const computed = fingerprint(tensors, rest);
  if (stored !== computed) {
    const got = stored === undefined ? 'none' : `content of fingerprint ${computed}`;
    refuse(
      name,
      `the fingerprint ${stored ?? 'of the content'}`,
      got,
      'the file was changed or damaged, copy or save it again',
    );
  }
  const { format, ...document } = checkDocument(raw, `${name}: recurve`);
  refuseOther(document, expectation);
  return { tensors, document, fingerprint: computed };
}

/**
 * The task of a model file, to choose who loads it; the rest of the file is checked by `decodeModelFile`.
 *
 * @throws RecurveError `model` for a file that is damaged, foreign or made by a newer Recurve
 */
export function taskOf(bytes: Uint8Array, name: string): string {
  const { metadata } = readSafetensors(bytes, { name });
  return string({ min: 1 })(documentOf(metadata, name).task, `${name}: recurve.task`);
}

/** The document in the metadata of a safetensors file, of a format this version reads. */
function documentOf(metadata: Readonly<Record<string, string>>, name: string): JsonObject {
  if (metadata.recurve === undefined) {
    refuse(
      name,
      'a model saved by Recurve',
      'a safetensors file of another program',
      'its weights can be imported instead',
    );
  }
  const raw = anyObject(parseJson(metadata.recurve, `${name}: recurve`), `${name}: recurve`);
  refuseNewer(raw, name);
  return raw;
}

function refuse(name: string, expected: string, got: string, next: string): never {
  throw new RecurveError('model', `${name}: expected ${expected}, got ${got}; ${next}`);
}

/** Comes before every other look at the document: a newer format may have changed all the rest. */
function refuseNewer(raw: JsonObject, name: string): void {
  const format = number({ integer: true, min: 1 })(raw.format, `${name}: recurve.format`);
  if (format <= modelFormat) return;
  const maker = (raw.versions as JsonObject | undefined)?.recurve;
  const version = typeof maker === 'string' ? ` ${maker}` : '';
  refuse(
    name,
    `model format ${modelFormat}`,
    `format ${format}, made by a newer Recurve${version}`,
    'upgrade recurve to load it',
  );
}

function refuseOther(document: ModelDocument, { name, task, kind }: ModelExpectation): void {
  if (task !== undefined && document.task !== task) {
    refuse(
      name,
      `a model for ${task}`,
      `one for ${document.task}`,
      `give a ${task} model, or use it with ${document.task}`,
    );
  }
  if (kind === 'model' && document.kind !== kind) {
    refuse(name, 'a model', 'a checkpoint', 'give model.safetensors of the same run');
  }
  if (kind === 'checkpoint' && document.kind !== kind) {
    refuse(name, 'a checkpoint', 'a model', 'training continues from checkpoint.safetensors of the same run only');
  }
}

/**
 * Fingerprint of everything a file means: names, dtypes, shapes and bytes of the tensors, and the metadata. Layout does not
 * count, so a file that Python loads and saves again unchanged keeps it.
 */
function fingerprint(tensors: StoredTensors, metadata: Readonly<Record<string, string>>): string {
  return `crc64:${crc64(content(tensors, metadata))}`;
}

function* content(tensors: StoredTensors, metadata: Readonly<Record<string, string>>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const key of Object.keys(metadata).sort()) yield encoder.encode(JSON.stringify([key, metadata[key]]));
  for (const name of Object.keys(tensors).sort()) {
    const { dtype, shape } = tensors[name];
    yield encoder.encode(JSON.stringify([name, dtype, shape]));
    yield rawBytes(tensors[name]);
  }
}
