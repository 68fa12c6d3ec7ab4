import { RecurveError } from '../../errors.ts';
import { loadTag, streamColumns } from '../../tasks/index.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { type StreamValues, streamRows } from '../stream-rows.ts';

/** `recurve stream` */
export async function stream(opened: OpenedModel, _inputs: readonly string[], values: StreamValues): Promise<void> {
  const model = await loadModel(opened, loadTag);
  const { plan, reading } = model;
  if (plan.kind !== 'table' || !reading) {
    throw new RecurveError('usage', 'stream: expected a model of a table, got one of text; use predict with sentences');
  }
  await streamRows(
    opened,
    {
      reading: { ...reading, target: plan.target.column },
      ...(model.written && { written: model.written }),
      columns: streamColumns(plan),
      zone: plan.zone,
      open: model.stream,
      answerOf: ({ time, ...answer }) => ({ ...(time !== null && { told: new Date(time).toISOString() }), ...answer }),
    },
    values,
  );
}
