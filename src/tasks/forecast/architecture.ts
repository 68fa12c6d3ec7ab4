import { add, affine, columns, dropout, reshape, subtract, type Tensor } from '../../autograd/index.ts';
import { gru, type Layer, linear, lstm, type RecurrentLayer, rnn, zeros } from '../../nn/index.ts';

/** Sizes of the forecasting network; plain data, kept in the model file. */
export interface ForecastArchitecture {
  cell: 'gru' | 'lstm' | 'rnn';
  /** Hidden units H per layer. */
  hidden: number;
  layers: number;
  /** On the last hidden state and between layers, in training. */
  dropout: number;
  /** Steps T that are read. */
  context: number;
  /** Steps that are forecast at once (direct multi-step). */
  horizon: number;
  /** Features per step read, D: the target first, then covariates, known columns and the calendar. */
  features: number;
  /** Features of all future steps together: known columns and the calendar. */
  future: number;
  /** Numbers per step forecast: the point and, beside it, quantiles or a log variance. */
  outputs: number;
}

const CELLS = { gru, lstm, rnn };

/** With Adam a factor on a product is a factor on its learning rate. */
const OWN_PACE = 0.2;

/**
 * A recurrent network beside two linear paths, all trained together:
 *
 * `y = W_o h_T + W_c (own − own_T) / 5 + W_f future`, reshaped to [B, horizon, outputs]
 *
 * - `h_T`: last hidden state of the recurrent stack over the window;
 * - `own`: the target's own window, relative to its last value (the linear path of NLinear, Zeng et al. 2023);
 * - `future`: what is known of the steps ahead (calendar, known columns).
 *
 * All three matrices start at zero: training begins at "the last value stays", the persistence forecast.
 * The division by 5 slows the linear path down, since at full speed it leaves the recurrent network nothing to learn.
 * x[B, T·D + future] holds the window and the future side by side.
 */
export function forecastNetwork(a: ForecastArchitecture): Layer {
  const recurrent: RecurrentLayer = CELLS[a.cell]({
    input: a.features,
    hidden: a.hidden,
    layers: a.layers,
    dropout: a.layers > 1 ? a.dropout : 0,
  });
  const output = a.horizon * a.outputs;
  const head = linear({ input: a.hidden, output, start: zeros });
  const own = linear({ input: a.context, output, bias: false, start: zeros });
  const future = a.future > 0 ? linear({ input: a.future, output, bias: false, start: zeros }) : undefined;
  return {
    config: { kind: 'forecast', ...a },
    parameters: {},
    children: { recurrent, head, own, ...(future && { future }) },
    forward(x, pass) {
      const B = x.shape[0];
      const window = a.context * a.features;
      const past = reshape(columns(x, 0, window), [B, a.context, a.features]);
      const { states } = recurrent.run(past, pass);
      let h: Tensor = states[a.layers - 1].h;
      if (pass.training && a.dropout > 0) h = dropout(h, a.dropout, pass.dropoutKey());
      const target = reshape(columns(past, 0, 1), [B, a.context]);
      const path = own.forward(subtract(target, columns(target, a.context - 1, a.context)), pass);
      let y = add(head.forward(h, pass), affine(path, OWN_PACE));
      if (future) y = add(y, future.forward(columns(x, window, window + a.future), pass));
      return reshape(y, [B, a.horizon, a.outputs]);
    },
  };
}
