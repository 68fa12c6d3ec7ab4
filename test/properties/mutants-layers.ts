import type { Mutant } from './mutants.ts';

const inFile =
  (file: string) =>
  (name: string, find: string, replace: string): Mutant => ({ name, file, find, replace, part: 'layers' });

const stack = inFile('nn/layers/recurrent.ts');
const merge = inFile('nn/layers/merge.ts');
const unroll = inFile('nn/layers/unroll.ts');
const last = inFile('nn/layers/last.ts');
const pool = inFile('nn/layers/pool.ts');
const steps = inFile('nn/layers/time-distributed.ts');
const attention = inFile('nn/attention.ts');
const bridge = inFile('nn/bridge.ts');
const translator = inFile('nn/encoder-decoder.ts');
const sequence = inFile('autograd/ops/sequence.ts');
const batched = inFile('autograd/ops/batched.ts');

/** Faults in structures of layers, attention, and encoder and decoder. */
export const LAYER_MUTANTS: readonly Mutant[] = [
  // Directions
  stack(
    'backward direction reads forwards',
    'const read = reversed ? reverseSequence(input, pass.lengths) : input;',
    'const read = input;',
  ),
  stack(
    'backward outputs stay turned round',
    'return reversed ? reverseSequence(outputs, pass.lengths) : outputs;',
    'return outputs;',
  ),
  stack('padded flip of what is read', 'reverseSequence(input, pass.lengths)', 'reverseSequence(input)'),
  stack('padded flip of outputs', 'reverseSequence(outputs, pass.lengths)', 'reverseSequence(outputs)'),
  stack('backward shares forward’s weights', 'direction(backward[k],', 'direction(cell,'),
  stack(
    'the state returned is that of the first layer',
    'states.slice(-layers[top].length)',
    'states.slice(0, layers[top].length)',
  ),
  stack(
    'the state returned is that of one direction',
    'apart(mergeDirections(merge, ends))',
    'apart(mergeDirections(merge, [ends[0], ends[0]]))',
  ),
  stack(
    'residual adds the layer’s output twice',
    'added.has(k) ? add(below, above) : above',
    'added.has(k) ? add(above, above) : above',
  ),
  stack(
    'residual in every layer',
    'added.has(k) ? add(below, above) : above',
    'added.size > 0 && k > 0 ? add(below, above) : above',
  ),
  stack('learned start ignored', 'if (!start) return zeroState', 'if (B > 0) return zeroState'),
  stack('the last step ignores lengths', 'lastStep(outputs, pass.lengths)', 'lastStep(outputs, undefined)'),
  stack('one dropout for all borders', 'rates[k - 1] : 0', 'rates[0] : 0'),
  stack(
    'rows that begin anew keep the carried state',
    'selectRunning(learned[name], carried, pass.fresh, 0)',
    'carried',
  ),
  stack(
    'none merges nothing apart',
    "backward && merge === 'none' ? reshape",
    "backward && merge === 'concat' ? reshape",
  ),
  merge('mean not halved', 'affine(add(forward, backward), 0.5)', 'affine(add(forward, backward), 1)'),
  merge(
    'directions exchanged side by side',
    'concat: (forward, backward) => concat([forward, backward])',
    'concat: (forward, backward) => concat([backward, forward])',
  ),
  merge('product adds', 'product: multiply', 'product: add'),
  unroll(
    'gradients of delay lines add up in another order without lengths',
    'lengths || !seen.has(tensor) ? tensor : concat([tensor])',
    'tensor',
  ),
  sequence('reversing ignores lengths', 'const end = lengths?.[b] ?? T;', 'const end = T;'),
  sequence('reversing off by one', 'end - 1 - t', 'Math.max(end - 2 - t, 0)'),
  sequence(
    'gradient of a reversed sequence not turned back',
    'scatterAddRows(tape.gradientOf(x), tape.gradientOf(y), rows, T * B, D)',
    'axpy(tape.gradientOf(x), tape.gradientOf(y), T * B * D, 1)',
  ),
  // Steps
  last('the last step is that of the batch', 'Math.max((lengths?.[b] ?? T) - 1, 0)', '(T - 1)'),
  pool('mean over the batch’s steps', '1 / Math.max(lengths?.[b] ?? T, 1)', '1 / T'),
  pool('max reads the padding', 't < Math.max(lengths?.[b] ?? T, 1)', 't < T'),
  pool('max is a minimum', 'value <= largest[d]', 'value >= largest[d]'),
  steps(
    'padding reaches the layer',
    'toTimeMajor(reshape(x, [B, T, sizeOf(rest)]), lengths)',
    'toTimeMajor(reshape(x, [B, T, sizeOf(rest)]))',
  ),
  // Attention
  attention('lengths ignored', 'if (!lengths) return', 'if (S > 0) return'),
  attention('one step too many is looked at', '(i % S < lengths[', '(i % S <= lengths['),
  attention(
    'an empty source gets weights',
    'multiply(softmax(add(scores, mask.penalty)), mask.valid)',
    'softmax(add(scores, mask.penalty))',
  ),
  attention('weights within a row do not add up to 1', 'softmax(add(scores, mask.penalty))', 'softmax(scores)'),
  attention('padding of the source is read', 'toBatchFirst(toTimeMajor(encoded, lengths), lengths)', 'encoded'),
  attention('context made of keys', 'batchedMatmul(weights, values)', 'batchedMatmul(weights, projected)'),
  attention('additive without tanh', 'tanh(add(asked', '(add(asked'),
  batched(
    'every row multiplied with the first',
    'a.address + i * M * K, b.address + i * K * N, M, N, K',
    'a.address + i * M * K, b.address, M, N, K',
  ),
  batched('gradients of all rows in the first', 'gemmTn(db + i * K * N', 'gemmTn(db'),
  batched(
    'transposed: factors’ gradients exchanged',
    'gemmTn(db + i * N * K, dcRow, a.address + i * M * K, N, K, M)',
    'gemmTn(db + i * N * K, dcRow, a.address, N, K, M)',
  ),
  // Encoder and decoder
  bridge('h not squashed', "map && name === 'h' ? tanh(y) : y", 'y'),
  bridge('every layer starts from the first', 'from: from * directions', 'from: 0'),
  bridge('c starts from h', "stateNames.includes(name)) ? name : 'h'", "stateNames.includes(name)) ? 'h' : 'h'"),
  translator('the target is shown before it is asked for', 'values[i - 1]', 'values[i]'),
  translator('padding of the target is read', 't >= (lengths?.[Math.floor(i / T)] ?? T)', 't >= T'),
  translator(
    'taught and own symbols exchanged',
    'taught[t * B + b] ? given.values[b * T + t] : own[b]',
    'taught[t * B + b] ? own[b] : given.values[b * T + t]',
  ),
  translator('the decoder’s state never advances', 'state = step.state;', ''),
  translator('the first layer’s state asks', 'states[states.length - 1].h', 'states[0].h'),
  translator('sampling draws per batch, not per step', 'taught[t * B + b]', 'taught[b * T + t]'),
  translator('a beam keeps the memory of other rows', 'values: pick(memory.values)', 'values: memory.values'),
  translator(
    'the least probable symbol is read',
    'values[row * K + k] > values[row * K + best]',
    'values[row * K + k] < values[row * K + best]',
  ),
];
