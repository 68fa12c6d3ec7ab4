export { type Json, type JsonObject, plainJson } from './json.ts';
export type { ModelDocument, ModelExpectation, ModelFile } from './metadata.ts';
export { decodeModelFile, encodeModelFile, modelFormat, taskOf } from './metadata.ts';
export type { Dtype, StoredTensor, StoredTensors } from './safetensors.ts';
export { readSafetensors, writeSafetensors } from './safetensors.ts';
