import type { Mutant } from './mutants.ts';

const inFile =
  (file: string) =>
  (name: string, find: string, replace: string): Mutant => ({ name, file, find, replace });

const truncated = inFile('train/truncated.ts');
const loop = inFile('train/fit.ts');
const steps = inFile('train/steps.ts');
const average = inFile('train/average.ts');
const trace = inFile('inspect/gradient-through-time.ts');

/** Faults of training through time; see mutants.ts. */
export const TRAINING_MUTANTS: readonly Mutant[] = [
  truncated('truncation: one step short', 'Math.max(begin - (k2 - k1), 0)', 'Math.max(begin - (k2 - k1) + 1, 0)'),
  truncated('truncation: one step long', 'Math.max(begin - (k2 - k1), 0)', 'Math.max(begin - (k2 - k1) - 1, 0)'),
  truncated('truncation: k2 counted from the window’s start', '(k2 - k1), 0)', 'k2, 0)'),
  truncated('windows overlap by a step', 'const begin = w * k1;', 'const begin = w * Math.max(k1 - 1, 1);'),
  truncated('a window’s last step is left out', 'Math.min(begin + k1, ', 'Math.min(begin + k1 - 1, '),
  truncated('no state begins anew', 'if (window.fresh.includes(1)) resetRows(carry, window.fresh);', ''),
  truncated('every state begins anew', 'fresh[Math.floor(i / width)] ? 0 : v', '0'),
  truncated('states of the wrong rows begin anew', 'fresh[Math.floor(i / width)]', 'fresh[i % fresh.length]'),
  truncated('the carried state is one step ahead', '{ ...now, end: next.from,', '{ ...now, end: next.from + 1,'),
  truncated('the carried state is that of the window’s end', 'carry: new Map(carry) });', 'carry });'),
  truncated('steps read again count twice', 'part.from + t >= part.begin ? 1 : 0', '1'),
  truncated(
    'lengths of rows are ignored',
    '(w.lengths.some((length) => length < w.T) && { lengths: w.lengths })',
    '{}',
  ),
  steps('carried states are not restored', 'if (from > 0) unpackCarry(network.root, carried, reader.carry);', ''),
  steps('micro-batches are not scaled', 'pass, tape), share / total)', 'pass, tape))'),
  loop(
    'the update forgets that the norm is clipped',
    '      optimizer.step(learningRate, scale);',
    '      optimizer.step(learningRate);',
  ),
  inFile('train/clip.ts')('clipping stretches', 'norm / middle : 1', 'middle / norm : 1'),
  loop('gradients of the step before stay', '  network.zeroGradients();\n', ''),
  loop('dropout draws one mask for all steps', 'counter: step }', 'counter: 0 }'),
  loop('dropout draws one mask for all uses', 'String(uses++)', 'String(uses)'),
  loop(
    'the average lags a step',
    'optimizer.step(learningRate, scale);\n      average?.update();',
    'average?.update();\n      optimizer.step(learningRate, scale);',
  ),
  average('the average’s start is not corrected', '1 / (1 - pow(decay, updates))', '1'),
  average('the average’s start is corrected by a step too few', 'pow(decay, updates)', 'pow(decay, updates + 1)'),
  average('the average keeps the new instead of the old', 'slots, decay, 0)', 'slots, 1 - decay, 0)'),
  inFile('nn/losses.ts')('label smoothing spares the target', 'epsilon * (1 - 1 / K)', 'epsilon'),
  inFile('data/batches.ts')(
    'lengths are not sorted',
    'start + pool * batchSize)).sort((a, b) => lengths[a] - lengths[b])',
    'start + pool * batchSize))',
  ),
  trace('the gradient of the step before', 'from + (t + 1) * B * H', 'from + t * B * H'),
  trace('the factor per step forward', 'Math.exp(-slope)', 'Math.exp(slope)'),
];
