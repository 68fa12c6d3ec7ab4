import { RecurveError } from '../errors.ts';
import { expectChoice, expectOptions, kindOf, type OptionNames } from '../options.ts';
import type { EncoderDecoderOptions } from './encoder-decoder.ts';

const OPTIONS: OptionNames<EncoderDecoderOptions> = {
  source: true,
  encoder: true,
  target: true,
  decoder: true,
  attention: true,
  attend: true,
  start: 'number',
};

/** Refuses parts that do not fit together, each with its reason. */
export function checkEncoderDecoder(options: EncoderDecoderOptions): void {
  expectOptions('encoderDecoder', options, OPTIONS);
  const { encoder, target, decoder, attention, attend, start } = options;
  if (attend !== undefined) expectChoice('encoderDecoder', 'attend', attend, ['after', 'before']);
  const refuse = (expected: string, got: string, next: string): never => {
    throw new RecurveError('usage', `encoderDecoder: expected ${expected}, got ${got}; ${next}`);
  };
  for (const [name, layer] of Object.entries({ encoder, decoder })) {
    if (!Array.isArray(layer?.cells)) {
      refuse(`${name} to be a recurrent layer`, kindOf(layer), 'make one with gru, lstm, rnn, leaky or recurrent');
    }
  }
  if (typeof target?.look !== 'function')
    refuse('target to be an embedding', kindOf(target), 'make one with embedding');
  if (decoder.wholeSequence) {
    refuse(
      'a decoder that reads forwards',
      'one that needs the whole sequence',
      'it writes one symbol after the other',
    );
  }
  if (decoder.config.initial === 'learned') {
    refuse('a decoder that starts from the encoder', "one with initial: 'learned'", 'leave initial out');
  }
  if (attend && !attention) refuse('attention with attend', 'none', 'give attention or leave attend out');
  if (attention && encoder.config.merge === 'none') {
    refuse('an encoder with one output per step for attention', "merge: 'none'", 'use concat');
  }
  const width = target.width + (attention && attend === 'before' ? attention.keys : 0);
  if (decoder.cells[0].input !== width) {
    refuse(
      `a decoder of input ${width}`,
      `${decoder.cells[0].input}`,
      'it reads a symbol’s vector and, with attend: before, the context',
    );
  }
  if (attention && attention.keys !== encoder.width) {
    refuse(`attention with keys: ${encoder.width}`, `${attention.keys}`, 'keys are as wide as the encoder’s outputs');
  }
  if (attention && attention.query !== decoder.width) {
    refuse(
      `attention with query: ${decoder.width}`,
      `${attention.query}`,
      'queries are as wide as the decoder’s outputs',
    );
  }
  if (!(Number.isInteger(start) && start >= 0 && start < target.vocabulary)) {
    refuse(`start from 0 to ${target.vocabulary - 1}`, `${start}`, 'it is a symbol of the target’s vocabulary');
  }
}
