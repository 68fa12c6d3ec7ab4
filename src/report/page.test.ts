import { expect, test } from 'vitest';
import { figure, list, page, table } from './page.ts';
import { pageStyle } from './page-style.ts';

const HOSTILE = '"><img src=x onerror=alert(1)>';

test('a page forbids every request and script by its own policy, and has none', () => {
  const html = page({
    title: 'T',
    sections: [
      { id: 'a', heading: 'A', content: [table({ caption: 'c', columns: [{ header: 'h' }], rows: [['x']] })] },
    ],
  });
  expect(html).toContain(
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
  );
  expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org\/2000\/svg)|@import|url\(/);
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
});

test('every plain text of a page is escaped', () => {
  const html = page({
    title: HOSTILE,
    kicker: HOSTILE,
    lead: HOSTILE,
    facts: [HOSTILE],
    cards: [{ label: HOSTILE, value: HOSTILE, unit: HOSTILE, note: HOSTILE }],
    sections: [
      {
        id: 'a',
        heading: HOSTILE,
        short: HOSTILE,
        lead: HOSTILE,
        content: [
          table({ caption: HOSTILE, columns: [{ header: HOSTILE }], rows: [[HOSTILE]] }),
          list([{ text: HOSTILE, tone: 'warning' }]),
          figure({ caption: HOSTILE, note: HOSTILE, draw: () => '' }),
        ],
      },
    ],
    footer: HOSTILE,
  });
  expect(html).not.toContain('<img');
  expect(html.match(/&lt;img/g)!.length).toBeGreaterThanOrEqual(17);
});

test('a list marks its warnings, and them alone', () => {
  expect(list([{ text: 'a', tone: 'warning' }, { text: 'b' }])).toBe(
    '<ul class="lines"><li class="warning"><b>Note: </b>a</li><li>b</li></ul>',
  );
  expect(list([])).toBe('');
});

test('a table has a caption, headings with a scope, and bold only where asked', () => {
  const html = table({
    caption: 'Errors',
    columns: [{ header: 'Who' }, { header: 'RMSE', align: 'right' }],
    rows: [
      ['a', '1'],
      ['b', '2'],
    ],
    bold: [[1, 1]],
    highlight: 0,
  });
  expect(html).toContain('<caption><span>Errors</span></caption>');
  expect(html).toContain('<th scope="col" class="r">RMSE</th>');
  expect(html.match(/<th scope="row"/g)).toHaveLength(2);
  expect(html).toContain('<td class="r"><b>2</b></td>');
  expect(html).not.toContain('<b>1</b>');
  expect(html.match(/<tr class="highlight">/g)).toHaveLength(1);
});

test('on a narrow page the first column of tables stays, in head and body, and hides what passes below it', () => {
  const narrow = pageStyle().split('@media (max-width:840px)')[1].split('@media print')[0];
  expect(narrow).toMatch(/tr>:first-child\{position:sticky;left:0;z-index:1;/);
  expect(narrow).toMatch(/tr:not\(\.highlight\)>:first-child\{background:var\(--panel\)\}/);
  expect(narrow).toMatch(/tr>:first-child::before\{[^}]*inset:0 0 0 -12px;[^}]*background:inherit/);
});

test('a figure is drawn for a wide and a narrow page and folds its data away', () => {
  const html = figure({
    caption: 'c',
    draw: ({ width, narrow }) => `[${width} ${narrow}]`,
    table: { caption: 'Data', columns: [{ header: 'x' }], rows: [['1']] },
  });
  expect(html).toContain('<div class="wide">[980 false]</div><div class="narrow">[372 true]</div>');
  expect(html).toMatch(/<details><summary>Data<\/summary>.*<table>/);
});

test('a section without content is left out, and so is its link', () => {
  const html = page({
    title: 'T',
    sections: [
      { id: 'empty', heading: 'Empty', content: [''] },
      { id: 'full', heading: 'Full', content: ['<p>x</p>'] },
    ],
  });
  expect(html).not.toContain('Empty');
  expect(html).toContain('<section id="full"');
});
