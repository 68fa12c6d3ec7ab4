import { describe, expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { barChart } from './bar.ts';
import { heatmapChart } from './heatmap.ts';
import { binLabel, histogramBins, histogramChart } from './histogram.ts';
import { lineChart } from './line.ts';
import { scatterChart } from './scatter.ts';

const HOSTILE = '</text><script>alert(1)</script>"\' onload="x"';

/** Attribute `name` of every element `tag` of `svg` whose class holds `className`. */
function attributes(svg: string, tag: string, name: string, className = ''): string[] {
  const tags = svg.match(new RegExp(`<${tag}\\b[^>]*>`, 'g')) ?? [];
  return tags
    .filter((one) => one.includes(className))
    .flatMap((one) => new RegExp(` ${name}="([^"]*)"`).exec(one)?.[1] ?? []);
}

/** Fails unless every tag is closed in order and no coordinate is NaN. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, slash, name, rest] of svg.matchAll(/<(\/?)([a-zA-Z]+)([^<>]*)>/g)) {
    if (slash) expect(open.pop()).toBe(name);
    else if (!rest!.endsWith('/')) open.push(name!);
  }
  expect(open).toEqual([]);
  expect(svg.replace(/>[^<]*<|#[0-9a-f]{6}/g, '><')).not.toMatch(/NaN|Infinity|undefined|\de[+-]?\d/);
}

const charts: Record<string, (values: number[], label: string) => string> = {
  line: (y, label) =>
    lineChart({
      title: label,
      xLabel: label,
      yLabel: label,
      series: [
        { label, y },
        { label, y, dash: 'dashed' },
      ],
      marks: [{ x: 0, label }],
    }),
  band: (y, label) =>
    lineChart({
      title: label,
      series: [{ label, y }],
      bands: [{ label, lower: y.map((v) => v - 1), upper: y.map((v) => v + 1) }],
    }),
  time: (y, label) =>
    lineChart({ title: label, x: y.map((_, i) => `2015-01-0${i + 1}`), series: [{ label, y, points: true }] }),
  bar: (values, label) => barChart({ title: label, xLabel: label, bars: values.map((value) => ({ label, value })) }),
  'horizontal bar': (values, label) =>
    barChart({ title: label, horizontal: true, bars: values.map((value) => ({ label, value })), limits: [0.5] }),
  histogram: (values, label) => histogramChart({ title: label, values, yLabel: label, marks: [{ value: 0, label }] }),
  scatter: (y, label) => scatterChart({ title: label, x: y.map((_, i) => i), y, label, diagonal: true }),
  heatmap: (values, label) =>
    heatmapChart({ title: label, values: [values, values], rows: [label, label], columns: values.map(() => label) }),
};

describe.each(Object.entries(charts))('%s chart', (_, draw) => {
  test('is an image with a name, and the same data give the same bytes', () => {
    const svg = draw([1, 3, 2, 5], 'Rain & wind');
    expectWellFormed(svg);
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-label="Rain &amp; wind"/);
    expect(svg).toContain('<title>Rain &amp; wind</title>');
    expect(draw([1, 3, 2, 5], 'Rain & wind')).toBe(svg);
  });

  test('escapes hostile labels', () => {
    const svg = draw([1, 3, 2], HOSTILE);
    expectWellFormed(svg);
    expect(svg).not.toContain('<script');
    expect(svg.replace(/"[^"]*"/g, '""')).not.toMatch(/<[a-z]+[^<>]* onload=/);
  });

  test('says so when there is nothing to draw', () => {
    for (const values of [[], [Number.NaN, Number.POSITIVE_INFINITY]]) {
      const svg = draw(values, 'Nothing');
      expectWellFormed(svg);
      expect(svg).toContain('No data to show');
    }
  });

  test('draws one value, equal values, gaps and values as large as 1e30 without a broken coordinate', () => {
    for (const values of [[4], [2, 2, 2], [1, Number.NaN, 3], [1e30, -1e30, 5], [1e-30, 2e-30], [-5, -6]])
      expectWellFormed(draw(values, 'x'));
  });
});

test('a line breaks at a missing value and leaves a dot for a value alone', () => {
  const svg = lineChart({ title: 't', series: [{ label: 'a', y: [1, 2, Number.NaN, 3, Number.NaN, 4, 5] }] });
  const [path] = attributes(svg, 'path', 'd', 'rc-line');
  expect(path!.match(/M/g)).toHaveLength(3);
  expect(path!.match(/h0/g)).toHaveLength(1);
});

test('positions are kept: twice the distance in x is twice the distance in pixels', () => {
  const svg = lineChart({ title: 't', x: [0, 1, 3], series: [{ label: 'a', y: [0, 0, 0] }] });
  const [a, b, c] = [...attributes(svg, 'path', 'd', 'rc-line')[0]!.matchAll(/[ML]([\d.]+)/g)].map((match) =>
    Number(match[1]),
  );
  expect(c! - b!).toBeCloseTo(2 * (b! - a!), 0);
});

test('a series of 100,000 values costs less than 100 KB and keeps its single peak', () => {
  const y = new Float64Array(100_000);
  y[54_321] = 7;
  const svg = lineChart({ title: 't', series: [{ label: 'a', y }], bands: [{ label: 'b', lower: y, upper: y }] });
  expect(svg.length).toBeLessThan(100_000);
  const heights = [
    ...attributes(svg, 'path', 'd', 'rc-line')
      .at(-1)!
      .matchAll(/[ML][\d.]+ ([\d.]+)/g),
  ].map((match) => Number(match[1]));
  expect(new Set(heights).size).toBe(2);
});

test('a band is one closed area per run of finite bounds', () => {
  const lower = [0, 0, Number.NaN, 1, 1];
  const svg = lineChart({
    title: 't',
    series: [{ label: 'a', y: [1, 1, 1, 2, 2] }],
    bands: [{ label: '80 %', lower, upper: [2, 2, 2, 3, 3] }],
  });
  const [area] = attributes(svg, 'path', 'd', 'rc-fill');
  expect(area!.match(/Z/g)).toHaveLength(2);
  expect(svg).toContain('80 % 0.000 to 2.000');
});

test('tooltips name the position and every value, and can be left out', () => {
  const options = { title: 't', x: ['2015-07-01', '2015-07-02'], series: [{ label: 'truth', y: [20.5, 21] }] };
  expect(lineChart(options)).toContain('<title>2015-07-01\ntruth 20.50</title>');
  expect(lineChart({ ...options, hover: false })).not.toContain('rc-hover');
});

test('a chart on its own brings its styles, background and visible title; one in a page does not', () => {
  const own = lineChart({ title: 'Loss', series: [{ label: 'a', y: [1, 2] }], standalone: true });
  expect(own).toMatch(/<style>.*prefers-color-scheme:dark.*<\/style>/);
  expect(attributes(own, 'text', 'class', 'rc-title')).toEqual(['rc-title']);
  expect(lineChart({ title: 'Loss', series: [{ label: 'a', y: [1, 2] }] })).not.toContain('<style>');
});

test('bars start at zero and their lengths are in proportion, down as well as up', () => {
  const svg = barChart({ title: 't', bars: [1, 2, -1].map((value, i) => ({ label: `${i}`, value })) });
  const [one, two, minus] = attributes(svg, 'rect', 'height', 'rc-fill').map(Number);
  expect(two! / one!).toBeCloseTo(2, 1);
  expect(minus).toBeCloseTo(one!, 0);
});

test('a histogram counts every finite value once, the largest too', () => {
  const values = [0, 0.1, 0.2, 1, 1, 1.5, 2, 9.99, 10, Number.NaN];
  const bins = histogramBins(values);
  expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(9);
  for (const bin of bins) expect(bin.count).toBe(values.filter((v) => v >= bin.from && v < bin.to).length);
  expect(histogramBins([3, 3])).toEqual([{ from: 2.5, to: 3.5, count: 2 }]);
  expect(histogramBins([1 - 2 ** -53, 1])).toHaveLength(1);
  expect(histogramBins([0, 5e-324])).toHaveLength(1);
  expect(binLabel({ from: -0.5, to: 0, count: 1 })).toBe('−0.5 to 0');
});

test('an outlier of 1e12 does not make a histogram of a million bins', () => {
  expect(histogramBins([...Array.from({ length: 500 }, (_, i) => i / 500), 1e12]).length).toBeLessThan(200);
});

test('a heat map with both signs is centred on zero, one of 1,000 by 300 cells stays below 400 KB', () => {
  const svg = heatmapChart({ title: 't', values: [[-1, 0, 3]] });
  const fills = attributes(svg, 'rect', 'fill').slice(0, 3);
  expect(fills[1]).toBe('#ececec');
  expect(svg).toContain('>−3.00<');
  const large = Array.from({ length: 300 }, (_, r) =>
    Float32Array.from({ length: 1000 }, (_, c) => Math.sin(r * 0.1) + c * 0.01),
  );
  expect(heatmapChart({ title: 't', values: large }).length).toBeLessThan(400_000);
});

test('the year or date stands once below the ticks, also when the first tick has no room', () => {
  const of = (x: string[]) => {
    const svg = lineChart({ title: 't', x, series: [{ label: 'a', y: x.map(() => 1) }], hover: false });
    return [...svg.matchAll(/rc-middle rc-strong">([^<]*)</g)].map((match) => match[1]);
  };
  expect(of(['2014-10-01', '2016-02-01'])).toEqual(['2014', '2015', '2016']);
  expect(of(['2015-03-29T00:00', '2015-03-30T10:00'])).toEqual(['29 Mar 2015', '30 Mar 2015']);
});

test('labels of many bars are thinned until they do not touch', () => {
  const bars = Array.from({ length: 40 }, (_, index) => ({ label: `label ${index}`, value: 1 }));
  const labels = [...barChart({ title: 't', bars }).matchAll(/<text x="([\d.]+)" y="273"/g)].map((match) =>
    Number(match[1]),
  );
  expect(labels.length).toBeGreaterThan(4);
  for (let i = 1; i < labels.length; i++) expect(labels[i]! - labels[i - 1]!).toBeGreaterThan(50);
});

test('names of rows that would overlap are left out evenly, the first one stands', () => {
  const names = Array.from({ length: 50 }, (_, i) => `class ${i}`);
  const shown = (height: number) => {
    const svg = heatmapChart({ title: 't', width: 358, height, values: names.map(() => [0, 1]), rows: names });
    return [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"[^>]*>(class \d+)</g)].map(
      ([, y, name]) => [Number(y), name!] as const,
    );
  };
  const few = shown(280).sort(([a], [b]) => a - b);
  expect(few[0]![1]).toBe('class 0');
  expect(few.length).toBeGreaterThan(12);
  few.forEach(([y], i) => {
    if (i > 0) expect(y - few[i - 1]![0]).toBeGreaterThanOrEqual(11);
  });
  expect(shown(690)).toHaveLength(50);
});

test('a scatter plot of very many points draws those that would hide each other once', () => {
  const random = new Random(1);
  const drawn = (count: number) => {
    const y = Array.from({ length: count }, () => random.normal());
    const svg = scatterChart({ title: 'Many', width: 470, height: 300, x: y.map((_, i) => i), y });
    return [...(attributes(svg, 'path', 'd', 'rc-points')[0] as string).matchAll(/M([\d.]+) ([\d.]+)/g)];
  };
  expect(drawn(10_000).length).toBeGreaterThan(9_900);
  const many = drawn(250_000);
  expect(many.length).toBeLessThanOrEqual(20_000);
  expect(many.length).toBeGreaterThan(5_000);
  expect(many.every(([, x, y]) => Number(x) % 2 === 0 && Number(y) % 2 === 0)).toBe(true);
});
