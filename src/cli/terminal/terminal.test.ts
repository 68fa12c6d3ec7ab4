import { expect, test } from 'vitest';
import { abilitiesOf, columnsOf } from './terminal.ts';

const tty = { write: () => true, isTTY: true };
const pipe = { write: () => true };

test.each([
  ['a terminal', tty, { TERM: 'xterm-256color' }, { interactive: true, color: true, unicode: true }],
  ['a pipe', pipe, { TERM: 'xterm' }, { interactive: false, color: false, unicode: true }],
  ['TERM=dumb', tty, { TERM: 'dumb' }, { interactive: false, color: false, unicode: false }],
  ['NO_COLOR', tty, { TERM: 'xterm', NO_COLOR: '1' }, { interactive: true, color: false, unicode: true }],
  ['an empty NO_COLOR', tty, { TERM: 'xterm', NO_COLOR: '' }, { interactive: true, color: true, unicode: true }],
  ['FORCE_COLOR in a pipe', pipe, { FORCE_COLOR: '1' }, { interactive: false, color: true, unicode: true }],
  [
    'NO_COLOR against FORCE_COLOR',
    pipe,
    { FORCE_COLOR: '1', NO_COLOR: '1' },
    { interactive: false, color: false, unicode: true },
  ],
  ['CI', tty, { TERM: 'xterm', CI: 'true' }, { interactive: false, color: true, unicode: true }],
  ['the Linux console', tty, { TERM: 'linux' }, { interactive: true, color: true, unicode: false }],
] as const)('%s', (_, stream, env, abilities) => {
  expect(abilitiesOf(stream, env, 'linux')).toEqual(abilities);
});

test('an unknown width counts as 80', () => {
  expect(columnsOf(pipe)).toBe(80);
  expect(columnsOf({ ...pipe, columns: 0 })).toBe(80);
  expect(columnsOf({ ...pipe, columns: 132 })).toBe(132);
});
