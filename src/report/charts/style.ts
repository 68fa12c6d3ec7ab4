/**
 * Colours and strokes of the charts. The palette keeps a contrast of at least 3 : 1 to its background, and any two of
 * its colours stay at least 10 apart in OKLab (times 100) for readers with and without red and green cones (tested).
 * Series also differ in dashes, so no chart depends on colour alone.
 */
export const PALETTE = {
  light: {
    background: '#ffffff',
    ink: '#1f2933',
    muted: '#5b6773',
    grid: '#e4e8ec',
    axis: '#aab3bc',
    series: ['#0b66c3', '#b53701', '#16a786', '#aa337a', '#a29103', '#3c2191'],
  },
  dark: {
    background: '#171c22',
    ink: '#e8edf2',
    muted: '#9aa7b4',
    grid: '#2a323b',
    axis: '#55616d',
    series: ['#5aaeff', '#ed7624', '#28eeb0', '#f776b3', '#e4cf23', '#925fd0'],
  },
} as const;

/** Text size in charts, in pixels of the drawing. */
export const FONT_SIZE = 12;
export const FONT_FAMILY = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

function variables(mode: 'light' | 'dark'): string {
  const { background, ink, muted, grid, axis, series } = PALETTE[mode];
  const colors = series.map((color, index) => `--rc-${index}:${color}`).join(';');
  return `--rc-background:${background};--rc-ink:${ink};--rc-muted:${muted};--rc-grid:${grid};--rc-axis:${axis};${colors}`;
}

/**
 * Style sheet of the charts: put once into the page that shows them, or into the drawing itself (`standalone`).
 * Paper is always light.
 */
export function chartStyle(root = ':root'): string {
  const classes = PALETTE.light.series.map((_, index) => `.rc-c${index}{--c:var(--rc-${index})}`).join('');
  return (
    `${root}{${variables('light')}}` +
    `@media screen and (prefers-color-scheme:dark){${root}{${variables('dark')}}}` +
    `${classes}.rc-ink{--c:var(--rc-ink)}.rc-muted,.rc-faint{--c:var(--rc-muted)}` +
    `.rc text{font:${FONT_SIZE}px ${FONT_FAMILY};fill:var(--rc-muted);font-variant-numeric:tabular-nums}` +
    '.rc .rc-label{fill:var(--rc-ink)}.rc .rc-strong{font-weight:600;fill:var(--rc-ink)}' +
    '.rc .rc-title{font-size:15px;font-weight:600;fill:var(--rc-ink)}' +
    '.rc-end{text-anchor:end}.rc-middle{text-anchor:middle}' +
    '.rc-grid{stroke:var(--rc-grid);fill:none}.rc-axis{stroke:var(--rc-axis);fill:none}.rc-mark{stroke:var(--rc-muted);stroke-dasharray:3 3;fill:none}' +
    '.rc-line{stroke:var(--c);stroke-width:1.8;fill:none;stroke-linecap:round;stroke-linejoin:round}' +
    '.rc-thin{stroke-width:1.2}.rc-dashed{stroke-dasharray:6 4}.rc-dotted{stroke-dasharray:0.1 4.5}.rc-dashdot{stroke-dasharray:8 4 0.1 4}' +
    '.rc-points{stroke:var(--c);stroke-width:5;stroke-linecap:round;fill:none}.rc-small{stroke-width:3.5;opacity:.6}' +
    '.rc-fill{fill:var(--c)}.rc-faint{opacity:.7}' +
    '.rc-hover path{fill:transparent;stroke:none}.rc-hover line{stroke:var(--rc-muted);opacity:0}.rc-hover:hover line{opacity:.7}'
  );
}
