import { RecurveError } from '../errors.ts';
import { expectList, expectOptions, expectText, kindOf, type OptionNames } from '../options.ts';
import { chartStyle } from './charts/style.ts';
import { pageStyle } from './page-style.ts';
import { element, text } from './svg.ts';

/** A key figure at the top of a page. */
export interface Card {
  label: string;
  value: string;
  /** Written small behind the value. */
  unit?: string;
  /** One line below, to put the value into proportion. */
  note?: string;
  /** Colours the edge of the card. Default `plain`. */
  tone?: 'good' | 'bad' | 'plain';
}

export interface TableColumn {
  header: string;
  /** Default `left`; numbers want `right`. */
  align?: 'left' | 'right';
}

/** A table of a report. */
export interface TableOptions {
  /** What the table shows; written above it. */
  caption: string;
  columns: readonly TableColumn[];
  /** Plain text, escaped here; the first cell of a row is its heading. */
  rows: readonly (readonly string[])[];
  /** Cells in bold, as `[row, column]`. */
  bold?: readonly (readonly [number, number])[];
  /** A row to set off, such as the model among its baselines. */
  highlight?: number;
}

/** A chart of a report. */
export interface FigureOptions {
  /** What to see in the chart. */
  caption: string;
  /** A sentence on how to read it, below the caption. */
  note?: string;
  /** Draws the chart for a place of so many pixels; called for a wide and a narrow page. */
  draw(size: { width: number; height: number; narrow: boolean }): string;
  /** Height of the chart on a wide page in pixels. Default 300. */
  height?: number;
  /** Half the width of the page, two in a row. Default false. */
  half?: boolean;
  /** The data behind the chart, folded away below it. */
  table?: TableOptions;
}

/** A part of a report with a heading. */
export interface Section {
  /** Anchor; lower-case letters and dashes. */
  id: string;
  heading: string;
  /** Shorter name for the list of sections. Default the heading. */
  short?: string;
  /** One or two sentences before the content. Plain text, escaped here. */
  lead?: string;
  /** Markup made by `figure`, `table` and `list`. */
  content: readonly string[];
  /** Let the content flow in two columns on a wide page, for small tables of unlike length. Default false. */
  columns?: boolean;
}

/** All that a report's page holds. */
export interface PageOptions {
  /** Title of the document and its first heading. Plain text, as everything here but `content`. */
  title: string;
  /** Small line above the heading. */
  kicker?: string;
  /** The result in a sentence or two, below the heading. */
  lead?: string;
  /** Facts in one line below the lead. */
  facts?: readonly string[];
  cards?: readonly Card[];
  sections: readonly Section[];
  footer?: string;
}

const PAGE: OptionNames<PageOptions> = {
  title: true,
  kicker: true,
  lead: true,
  facts: true,
  cards: true,
  sections: true,
  footer: true,
};

/** Widths in pixels for which charts are drawn; `page-style.ts` switches between them. */
const WIDE = 980;
const HALF = 470;
const NARROW = 372;

/**
 * A whole HTML document that needs nothing but itself: no script, no request (its own security policy forbids both),
 * light and dark as the reader's system has it, light on paper.
 */
export function page(options: PageOptions): string {
  expectOptions('page', options, PAGE);
  expectText('page', 'title', options.title, 'say what it is about');
  expectList('page', 'sections', options.sections, 'give { id, heading, content } each');
  for (const section of options.sections)
    expectList('page', 'the content of a section', section?.content, 'give what figure, table and list returned');
  const sections = options.sections.filter((section) => section.content.some((part) => part !== ''));
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  const links = sections.map((one) => element('a', { href: `#${one.id}` }, text(one.short ?? one.heading)));
  const facts = (options.facts ?? []).map((fact) => element('li', {}, text(fact)));
  const head = [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="generator" content="Recurve">',
    element('title', {}, text(options.title)),
    // An empty icon of its own keeps browsers from asking for /favicon.ico.
    '<link rel="icon" href="data:,">',
    element('style', {}, chartStyle(), pageStyle()),
  ];
  const header = [
    options.kicker ? element('p', { class: 'kicker' }, text(options.kicker)) : '',
    element('h1', {}, text(options.title)),
    options.lead ? element('p', { class: 'lead' }, text(options.lead)) : '',
    facts.length > 0 ? element('ul', { class: 'facts' }, ...facts) : '',
  ];
  const body = [
    element('header', {}, ...header),
    options.cards?.length ? element('div', { class: 'cards' }, ...options.cards.map(card)) : '',
    links.length > 1 ? element('nav', { 'aria-label': 'Sections' }, ...links) : '',
    ...sections.map(sectionMarkup),
  ];
  const footer = options.footer ? element('footer', {}, text(options.footer)) : '';
  return `<!doctype html>\n<html lang="en">\n<head>\n${head.join('\n')}\n</head>\n<body>\n<main>\n${body.filter(Boolean).join('\n')}\n</main>\n${footer}\n</body>\n</html>\n`;
}

function sectionMarkup(section: Section): string {
  const lead = section.lead ? element('p', { class: 'lead' }, text(section.lead)) : '';
  const heading = element('h2', { id: `${section.id}-heading` }, text(section.heading));
  const content = element('div', { class: 'content' }, ...section.content);
  return element(
    'section',
    { id: section.id, class: section.columns ? 'columns' : undefined, 'aria-labelledby': `${section.id}-heading` },
    heading,
    lead,
    content,
  );
}

function card({ label, value, unit, note, tone = 'plain' }: Card): string {
  const figure = text(value) + (unit ? element('small', {}, ` ${text(unit)}`) : '');
  const below = note ? element('p', { class: 'note' }, text(note)) : '';
  return element(
    'div',
    { class: `card ${tone}` },
    element('p', { class: 'label' }, text(label)),
    element('p', { class: 'value' }, figure),
    below,
  );
}

/** A chart with its caption and, folded away, the table of its data. */
export function figure(options: FigureOptions): string {
  expectOptions('figure', options, {
    caption: true,
    note: true,
    draw: 'function',
    height: 'number',
    half: 'boolean',
    table: true,
  });
  if (typeof options.draw !== 'function') {
    throw new RecurveError(
      'usage',
      `figure: expected draw as a function, got ${kindOf(options.draw)}; give draw: ({ width, height }) => lineChart({ … })`,
    );
  }
  const { height = 300, half = false } = options;
  const wide = options.draw({ width: half ? HALF : WIDE, height, narrow: false });
  const narrow = options.draw({ width: NARROW, height: Math.round(Math.min(height, 280)), narrow: true });
  const caption = element(
    'figcaption',
    {},
    element('strong', {}, text(options.caption)),
    options.note ? ` ${element('span', {}, text(options.note))}` : '',
  );
  const data = options.table ? element('details', {}, element('summary', {}, 'Data'), table(options.table)) : '';
  const charts = element('div', { class: 'wide' }, wide) + element('div', { class: 'narrow' }, narrow);
  return element('figure', { class: half ? 'half' : 'full' }, caption, charts, data);
}

/** A table with a caption; wide ones scroll sideways on their own, not with the page. */
export function table(options: TableOptions): string {
  expectOptions('table', options, { caption: true, columns: true, rows: true, bold: true, highlight: 'number' });
  expectList('table', 'columns', options.columns, 'give { header } each');
  expectList('table', 'rows', options.rows, 'give a list of cells each');
  for (const row of options.rows) expectList('table', 'a row', row, 'give its cells');
  const bold = new Set((options.bold ?? []).map(([row, column]) => `${row} ${column}`));
  const align = (column: number) => (options.columns[column]?.align === 'right' ? 'r' : undefined);
  // Short texts stay on one line; longer ones may wrap where the page is narrow.
  const kind = (column: number, cell: string) => align(column) ?? (cell.length <= 22 ? 'short' : undefined);
  const headers = options.columns.map((column, index) =>
    element('th', { scope: 'col', class: align(index) }, text(column.header)),
  );
  const rows = options.rows.map((row, r) => {
    const cells = row.map((cell, c) => {
      const content = bold.has(`${r} ${c}`) ? element('b', {}, text(cell)) : text(cell);
      return c === 0
        ? element('th', { scope: 'row', class: kind(c, cell) }, content)
        : element('td', { class: kind(c, cell) }, content);
    });
    return element('tr', { class: options.highlight === r ? 'highlight' : undefined }, ...cells);
  });
  const caption = element('caption', {}, element('span', {}, text(options.caption)));
  const markup = element(
    'table',
    {},
    caption,
    element('thead', {}, element('tr', {}, ...headers)),
    element('tbody', {}, ...rows),
  );
  // Reachable with the keyboard, so that it can be scrolled without a mouse.
  return element(
    'div',
    {
      class: options.columns.length === 2 ? 'scroll pairs' : 'scroll',
      tabindex: 0,
      role: 'region',
      'aria-label': options.caption,
    },
    markup,
  );
}

/** A list of sentences, each with a mark for what it is. */
export function list(items: readonly { text: string; tone?: 'plain' | 'warning' }[]): string {
  expectList('list', 'items', items, 'give { text } each');
  if (items.length === 0) return '';
  const marks = items.map((item) => {
    const warning = item.tone === 'warning';
    const word = warning ? element('b', {}, 'Note: ') : '';
    return element('li', { class: warning ? 'warning' : undefined }, word + text(item.text));
  });
  return element('ul', { class: 'lines' }, ...marks);
}
