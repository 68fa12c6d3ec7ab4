/** A plausible fault: `find` stands exactly once in `file` (under `src`) and is replaced. */
export interface Mutant {
  name: string;
  file: string;
  find: string;
  replace: string;
  /** Part whose checks run first; default: by file. */
  part?: 'ops' | 'losses' | 'cells' | 'options' | 'networks' | 'layers';
}

const inFile =
  (file: string) =>
  (name: string, find: string, replace: string): Mutant => ({ name, file, find, replace });

const kernel = inFile('engine/reference-recurrent.ts');
const gradients = inFile('autograd/ops/recurrent/gradients.ts');
const gruNode = inFile('autograd/ops/recurrent/gru.ts');
const inputProducts = inFile('autograd/ops/recurrent/input-products.ts');
const segments = inFile('autograd/ops/recurrent/segments.ts');
const states = inFile('autograd/ops/recurrent/states.ts');
const stored = inFile('autograd/ops/recurrent/stored.ts');
const recurrentWeights = inFile('autograd/ops/recurrent/weights.ts');
const dilation = inFile('nn/cells/dilated.ts');
const stack = inFile('nn/layers/recurrent.ts');
const steps = inFile('nn/layers/unroll.ts');
const loss = inFile('nn/losses.ts');
const reference = inFile('engine/reference.ts');
const byRow = inFile('engine/reference-rows.ts');
const rule = inFile('engine/reference-elementwise.ts');

export const MUTANTS: readonly Mutant[] = [
  // Time loops: forward
  kernel('a row runs one step too long', 'return t < (p.lengths', 'return t <= (p.lengths'),
  kernel('lengths are ignored in the time loop', 'return t < (p.lengths', 'return p.T > 0 || t < (p.lengths'),
  kernel(
    'RNN: the state never advances',
    'p.w, j, h(t, b, 0), H);\n        const a = far',
    'p.w, j, h(0, b, 0), H);\n        const a = far',
  ),
  kernel(
    'RNN: relu where tanh was asked for',
    "p.activation === 'tanh' ? Math.tanh(a)",
    "p.activation !== 'tanh' ? Math.tanh(a)",
  ),
  kernel(
    'LSTM: i and f swapped',
    'const i = sigmoid(heap[gate(t, b, j)]);\n        const f = sigmoid(heap[gate(t, b, H + j)]);',
    'const f = sigmoid(heap[gate(t, b, j)]);\n        const i = sigmoid(heap[gate(t, b, H + j)]);',
  ),
  kernel(
    'LSTM: g and o swapped (ONNX order)',
    'heap[gate(t, b, 2 * H + j)]);\n        const o = sigmoid(heap[gate(t, b, 3 * H + j)]);',
    'heap[gate(t, b, 3 * H + j)]);\n        const o = sigmoid(heap[gate(t, b, 2 * H + j)]);',
  ),
  kernel('LSTM: candidate through a sigmoid', 'const g = Math.tanh(', 'const g = sigmoid('),
  kernel('LSTM: cell state not squashed', 'o * Math.tanh(cell)', 'o * cell'),
  kernel('LSTM: forget gate reads 1 − f', 'const cell = f * heap', 'const cell = (1 - f) * heap'),
  kernel('GRU: z keeps the candidate', '(1 - z) * n + z * heap[h(t, b, j)]', 'z * n + (1 - z) * heap[h(t, b, j)]'),
  kernel('GRU: r and z swapped (Keras order)', 'const [r, z, a] = [0, 1, 2]', 'const [r, z, a] = [1, 0, 2]'),
  kernel('GRU: recurrent bias of the candidate dropped', 'dot(heap, heap[p.bias + j], p.wn', 'dot(heap, 0, p.wn'),
  kernel(
    'GRU: reset forms exchanged in the product',
    "p.reset === 'after'\n            ? far(",
    "p.reset === 'before'\n            ? far(",
  ),
  kernel('GRU: no reset gate', "p.reset === 'after' ? a + r *", "p.reset === 'after' ? a + 1 *"),
  // Time loops: backward
  kernel('RNN: slope of tanh missing', '1 - y * y : y > 0', '1 : y > 0'),
  kernel(
    'RNN: ended rows still send gradients',
    'heap[dgate(t, b, j)] = on ? dy * (1 - stays) * slope : 0',
    'heap[dgate(t, b, j)] = dy * (1 - stays) * slope',
  ),
  kernel('leaky: old and new state exchange shares', '* fresh;', '* heap[h(t, b, j)];'),
  kernel('leaky: gradient passes whole through the leak', 'dy * (1 - stays) * slope', 'dy * slope'),
  kernel('leaky: no gradient along the leak', '+= dy * stays', '+= dy * 0'),
  kernel(
    'leaky: gradient of the share from the state after',
    'dy * (heap[h(t, b, j)] - y)',
    'dy * (heap[h(t + 1, b, j)] - y)',
  ),
  kernel(
    'LSTM: gradient of the cell not scaled by f',
    'heap[p.dcell + b * H + j] = dc * f',
    'heap[p.dcell + b * H + j] = dc',
  ),
  kernel('LSTM: slope of the squashed cell missing', 'dy * o * (1 - squashed * squashed)', 'dy * o'),
  kernel(
    'LSTM: forget gate’s gradient from c instead of c before',
    'dc * heap[c(t, b, j)] * f * (1 - f)',
    'dc * heap[c(t + 1, b, j)] * f * (1 - f)',
  ),
  kernel('LSTM: gradient through h only', 'const dc = stillThere(heap[p.dcell + b * H + j]) + dy', 'const dc = dy'),
  kernel(
    'LSTM: recurrent gradient from three gates',
    'p.w, j, dgate(t, b, 0), 4 * H)',
    'p.w, j, dgate(t, b, 0), 3 * H)',
  ),
  kernel('GRU: candidate’s recurrent gradient without r', 'heap[dkept(t, b, j)] = dn * r', 'heap[dkept(t, b, j)] = dn'),
  kernel(
    'GRU: carried gradient without z',
    'heap[dh(t, b, j)] + stillThere(heap[dh(t + 1, b, j)]) * z',
    'heap[dh(t, b, j)] + stillThere(heap[dh(t + 1, b, j)])',
  ),
  kernel(
    'GRU: gradient of z with n and h exchanged',
    '(heap[h(t, b, j)] - n) * z * (1 - z)',
    '(n - heap[h(t, b, j)]) * z * (1 - z)',
  ),
  kernel('GRU before: gradient through r⊙h forgets h', 'carried += dreset * r', 'carried += 0'),
  kernel(
    'GRU after: candidate’s gradient does not reach h',
    "if (p.reset === 'after') carried = dot",
    "if (p.reset === 'before') carried = dot",
  ),
  // Fused nodes
  stored(
    'gradient of h0 and c0 exchanged',
    'addTo(tape, initial[0], dhidden);\n      addToPast(at, tape.gradientOf(all));\n      if (cells) addTo(tape, initial[1], dcell);',
    'addTo(tape, initial[cells ? 1 : 0], dhidden);\n      if (cells) addTo(tape, initial[0], dcell);',
  ),
  stored('gradient of c0 forgotten', 'if (cells) addTo(tape, initial[1], dcell);', ''),
  states('gradient of h0 forgotten', 'axpy(d, gradient, initial.size, 1)', 'axpy(d, gradient, initial.size, 0)'),
  states(
    'gradient of first states overwritten',
    'axpy(d, gradient, initial.size, 1)',
    'copy(d, gradient, initial.size)',
  ),
  recurrentWeights(
    'recurrent matrix not transposed in backward',
    'const [rows, K] = transposed ?',
    'const [rows, K] = !transposed ?',
  ),
  recurrentWeights('recurrent matrix transposed in forward', 'rows, K, transposed);', 'rows, K, true);'),
  inputProducts(
    'recurrent bias dropped',
    "engine.binary('add', bias, weights.bIh.address, weights.bHh.address, both)",
    'engine.copy(bias, weights.bIh.address, both)',
  ),
  gruNode('GRU: recurrent bias of the candidate twice', "biased: reset === 'after' ? 2 : 3", 'biased: 3'),
  recurrentWeights(
    'weight gradient from h instead of h before',
    'gemmTn(dw, dgates, hidden, G, H, T * B)',
    'gemmTn(dw, dgates, hidden + B * H, G, H, T * B)',
  ),
  gruNode(
    'GRU after: recurrent gradients from the input side',
    'dcandidate, states, H, H, T * B);',
    'dgates + 2 * H, states, H, H, T * B, { lda: 3 * H });',
  ),
  gruNode(
    'GRU before: candidate’s weights against h instead of r⊙h',
    'dgates + 2 * H, candidate, H, H',
    'dgates + 2 * H, hidden, H, H',
  ),
  states('outputs one step late', 'tape.view(hidden, [T, B, H], B * H)', 'tape.view(hidden, [T, B, H], 0)'),
  states('last state ignores lengths', 'last: takeLast(hidden, lengths)', 'last: takeLast(hidden)'),
  stored('last cell ignores lengths', 'lastRows(cells, lengths, ends)', 'lastRows(cells, undefined, NONE)'),
  stored(
    'lengths never placed',
    'const ends = placeLengths(tape, lengths, B, T)',
    'const ends = placeLengths(tape, undefined, B, T)',
  ),
  states(
    'initial state ignored',
    'tape.engine.copy(all.address + before * B * H, initial.address, B * H)',
    'tape.engine.fill(all.address + before * B * H, B * H, 0)',
  ),
  gradients('gradient of x missing', 'if (dx !== NONE) engine.gemmNn', 'if (dx === NONE) engine.gemmNn'),
  gradients('input bias without a gradient', 'if (dbIh !== NONE) engine.reduce', 'if (dbIh === NONE) engine.reduce'),
  // Recomputation
  segments(
    'recomputed: cell state of a border never kept',
    'if (cellBorders !== NONE) engine.copy(',
    'if (cellBorders === 0) engine.copy(',
  ),
  segments(
    'recomputed: state of a border never kept',
    'if (hiddenBorders !== NONE) engine.copy(',
    'if (hiddenBorders === 0) engine.copy(',
  ),
  segments('recomputed: segments start at the first states', 'borders + k * n, n', 'borders, n'),
  {
    name: 'recomputed: lengths count from the start of the whole',
    file: 'autograd/ops/recurrent/windows.ts',
    find: 'Math.max(end - from, 0)',
    replace: 'Math.max(end, 0)',
  },
  segments('recomputed: inputs of the first segment everywhere', 'x.address + from * B * D, steps', 'x.address, steps'),
  gradients('recomputed: gradients of x at the first segment', 'gemmNn(dx + from * B * D,', 'gemmNn(dx,'),
  segments(
    'recomputed: gradient lost at borders',
    'engine.copy(carried, dhidden, n)',
    'engine.copy(carried, dhidden + n, n)',
  ),
  segments(
    'recomputed: gradient of the last state at the wrong step',
    'visit(b, (end * B + b) * H)',
    'visit(b, b * H)',
  ),
  segments('recomputed: rows of length 0 lost', 'end === 0 && k === 0', 'end === 0 && k < 0'),
  segments(
    'recomputed: gradient of the last cell forgotten',
    'engine.copy(dcell, dlastCell, n)',
    'engine.fill(dcell, n, 0)',
  ),
  // Skips through time
  kernel(
    'skip: reads one step too near',
    'near, p.skip?.w, j, h(t + 1 - (p.skip?.delay ?? 1), b, 0)',
    'near, p.skip?.w, j, h(t + 2 - (p.skip?.delay ?? 1), b, 0)',
  ),
  kernel('skip: gradient lost', 'w !== undefined; j++', 'w !== undefined && j < 0; j++'),
  states(
    'skip: states before the first ignored',
    'if (skip) tape.engine.toTimeMajor(all.address',
    'if (skip && delay < 0) tape.engine.toTimeMajor(all.address',
  ),
  states(
    'skip: gradient of the states before the first lost',
    'tape.engine.toBatchFirst(d, dall,',
    'tape.engine.toBatchFirst(dall, d,',
  ),
  states('skip: last states ignore lengths', 'return ((lengths?.[b] ?? T) + j) * B + b;', 'return (T + j) * B + b;'),
  recurrentWeights(
    'skip: weight gradient from the state before',
    'gemmTn(dsk, dgates, hidden - (delay - 1) * B * H',
    'gemmTn(dsk, dgates, hidden',
  ),
  gruNode(
    'GRU: skip’s weight gradient from the state before',
    'gradientOf(skip.weight), hidden - (delay - 1) * B * H]',
    'gradientOf(skip.weight), hidden]',
  ),
  gruNode(
    'GRU after: recurrent bias of n from the input side',
    'engine.reduce(db + 2 * H, dcandidate,',
    'engine.reduce(db + 2 * H, dgates,',
  ),
  // Dilated sequences
  dilation('phases end too late', '- Math.floor(row / B)) / d', ') / d'),
  dilation(
    'phases of a row begin in the wrong order',
    'concat([state[line], state[name]])',
    'concat([state[name], state[line]])',
  ),
  dilation(
    'last states taken from the wrong phase',
    '(lengths?.[b] ?? T) + j) % d',
    '(lengths?.[b] ?? T) + j + 1) % d',
  ),
  dilation('last states ignore lengths', '(((lengths?.[b] ?? T) + j)', '((T + j)'),
  // Cells from primitives
  {
    name: 'LSTM step: i and f exchanged',
    file: 'nn/cells/lstm.ts',
    find: 'multiply(f, state.c), multiply(i, g)',
    replace: 'multiply(i, state.c), multiply(f, g)',
  },
  {
    name: 'LSTM fused: h and c exchanged',
    file: 'nn/cells/lstm.ts',
    find: 'last: { h: last, c: lastCell,',
    replace: 'last: { h: lastCell, c: last,',
  },
  {
    name: 'GRU step: z exchanged',
    file: 'nn/cells/gru.ts',
    find: 'add(multiply(affine(z, -1, 1), n), multiply(z, state.h))',
    replace: 'add(multiply(z, n), multiply(affine(z, -1, 1), state.h))',
  },
  {
    name: 'GRU step: reset form exchanged',
    file: 'nn/cells/gru.ts',
    find: "reset === 'after' ? multiply(r, gateOf",
    replace: "reset === 'before' ? multiply(r, gateOf",
  },
  {
    name: 'GRU fused: reset form ignored',
    file: 'nn/cells/gru.ts',
    find: '\n          reset,\n          lengths,',
    replace: "\n          'after',\n          lengths,",
  },
  {
    name: 'RNN fused: activation ignored',
    file: 'nn/cells/rnn.ts',
    find: '\n            activation,\n            lengths,',
    replace: "\n            'tanh',\n            lengths,",
  },
  {
    name: 'RNN fused: lengths forgotten',
    file: 'nn/cells/rnn.ts',
    find: '\n            activation,\n            lengths,',
    replace: '\n            activation,\n            undefined,',
  },
  {
    name: 'gate order of LSTM as in ONNX',
    file: 'nn/cells/gates.ts',
    find: "pytorch: ['i', 'f', 'g', 'o']",
    replace: "pytorch: ['i', 'o', 'f', 'g']",
  },
  {
    name: 'gate order of GRU as in Keras',
    file: 'nn/cells/gates.ts',
    find: "pytorch: ['r', 'z', 'n']",
    replace: "pytorch: ['z', 'r', 'n']",
  },
  {
    name: 'start drawn from the input’s width',
    file: 'nn/cells/weights.ts',
    find: 'const bound = startBound(hidden)',
    replace: 'const bound = startBound(input)',
  },
  {
    name: 'biases exchanged',
    file: 'nn/cells/weights.ts',
    find: 'bIh: bias_ih.tensor, bHh: bias_hh.tensor',
    replace: 'bIh: bias_hh.tensor, bHh: bias_ih.tensor',
  },
  // Layers over time
  stack('padding of x not dropped', 'toTimeMajor(x, pass.lengths)', 'toTimeMajor(x)'),
  stack(
    'every cell reads x',
    'below = added.has(k) ? add(below, above) : above',
    'if (k === cells.length - 1) below = above',
  ),
  stack('every cell starts from the first cell’s state', 'initial?.[states.length] ??', 'initial?.[0] ??'),
  stack('initial states ignored', 'initial?.[states.length] ?? firstState', 'firstState'),
  stack('carry never written', 'pass.carry?.set(layer, states.map(copied));', ''),
  stack('carry never read', 'restore(x, pass), endsOnly)', 'undefined, endsOnly)'),
  steps('unrolled: ended rows go on', 'selectRunning(own, before[name], lengths, t)', 'own'),
  steps(
    'unrolled: running and ended rows exchanged',
    'selectRunning(own, before[name], lengths, t)',
    'selectRunning(before[name], own, lengths, t)',
  ),
  steps(
    'unrolled: outputs not zeroed past the end',
    'lengths ? toTimeMajor(toBatchFirst(outputs, lengths)) : outputs',
    'outputs',
  ),
  steps('unrolled: every step reads the first input', 't * B * D)', '0)'),
  // Losses
  loss('quantile: the same slope on both sides', 'quantiles.map((q) => 1 - q)', 'quantiles.map((q) => q)'),
  loss('huber: square not halved', 'affine(square(near), 0.5)', 'affine(square(near), 1)'),
  loss('gaussian: multiplied by the variance', 'exp(affine(logVariance, -1))', 'exp(logVariance)'),
  loss('binary cross-entropy: target forgotten', 'subtract(softplus(x), multiply(x, t))', 'softplus(x)'),
  loss('one step too many counts', '(row * T + lengths[row]) * width,', '(row * T + lengths[row] + 1) * width,'),
  loss('lengths ignored', 'if (lengths) {', 'if (lengths && shape.length < 2) {'),
  loss('averaged over the number of elements', 'share[i] /= total', 'share[i] /= weights.length'),
  loss('all weights zero divides by zero', 'if (total > 0) for', 'for'),
  loss('ignored classes are counted', 'else if (heeded[i] === -1) weights[i] = 0;', ''),
  loss('missing targets are read', 'if (weights[i] === 0) heeded[i] = 0;\n    else if (!', 'if (weights[i] !== 0 && !'),
  loss('weights not spread over the inner axes', 'const value = values[i];', 'const value = values[i % count];'),
  // Operations and tape
  {
    name: 'linear: bias without a gradient',
    file: 'autograd/ops/matmul.ts',
    find: 'if (db !== NONE) tape.engine.reduce',
    replace: 'if (db === NONE) tape.engine.reduce',
  },
  {
    name: 'columns: gradient in the wrong place',
    file: 'autograd/ops/shape.ts',
    find: 'tape.gradientOf(x) + from, D',
    replace: 'tape.gradientOf(x), D',
  },
  {
    name: 'columns: gradient overwritten',
    file: 'autograd/ops/shape.ts',
    find: 'tape.gradientOf(y), width, rows, width, true',
    replace: 'tape.gradientOf(y), width, rows, width, false',
  },
  {
    name: 'selectRunning: gradients exchanged',
    file: 'autograd/ops/sequence.ts',
    find: 'tape.gradientOf(next), tape.gradientOf(ended)',
    replace: 'tape.gradientOf(ended), tape.gradientOf(next)',
  },
  {
    name: 'view: gradient at the start of its base',
    file: 'autograd/tape.ts',
    find: 'this.#gradientOf(whole, offset + start, offset + end) + offset',
    replace: 'this.#gradientOf(whole, offset + start, offset + end)',
  },
  {
    name: 'gradients start with what lay in memory',
    file: 'autograd/tape.ts',
    find: 'this.engine.fill(address + end, tensor.size - end, 0);',
    replace: 'this.engine.fill(address + end, tensor.size - end, 1);',
  },
  {
    name: 'all parameters drawn from one stream',
    file: 'nn/network.ts',
    find: 'random.fork(name)',
    replace: "random.fork('')",
  },
  { name: 'seed ignored', file: 'nn/network.ts', find: 'options.seed ?? 0', replace: '0' },
  {
    name: 'gradients not zeroed',
    file: 'nn/network.ts',
    find: 'engine.fill(gradients, slots, 0)',
    replace: 'engine.fill(gradients, 0, 0)',
  },
  // The reference engine
  reference(
    'gemmNn reads the right factor transposed',
    'this.#heap[a + m * lda + k] * this.#heap[w + k * ldw + n]);',
    'this.#heap[a + m * lda + k] * this.#heap[w + n * ldw + k]);',
  ),
  reference(
    'scatter overwrites repeated rows',
    'this.axpy(dtable + this.#heap[indices + r] * D, dy + r * D, D, 1)',
    'this.copy(dtable + this.#heap[indices + r] * D, dy + r * D, D)',
  ),
  reference(
    'takeLast off by one',
    'this.copy(y + b * H, states + (this.#length(lengths, b, T) * B + b) * H, H)',
    'this.copy(y + b * H, states + (Math.max(this.#length(lengths, b, T) - 1, 0) * B + b) * H, H)',
  ),
  reference(
    'takeLast: gradient at T for every row',
    'this.axpy(dstates + (this.#length(lengths, b, T) * B + b) * H',
    'this.axpy(dstates + (T * B + b) * H',
  ),
  byRow(
    'layer norm: mean of the gradient not taken away',
    'heap[rstd + r] * (scaled[d] - m1 - normal[d] * m2)',
    'heap[rstd + r] * (scaled[d] - normal[d] * m2)',
  ),
  byRow('softmax: gradient without its mean', 'p[k] * (g[k] - dot)', 'p[k] * g[k]'),
  byRow('cross-entropy: target not subtracted', '(k === target ? 1 : 0)', '0'),
  reference(
    'dropout: kept elements not scaled',
    'this.#heap[x + i] / (1 - p) : 0',
    'this.#heap[x + i] * (accumulate ? 1 : 1 / (1 - p)) : 0',
  ),
  rule(
    'sigmoid: slope of tanh',
    'sigmoid: { value: sigmoid, slope: (_, y) => y * (1 - y) }',
    'sigmoid: { value: sigmoid, slope: (_, y) => 1 - y * y }',
  ),
  rule('divide: sign of the right slope', '-a / (b * b)', 'a / (b * b)'),
  rule(
    'maximum: gradients exchanged',
    'slopeA: (a, b) => (a >= b ? 1 : 0), slopeB: (a, b) => (a >= b ? 0 : 1)',
    'slopeA: (a, b) => (a >= b ? 0 : 1), slopeB: (a, b) => (a >= b ? 1 : 0)',
  ),
];
