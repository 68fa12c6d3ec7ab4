import { formatClock } from '../civil.ts';
import { counted, formatDuration, formatNumber } from '../format.ts';
import { expectOptions } from '../options.ts';
import { baselineName } from './baselines.ts';
import { FORECAST_INPUT, type ForecastReportInput } from './forecast-input.ts';
import {
  baselineSection,
  coverageSection,
  futureSection,
  perStepSection,
  residualSection,
  testSection,
} from './forecast-sections.ts';
import { type Card, page } from './page.ts';
import { dataSection, runSection, trainingSection } from './run-sections.ts';
import { FOOTER } from './task-report.ts';
import { toMilliseconds } from './time.ts';

export type * from './forecast-input.ts';

/** Keeps a number and its unit on one line. */
const NO_BREAK = '\u00a0';

/**
 * The report of a forecast as one HTML document: result beside its baselines, the next steps with their intervals, the test
 * span, errors per step, residuals, training, data, settings and versions. The same input gives the same bytes.
 *
 * @example
 * await writeFile('report.html', forecastReport({ target: 'temp_max', unit: '°C', test: { rmse: 2.61 } }));
 */
export function forecastReport(input: ForecastReportInput): string {
  expectOptions('forecastReport', input, FORECAST_INPUT);
  const verdict = compare(input);
  const facts = [
    input.model,
    input.source && `Data: ${input.source}`,
    input.training && counted(input.training.epochs.length, 'epoch'),
    input.seconds?.training !== undefined && `trained in ${formatDuration(input.seconds.training)}`,
    input.created !== undefined && formatClock(toMilliseconds(input.created)),
  ];
  return page({
    title: heading(input),
    kicker: 'Recurve forecast report',
    ...(verdict ? { lead: verdict.sentence } : {}),
    facts: facts.filter((fact): fact is string => typeof fact === 'string' && fact !== ''),
    cards: cards(input, verdict),
    sections: [
      futureSection(input),
      baselineSection(input),
      testSection(input),
      perStepSection(input),
      coverageSection(input),
      residualSection(input),
      trainingSection(input),
      dataSection(input),
      runSection(input),
    ],
    footer: FOOTER,
  });
}

function heading({ target, horizon, step = 'step' }: ForecastReportInput): string {
  if (horizon === undefined) return `Forecast of ${target}`;
  return `Forecast of ${target}, ${horizon === 1 ? `the next ${step}` : `the next ${horizon} ${step}s`}`;
}

interface Verdict {
  measure: 'RMSE' | 'MAE';
  best: { name: string; value: number };
  /** How far the model's error lies below the best baseline's, as a share of it; negative when it lies above. */
  gain: number;
  sentence: string;
}

/** Sets the model against the best of its baselines, by RMSE where both have it, otherwise by MAE. */
function compare({ test, baselines = {}, target, unit = '', step = 'step' }: ForecastReportInput): Verdict | undefined {
  for (const key of ['rmse', 'mae'] as const) {
    const model = test?.[key];
    const rivals = Object.entries(baselines).flatMap(([name, scores]) => {
      const value = scores[key];
      return value !== undefined && Number.isFinite(value) ? [{ name: baselineName(name), value }] : [];
    });
    if (model === undefined || !Number.isFinite(model) || rivals.length === 0) continue;
    const best = rivals.reduce((a, b) => (b.value < a.value ? b : a));
    const gain = best.value > 0 ? 1 - model / best.value : 0;
    const measure = key === 'rmse' ? 'RMSE' : 'MAE';
    const [own, other] = [withUnit(model, unit), withUnit(best.value, unit)];
    const share = `${(Math.abs(gain) * 100).toFixed(1)}${NO_BREAK}%`;
    const start = `One ${step} ahead on the test span, the forecast of ${target} has an ${measure} of ${own}`;
    const end =
      Math.abs(gain) < 0.0005
        ? `as much as the best baseline, ${best.name} (${other}).`
        : gain > 0
          ? `${share} below the best baseline, ${best.name} (${other}).`
          : `${share} above the best baseline: ${best.name} does better with ${other}.`;
    return { measure, best, gain, sentence: `${start}, ${end}` };
  }
  return undefined;
}

function cards(
  { test, baselines = {}, unit, coverage = [], seconds, training }: ForecastReportInput,
  verdict?: Verdict,
): Card[] {
  const cards: Card[] = [];
  const error = (key: 'rmse' | 'mae', label: string) => {
    const value = test?.[key];
    if (value === undefined) return;
    const card: Card = { label, value: formatNumber(value) };
    if (unit) card.unit = unit;
    if (verdict?.measure === label.replace('Test ', '')) {
      card.note = `best baseline ${formatNumber(verdict.best.value)}, ${verdict.best.name}`;
      card.tone = verdict.gain > 0 ? 'good' : verdict.gain < 0 ? 'bad' : 'plain';
    }
    cards.push(card);
  };
  error('rmse', 'Test RMSE');
  error('mae', 'Test MAE');
  const naive = baselines.persistence?.rmse;
  if (naive !== undefined && naive > 0 && test?.rmse !== undefined && Number.isFinite(test.rmse)) {
    const skill = (1 - test.rmse / naive) * 100;
    const tone = skill > 0 ? 'good' : 'bad';
    cards.push({
      label: 'Skill',
      value: skill.toFixed(1).replace('-', '−'),
      unit: '%',
      note: 'RMSE below persistence',
      tone,
    });
  }
  for (const { level, measured } of coverage) {
    // What is off by more than four points of a hundred is worth a look.
    const tone = Math.abs(measured - level) <= 4 ? 'good' : 'bad';
    const note = 'of the test span inside';
    cards.push({ label: `${level} % interval`, value: measured.toFixed(1), unit: '%', note, tone });
  }
  const spent = seconds?.training ?? seconds?.total;
  if (spent !== undefined) {
    const epochs = training ? { note: counted(training.epochs.length, 'epoch') } : {};
    cards.push({
      label: seconds?.training === undefined ? 'Time' : 'Training time',
      value: formatDuration(spent),
      ...epochs,
    });
  }
  return cards;
}

function withUnit(value: number, unit: string): string {
  return unit ? `${formatNumber(value)}${NO_BREAK}${unit}` : formatNumber(value);
}
