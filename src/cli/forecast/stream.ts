import { loadForecast } from '../../tasks/index.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { type StreamValues, streamRows } from '../stream-rows.ts';
import { forecastRow } from './results.ts';

/** `recurve stream` */
export async function stream(opened: OpenedModel, _inputs: readonly string[], values: StreamValues): Promise<void> {
  const model = await loadModel(opened, loadForecast);
  await streamRows(
    opened,
    {
      reading: model.reading,
      written: model.written,
      columns: model.plan.columns,
      zone: model.plan.zone,
      open: model.stream,
      answerOf: (forecast) => (forecast ? forecastRow(forecast) : { point: null }),
    },
    values,
  );
}
