import { expect, test } from 'vitest';
import { displayUnits, graphemes } from './display.ts';

test('ideographs, kana, hangul, full-width letters and emoji take two columns', () => {
  for (const wide of ['日', 'か', '한', 'Ａ', '👩‍👩‍👧', '🇨🇭', '🌧️', '1️⃣', '𠀋']) expect(displayUnits(wide), wide).toBe(2);
  expect(displayUnits('🌧')).toBe(1); // drawn as text without its variation selector
});

test('accents, joiners and control characters take none, everything else one', () => {
  expect(displayUnits('e\u0301')).toBe(1);
  expect(displayUnits('a\u200bb\u0007')).toBe(2);
  expect(displayUnits('temp_max °C ▁▂█ ━●')).toBe(18);
  expect(displayUnits('')).toBe(0);
});

test('a grapheme stays whole', () => {
  expect(graphemes('a👩‍👩‍👧e\u0301')).toEqual(['a', '👩‍👩‍👧', 'e\u0301']);
});
