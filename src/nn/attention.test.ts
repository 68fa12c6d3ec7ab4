import { describe, expect, it } from 'vitest';
import { ENGINES } from '../engine/engines.case.ts';
import { ReferenceEngine } from '../engine/reference.ts';
import {
  ATTENTIONS,
  checkAttentionFormula,
  checkAttentionGradients,
  checkAttentionPadding,
  LENGTHS,
} from './attention.case.ts';
import { attention } from './attention.ts';

describe.each(ATTENTIONS)('$kind attention', (options) => {
  it.each([undefined, LENGTHS])('has the gradients of differences within 1e-7, lengths %j', (lengths) => {
    checkAttentionGradients(new ReferenceEngine(), options, lengths);
  });

  it.each(ENGINES)('on $name equals its formula written out, within 1e-6', async ({ open }) => {
    checkAttentionFormula(await open(), options);
  });

  it.each(ENGINES)(
    'on $name never reads past a row’s length: NaN there changes no bit, gradients included',
    async ({ open }) => {
      checkAttentionPadding(await open(), options);
    },
  );
});

describe('refusals', () => {
  it.each<[() => unknown, string]>([
    [
      () => attention({ kind: 'dot', query: 2, keys: 3 }),
      'attention: expected query and keys to be equally wide for dot, got 2 and 3; make them equal or use general',
    ],
    [
      () => attention({ kind: 'self' as 'dot', query: 2, keys: 3 }),
      'attention: expected kind to be one of additive, dot, general, got "self"; choose one of them',
    ],
    [
      () => attention({ kind: 'general', query: 0, keys: 3 }),
      'attention: expected query to be a whole number of at least 1, got 0; set query',
    ],
  ])('%#', (make, message) => {
    expect(make).toThrow(message);
  });
});
