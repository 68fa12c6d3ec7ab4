// What a page needs to run a trained forecaster live: its bundled size is held against the promise (tools/check-size.ts).
import { loadForecast } from 'recurve/tasks';

/** Fetches a model, and forecasts after each row that arrives. */
export async function live(
  address: string,
  show: (point: number, low: number, high: number) => void,
): Promise<(row: Record<string, number>, time: number) => void> {
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
  const model = await loadForecast(bytes, { name: address });
  const stream = model.stream();
  return (row, time) => {
    const next = stream.push(row, { time });
    if (next) show(next.point[0], next.intervals[0].lower[0], next.intervals[0].upper[0]);
  };
}
