import fc from 'fast-check';
import { expect, test } from 'vitest';
import { element, linePath, px, text } from './svg.ts';

/** Any string of UTF-16 code units, lone surrogates too. */
const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));

test('text leaves no character that could open a tag, an entity or end an attribute', () => {
  expect(text(`<script>alert("x")</script> & 'y'`)).toBe(
    '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;',
  );
  fc.assert(fc.property(units, (value) => !/[<>"']/.test(text(value))));
});

test('text replaces what XML forbids: control characters and lone surrogates', () => {
  expect(text('a\u0000b\u001bc\ud800d')).toBe('a\ufffdb\ufffdc\ufffdd');
  expect(text('日本 👩‍👩‍👧 é\t')).toBe('日本 👩‍👩‍👧 é\t');
});

test('element escapes attributes, rounds numbers to a tenth and leaves undefined out', () => {
  expect(element('rect', { x: 1.26, y: -0.01, class: undefined, title: '"><b>', hidden: true })).toBe(
    '<rect x="1.3" y="0" title="&quot;&gt;&lt;b&gt;" hidden/>',
  );
  expect(element('g', {}, element('a'), 'b')).toBe('<g><a/>b</g>');
});

test('px never writes an exponent or a negative zero within 1e9', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      (value) => /^(-?[1-9]\d*|0|-?\d+\.\d)$/.test(px(value)) && px(value) !== '-0',
    ),
  );
});

test('a gap lifts the pen and a point between gaps becomes a dot', () => {
  expect(linePath([[0, 0], [1, 2], null, [3, 4], null, null, [5, 6], [7, 8]])).toBe('M0 0L1 2M3 4h0M5 6L7 8');
  expect(linePath([])).toBe('');
  expect(linePath([[1, 1]])).toBe('M1 1h0');
});
