import { gru, lstm, type RecurrentLayer, rnn } from '../../nn/index.ts';
import type { ComposeSettings } from './options.ts';

/** What the recurrent layers of a network are built from. */
export interface StackShape extends Pick<ComposeSettings, 'cell' | 'hidden' | 'layers' | 'dropout' | 'weightDrop'> {
  input: number;
  bidirectional?: boolean;
}

/** Recurrent layers. An LSTM begins with open forget gates: music comes back after many steps. */
export function stackOf({
  cell,
  input,
  hidden,
  layers,
  dropout,
  weightDrop,
  bidirectional = false,
}: StackShape): RecurrentLayer {
  const common = { input, hidden, layers, dropout: layers > 1 ? dropout : 0, bidirectional, weightDrop };
  if (cell === 'lstm') return lstm({ ...common, forgetBias: 1 });
  return cell === 'gru' ? gru(common) : rnn(common);
}
