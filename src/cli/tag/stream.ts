import { RecurveError } from '../../errors.ts';
import { streamColumns } from '../../tasks/index.ts';
import type { OpenedModel } from '../models.ts';
import { type StreamValues, streamRows } from '../stream-rows.ts';
import { loadModel } from './model.ts';

/** `recurve stream` */
export async function stream(opened: OpenedModel, _inputs: readonly string[], values: StreamValues): Promise<void> {
  const model = await loadModel(opened);
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
