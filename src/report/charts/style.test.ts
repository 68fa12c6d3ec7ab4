import { expect, test } from 'vitest';
import { PALETTE } from './style.ts';

type Rgb = readonly [number, number, number];

/** Linear light of a colour `#rrggbb`. */
function linear(color: string): Rgb {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return [r!, g!, b!];
}

/** Contrast ratio after WCAG 2.2. */
function contrast(a: string, b: string): number {
  const [x, y] = [a, b].map((color) => {
    const [r, g, blue] = linear(color);
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue + 0.05;
  });
  return Math.max(x!, y!) / Math.min(x!, y!);
}

/** What a reader without red or green cones sees; Machado, Oliveira and Fernandes (2009), severity 1. */
const BLIND: Record<string, readonly Rgb[]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
};

/** Distance in OKLab (Ottosson, 2020), times 100. */
function distance(a: string, b: string, eyes: readonly Rgb[]): number {
  const lab = (color: string) => {
    const rgb = linear(color);
    const [r, g, blue] = eyes.map((row) => Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]));
    const l = Math.cbrt(0.4122214708 * r! + 0.5363325363 * g! + 0.0514459929 * blue!);
    const m = Math.cbrt(0.2119034982 * r! + 0.6806995451 * g! + 0.1073969566 * blue!);
    const s = Math.cbrt(0.0883024619 * r! + 0.2817188376 * g! + 0.6299787005 * blue!);
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
  };
  const [x, y] = [lab(a), lab(b)];
  return Math.hypot(x[0]! - y[0]!, x[1]! - y[1]!, x[2]! - y[2]!) * 100;
}

test.each(['light', 'dark'] as const)('%s: text has a contrast of 4.5 to its background, series have 3', (mode) => {
  const { background, ink, muted, series } = PALETTE[mode];
  for (const color of [ink, muted]) expect(contrast(color, background)).toBeGreaterThanOrEqual(4.5);
  for (const color of series) expect(contrast(color, background)).toBeGreaterThanOrEqual(3);
});

test.each(['light', 'dark'] as const)(
  '%s: any two series differ by at least 10 in OKLab (times 100), also for red-blind and green-blind readers',
  (mode) => {
    const { series } = PALETTE[mode];
    for (const [name, eyes] of Object.entries(BLIND)) {
      series.forEach((a, i) => {
        for (const b of series.slice(i + 1))
          expect(distance(a, b, eyes), `${a} and ${b}, ${name}`).toBeGreaterThanOrEqual(10);
      });
    }
  },
);
