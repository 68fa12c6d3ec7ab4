// A user's program: what must compile and, by `@ts-expect-error`, what must not. Checked against the types in dist/.
import { createEngine } from 'recurve/engine';
import {
  type Cell,
  createNetwork,
  gru,
  gruCell,
  type Layer,
  last,
  linear,
  lstm,
  type Network,
  sequential,
} from 'recurve/nn';
import { type FitResult, fit } from 'recurve/train';

const recurrent = gru({ input: 3, hidden: 16, reset: 'before', layers: 2, dropout: 0.1 });
const model: Layer = sequential(recurrent, last(), linear({ input: 16, output: 1 }));
const network: Network = createNetwork(await createEngine(), model, { seed: 1 });
const result: FitResult = await fit(network, {
  training: { examples: 1, loss: (_batch, pass, tape) => model.forward(tape.constant([1, 2, 3], [1, 1, 3]), pass) },
  epochs: 1,
});
export const stopped: 'finished' | 'early' | 'time' | 'aborted' = result.stopped;

const cell: Cell = gruCell({ input: 3, hidden: 16 });
// @ts-expect-error a cell takes one step, a layer takes sequences: one is not the other
sequential(cell);
// @ts-expect-error hidden has no default
lstm({ input: 3 });
// @ts-expect-error sizes are numbers
lstm({ input: '3', hidden: 16 });
// @ts-expect-error there are two places for the reset gate
gru({ input: 3, hidden: 16, reset: 'during' });
// @ts-expect-error layers are final: parameters cannot be replaced
recurrent.parameters = {};
// @ts-expect-error epochs has no default
await fit(network, { training: { examples: 1, loss: () => undefined as never } });
