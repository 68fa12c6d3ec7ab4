import { RecurveError } from '../../errors.ts';
import { type BacktestResult, backtest, loadForecast } from '../../tasks/index.ts';
import { catchInterrupts } from '../interrupts.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { type OutputValues, outputOf } from '../output.ts';
import type { ReadValues } from '../read-options.ts';
import { progressRenderer } from '../terminal/index.ts';
import { seriesFor } from './data.ts';
import { foldTable, scoreTable, stepTables } from './results.ts';

interface Values extends ReadValues, OutputValues {
  from?: string;
  until?: string;
  backtest?: boolean;
  folds?: number;
  refit?: boolean;
}

/** `recurve evaluate` */
export async function evaluate(opened: OpenedModel, [table]: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  if (!values.backtest && (values.folds !== undefined || values.refit)) {
    throw new RecurveError(
      'usage',
      'evaluate: expected --folds and --refit with --backtest, got neither; add --backtest',
    );
  }
  const { path } = opened;
  const model = await loadModel(opened, loadForecast);
  const test = values.from === undefined ? model.settings.test : { from: values.from };
  if (test === 'none') {
    throw new RecurveError(
      'usage',
      'evaluate: expected a test span, got a model trained without; say where it begins with --from',
    );
  }
  const data = await seriesFor(model, table, values, output);

  const progress = progressRenderer({ silent: !values.refit || ((values.json || values.quiet) ?? false) });
  using interrupts = catchInterrupts((line) => progress.note(line));
  const until = values.until ?? model.settings.testUntil;
  let result: BacktestResult;
  try {
    result = await backtest(
      data,
      { ...model.settings, test, ...(until !== undefined && { testUntil: until }) },
      { folds: values.backtest ? (values.folds ?? 4) : 1, refit: values.refit ?? false },
      { model, signal: interrupts.signal, onProgress: (event) => progress.update(event) },
    );
  } finally {
    progress.finish();
  }
  const { scores, folds, refit } = result;
  await output.result({
    task: 'forecast',
    model: path,
    target: model.target,
    ...(model.unit && { unit: model.unit }),
    ...scores,
    ...(values.backtest && {
      refit,
      folds: folds.map(({ from, to, scores: { test, baselines, coverage, windows } }) => ({
        ...{ from, to, windows, test, baselines, coverage },
      })),
    }),
  });
  await output.print(
    [
      scoreTable(scores, model, output),
      ...stepTables(scores, model, output),
      ...(values.backtest ? [foldTable(folds, model, output)] : []),
    ].join('\n'),
  );
}
