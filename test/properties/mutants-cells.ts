import type { Mutant } from './mutants.ts';

const inFile =
  (file: string) =>
  (name: string, find: string, replace: string): Mutant => ({ name, file, find, replace });

const lstm = inFile('nn/cells/lstm.ts');
const gru = inFile('nn/cells/gru.ts');
const rnn = inFile('nn/cells/rnn.ts');
const leaky = inFile('nn/cells/leaky.ts');
const delay = inFile('nn/cells/delay.ts');
const noise = inFile('nn/cells/noise.ts');
const shared = inFile('nn/cells/recurrence.ts');
const weights = inFile('nn/cells/weights.ts');
const gates = inFile('nn/cells/gates.ts');
const contract = inFile('nn/cells/cell.ts');
const start = inFile('nn/cells/start.ts');
const init = inFile('nn/init.ts');
const orthogonal = inFile('nn/orthogonal.ts');

/** Plausible faults of the cells' options and starts. */
export const CELL_MUTANTS: readonly Mutant[] = [
  // LSTM
  lstm('peephole: f reads the new cell', "gate('f', state.c)", "gate('f', state.h)"),
  lstm('peephole: o reads the old cell', "const o = gate('o', c)", "const o = gate('o', state.c)"),
  lstm('peephole: left out', 'multiply(c, peepholeOf(', 'multiply(affine(c, 0), peepholeOf('),
  lstm('coupled: i = f', 'coupled ? affine(f, -1, 1)', 'coupled ? affine(f, 1)'),
  lstm(
    'layer norm: the cell is not normed',
    'tanh(norm ? layerNorm(c, norm.gain_c.tensor, norm.bias_c.tensor) : c)',
    'tanh(c)',
  ),
  lstm('layer norm: gains exchanged', 'layerNorm(recurrent, norm.gain_hh', 'layerNorm(recurrent, norm.gain_ih'),
  lstm('layer norm: shifts exchanged', 'norm.gain_ih.tensor, bIh)', 'norm.gain_ih.tensor, bHh)'),
  lstm(
    'layer norm: skip left out',
    'delayed && parameters.weight_sk ? add(product',
    '!delayed && parameters.weight_sk ? add(product',
  ),
  lstm(
    'cell clip: one side only',
    'maximum(minimum(c, bounds(cellClip)), bounds(-cellClip))',
    'minimum(c, bounds(cellClip))',
  ),
  lstm(
    'cell clip: after the output',
    'const c = clipped(add(multiply(f, state.c), multiply(i, g)))',
    'const c = add(multiply(f, state.c), clipped(multiply(i, g)))',
  ),
  lstm(
    'projection: weights of another start',
    'new Parameter([projection, hidden], start)',
    'new Parameter([projection, hidden], zeros)',
  ),
  lstm('projection: left out of the state’s width', 'const output = projection ?? hidden', 'const output = hidden'),
  lstm('zoneout of c forgotten', 'c: zoned(c, state.c, zoneCell,', 'c: zoned(c, state.c, 0,'),
  lstm('zoneout of c with the rate of h', 'zoned(c, state.c, zoneCell,', 'zoned(c, state.c, zoneHidden,'),
  lstm(
    'recurrent dropout forgotten',
    "droppedAt(tanh(gateOf(kind, 'g', gates)), candidate, noise",
    "droppedAt(tanh(gateOf(kind, 'g', gates)), candidate, undefined",
  ),
  lstm('fused though the cell is clipped', 'cellClip === undefined && {', 'true && {'),
  lstm('fused though gates are coupled', '!coupled &&\n', ''),
  lstm('forget bias raises i', "gateIndex(coupled ? 'lstmCoupled' : 'lstm', 'f') * hidden", '0'),
  lstm('forget bias replaces the draw', 'values[j] += forgetBias', 'values[j] = forgetBias'),
  lstm('options not written down', 'givenOptions(options, [...OWN_OPTIONS,', 'givenOptions(options, ['),
  // GRU, RNN and leaky units
  gru('skip: reset gate before does not reach it', 'linear(multiply(r, delayed),', 'linear(delayed,'),
  gru(
    'reset before: skip left out of the candidate',
    'if (!delayed || !parameters.weight_sk) return recurrent;',
    'if (r) return recurrent;',
  ),
  gru('recurrent dropout forgotten', 'candidate, noise, t)', 'candidate, undefined, t)'),
  gru('a skip before the reset sent to the fused sequence', "steady && reset === 'after'", 'steady'),
  rnn('options ignored by the fused sequence', '...(steady &&', '...('),
  rnn('activation ignored', "activationOf('rnn', activation)", "activationOf('rnn', 'tanh')"),
  leaky(
    'shares of old and new exchanged',
    'add(affine(before, alpha), affine(news, 1 - alpha))',
    'add(affine(before, 1 - alpha), affine(news, alpha))',
  ),
  leaky('α per unit: news not weighted', 'multiply(news, affine(share, -1, 1))', 'news'),
  leaky('learned α not squashed', 'if (leak) return sigmoid(leak.tensor)', 'if (leak) return leak.tensor'),
  leaky('every learned α starts alike', 'random.uniformIn(0.05, 0.95)', '0.5'),
  // Delays
  delay(
    'line: newest in front',
    'concat([columns(past, width, past.shape[1]), newest])',
    'concat([newest, columns(past, width, past.shape[1])])',
  ),
  delay(
    'line: the newest state is read',
    'columns(past, 0, width);',
    'columns(past, past.shape[1] - width, past.shape[1]);',
  ),
  delay(
    'dilation: lines keep what was just computed',
    'pushed(state[line], state[name])',
    'pushed(state[line], next[name])',
  ),
  delay('dilation: lines one step too long', '(d - 1) * width', 'd * width'),
  delay('dilation not written down', '{ ...cell.options, dilation: d }', '{ ...cell.options }'),
  shared('skip: line keeps the new state', 'pushed(before.past, before.h)', 'pushed(before.past, h)'),
  shared('skip reads the state of one step before', 'oldest(state.past, output)', 'state.h'),
  shared('skip: one step further', '(skip - 1) * output', 'skip * output'),
  weights('skip: its weights unused', 'add(fromHidden, linear(delayed, parameters.weight_sk.tensor))', 'fromHidden'),
  // Noise
  shared(
    'variational: mask of h left out of the skip',
    "masked(oldest(state.past, output), noise, 'h')",
    'oldest(state.past, output)',
  ),
  shared('variational: mask of x forgotten', "masked(x, noise, 'x')", 'x'),
  shared('zoneout of h forgotten', "zoned(next.h, before.h, zoneout, noise, 'zoneout', t)", 'next.h'),
  noise(
    'zoneout: kept and renewed exchanged',
    'add(multiply(affine(renewed, -1, 1), before), multiply(renewed, next))',
    'add(multiply(affine(renewed, -1, 1), next), multiply(renewed, before))',
  ),
  noise(
    'zoneout: expected shares exchanged',
    'add(affine(before, p), affine(next, 1 - p))',
    'add(affine(before, 1 - p), affine(next, p))',
  ),
  noise('zoneout: renewed units scaled', 'filled(next.tape, next.shape, 1 - p)', 'filled(next.tape, next.shape, 1)'),
  noise(
    'zoneout off outside training',
    'if (!key) return add(affine(before, p), affine(next, 1 - p));',
    'if (!key) return next;',
  ),
  noise(
    'one key for all masks',
    'const key = pass.dropoutKey();\n',
    'const key = { key0: 7, key1: 11, counter: 3 };\n',
  ),
  noise(
    'variational: mask not scaled',
    'dropout(filled(tape, [B, width], 1), p, key)',
    'dropout(filled(tape, [B, width], 1 - p), p, key)',
  ),
  contract(
    'masks by step all alike',
    'threefry2x32(key.key0, key.key1, t, STEPS)',
    'threefry2x32(key.key0, key.key1, 0, STEPS)',
  ),
  // Starts
  gates('peepholes in ONNX order', "recurve: ['i', 'f', 'o']", "recurve: ['i', 'o', 'f']"),
  gates(
    'coupled gates in ONNX order',
    "lstmCoupled: { pytorch: ['f', 'g', 'o']",
    "lstmCoupled: { pytorch: ['o', 'f', 'g']",
  ),
  start('chrono: i remembers too', 'sign * kept[j]', 'kept[j]'),
  start(
    'chrono: both biases',
    'ih: chronoGates(memory, chrono(start.chrono)), hh: zeros',
    'ih: chronoGates(memory, chrono(start.chrono)), hh: chronoGates(memory, chrono(start.chrono))',
  ),
  start(
    'matrices drawn over all gates at once',
    'return blocks(gates, PLAIN[start](bound))',
    'return PLAIN[start](bound)',
  ),
  init('identity off the diagonal', 'values[i * columns + i] = scale', 'values[i * rows + i] = scale'),
  init(
    'chrono without the logarithm',
    'values[i] = log(random.uniformIn(1, longest - 1))',
    'values[i] = random.uniformIn(1, longest - 1)',
  ),
  orthogonal('a rotation that stretches', 'block[b + j] = s * u + c * v', 'block[b + j] = s * u - c * v'),
  orthogonal('gain forgotten in one row', 'i === 0 ? sign : gain', 'i === 0 ? Math.sign(sign) : gain'),
];
