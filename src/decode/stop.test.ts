import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStopper } from './stop.ts';

function run(stops: readonly string[], pieces: readonly string[]): { text: string; stopped: boolean } {
  const stopper = createStopper(stops);
  let text = '';
  for (const piece of pieces) {
    const fed = stopper.feed(piece);
    text += fed.text;
    if (fed.stopped) return { text, stopped: true };
  }
  return { text: text + stopper.rest(), stopped: false };
}

describe('a stopper', () => {
  test('cuts at the first stop string, also across pieces', () => {
    expect(run(['\n\n'], ['One', '\n', '\nTwo'])).toEqual({ text: 'One', stopped: true });
    expect(run(['ROMEO:', 'JULIET:'], ['a JUL', 'IET: b ROMEO:'])).toEqual({ text: 'a ', stopped: true });
  });

  test('shows at once what cannot become a stop', () => {
    const stopper = createStopper(['abc']);
    expect(stopper.feed('xab')).toEqual({ text: 'x', stopped: false });
    expect(stopper.feed('d')).toEqual({ text: 'abd', stopped: false });
    expect(createStopper([]).feed('ab').text).toBe('ab');
    expect(() => createStopper([''])).toThrow(/at least one character/);
    expect(() => createStopper('ab' as unknown as string[])).toThrow(/expected a list of strings, got "ab"; /);
  });

  test('gives what indexOf gives on the whole text, however it is cut', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b') });
    fc.assert(
      fc.property(
        fc.array(letters),
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 })),
        (pieces, stops) => {
          const whole = pieces.join('');
          const places = stops.map((stop) => whole.indexOf(stop)).filter((place) => place >= 0);
          // A stop that is complete earlier ends the text there, though a longer one may have begun before.
          const ended = Math.min(...stops.filter((s) => whole.includes(s)).map((s) => whole.indexOf(s) + s.length));
          const got = run(stops, pieces);
          expect(got.stopped).toBe(places.length > 0);
          if (!got.stopped) expect(got.text).toBe(whole);
          else expect(whole.startsWith(got.text) && got.text.length < ended).toBe(true);
          for (const stop of stops) expect(got.text.includes(stop)).toBe(false);
        },
      ),
    );
  });
});
