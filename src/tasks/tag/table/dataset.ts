import { RecurveError } from '../../../errors.ts';
import { formatCount } from '../../../format.ts';
import { crc64 } from '../../../model/crc64.ts';
import { type TagDataset, totals } from '../dataset.ts';
import type { TagSettings } from '../options.ts';
import { REGRESSION_LEFT_OUT } from '../regression/fit.ts';
import { logisticFits } from '../regression/logistic.ts';
import { tableTestPart } from '../test-part.ts';
import { BLOCKS } from '../training/cross-validation.ts';
import { type Example, onlySteps } from '../training/examples.ts';
import { tableBaselines } from './baselines.ts';
import { featureCount, fitTablePlan, regressionPlan, tableInputs } from './features.ts';
import { tableSpans } from './spans.ts';
import type { TagTable } from './tag-table.ts';

/** Cuts a table into training sequences, whose first half warms the memory up, and its test part. */
export function tableDataset(table: TagTable, settings: TagSettings): TagDataset {
  const { ahead, chunk } = settings;
  const { ends, before, ...spans } = tableSpans(table, settings);
  const K = table.classes.length;
  const plan = fitTablePlan(
    table,
    ends.map((to) => ({ from: 0, to })),
    settings,
  );
  const E = featureCount(regressionPlan(plan), K);
  const N = spans.train.reduce((n, steps) => n + steps.length, 0);
  const small = logisticFits({ D: E, N }, K);
  const large = `${formatCount(E)} inputs${logisticFits({ D: E, N: 1 }, 2) ? ` of ${formatCount(N)} steps` : ''}`;
  const regression = settings.regression && small;
  const D = featureCount(plan, K);
  if (D === 0) {
    throw new RecurveError(
      'data',
      `tag: expected columns of numbers beside ${table.reading.target}, got none; name some, or tell a later step (ahead)`,
    );
  }
  const inputs = table.series.map((one) => tableInputs(plan, K, one, regression));
  const pieces = table.series.flatMap(({ labels }, k) => {
    const { rows, regressionRows } = inputs[k];
    const own = new Set(spans.train[k]);
    const end = ends[k] - ahead;
    const half = Math.floor(chunk / 2);
    const starts = Array.from({ length: Math.max(1, Math.ceil((end - half) / half)) }, (_, i) => i * half);
    return starts.flatMap((from) => {
      const length = Math.min(chunk, end - from);
      if (length < 1) return [];
      const counts = (t: number): boolean => own.has(from + t) && (from === 0 || t >= half);
      const example: Example = {
        rows: rows.slice(from * D, (from + length) * D),
        ...(regressionRows && { regressionRows: regressionRows.subarray(from * E, (from + length) * E) }),
        length,
        labels: Int32Array.from({ length }, (_, t) => labels[from + t + ahead]),
        weights: Float64Array.from({ length }, (_, t) => Number(counts(t))),
      };
      return example.weights.includes(1) ? [{ example, k, from }] : [];
    });
  });
  const examples = pieces.map(({ example }) => example);
  const inHoldout = (i: number, t: number): boolean => pieces[i].from + t + ahead >= before[pieces[i].k];
  return {
    classes: [...table.classes],
    plan,
    width: D,
    regression,
    notes: settings.regression && !small ? [`${REGRESSION_LEFT_OUT} ${large} are too many`] : [],
    examples,
    blockOf: (i, t) => Math.floor((BLOCKS * (pieces[i].from + t)) / Math.max(1, ends[pieces[i].k] - ahead)),
    holdout: () => ({
      training: onlySteps(examples, (i, t) => !inHoldout(i, t)),
      held: onlySteps(examples, inHoldout),
    }),
    ...totals(examples, K),
    test: tableTestPart(table, spans.test, ahead),
    baselines: (visit) => tableBaselines(table, spans, plan, visit),
    fingerprint: () =>
      crc64(
        (function* () {
          for (const { series: one, columns, names, labels } of table.series) {
            const { id, step, zone, history, time, observed } = one;
            yield new TextEncoder().encode(JSON.stringify([id, names, table.classes, step, zone, history]));
            for (const part of [labels, ...columns, ...observed, ...(time ? [time] : [])]) {
              yield new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
            }
          }
        })(),
      ),
  };
}
