export type { Json, JsonObject } from './json.ts';
export type { ModelDocument, ModelExpectation, ModelFile } from './metadata.ts';
export { decodeModelFile, encodeModelFile, modelFormat } from './metadata.ts';
export type { Dtype, StoredTensor, StoredTensors } from './safetensors.ts';
export { readSafetensors, writeSafetensors } from './safetensors.ts';
