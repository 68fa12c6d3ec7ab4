import { formatFixed, formatNumber } from '../format.ts';
import { barChart } from './charts/bar.ts';
import { binLabel, histogramBins, histogramChart } from './charts/histogram.ts';
import { scatterChart } from './charts/scatter.ts';
import { figure } from './page.ts';
import { autocorrelation, moments, residuals } from './statistics.ts';

export interface ResidualInput {
  truth: ArrayLike<number>;
  prediction: ArrayLike<number>;
  /** Milliseconds since 1970, as long as `prediction`. */
  time: number[] | undefined;
  unit: string | undefined;
  /** Name of one step. */
  step: string;
}

/** Residual pictures, each half as wide as the page; `autocorrelation` is empty where there are too few residuals. */
export interface ResidualFigures {
  histogram: string;
  overTime: string;
  autocorrelation: string;
}

/** Draws how the residuals spread, run over time and hang together. */
export function residualFigures({ truth, prediction, time, unit, step }: ResidualInput): ResidualFigures {
  const left = residuals(truth, prediction);
  const { mean, deviation, count } = moments(left);
  const named = unit ? `residual (${unit})` : 'residual';
  const spread = unit ? ` ${unit}` : '';
  const bins = histogramBins(left);
  const histogram = figure({
    caption: 'How the residuals spread',
    note: `Mean ${formatNumber(mean, 3)}${spread}, standard deviation ${formatNumber(deviation, 3)}${spread}.`,
    half: true,
    height: 380,
    draw: ({ width, height }) =>
      histogramChart({
        title: 'Histogram of the residuals',
        width,
        height,
        values: left,
        xLabel: named,
        yLabel: `${step}s`,
        marks: [{ value: 0, label: 'exact' }],
      }),
    table: {
      caption: 'Residuals per bin',
      columns: [{ header: named }, { header: 'Count', align: 'right' }],
      rows: bins.map((bin) => [binLabel(bin), formatNumber(bin.count)]),
    },
  });
  const overTime = figure({
    caption: 'Residuals over the test span',
    note: 'Above zero the truth was higher than forecast.',
    half: true,
    draw: ({ width, height }) =>
      scatterChart({
        title: 'Residuals over the test span',
        ...{
          width,
          height,
          x: time ?? left.map((_, index) => index + 1),
          y: left,
          time: time !== undefined,
          yLabel: named,
        },
        ...(time ? {} : { xLabel: `${step} of the test span` }),
      }),
  });
  const correlations = autocorrelation(left, 30);
  if (correlations.length === 0) return { histogram, overTime, autocorrelation: '' };
  const bound = 1.96 / Math.sqrt(count);
  const acf = figure({
    caption: 'Autocorrelation of the residuals',
    note: `Between the dashed lines is what chance alone gives, 95 times in 100 (±${formatFixed(bound, 3)}).`,
    half: true,
    draw: ({ width, height }) =>
      barChart({
        title: 'Autocorrelation of the residuals by lag',
        ...{ width, height, limits: [bound, -bound], xLabel: `lag (${step}s)`, yLabel: 'correlation' },
        bars: correlations.map((value, index) => ({ label: `${index + 1}`, value })),
      }),
    table: {
      caption: 'Autocorrelation by lag',
      columns: [{ header: 'Lag' }, { header: 'Correlation', align: 'right' }],
      rows: correlations.map((value, index) => [`${index + 1}`, formatFixed(value, 3)]),
    },
  });
  return { histogram, overTime, autocorrelation: acf };
}
