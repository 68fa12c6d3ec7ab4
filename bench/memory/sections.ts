import type { MemoryResults } from './index.ts';
import type { Outcome } from './learn.ts';

/** What the page says about a problem. */
export interface Section {
  name: string;
  title: string;
  says: string;
  /** Figures: name in the results, heading, and digits (negative: so many decimals). */
  columns: readonly (readonly [key: string, title: string, digits: number])[];
  /** Where a table holds several problems: what trainings without a name of theirs are of, and which one the picture shows if another. */
  problems?: string;
  picture?: string;
  /** What came of it, next to what is published. */
  verdict(results: MemoryResults): string;
}

const solved = (runs: readonly Outcome[]): string =>
  runs
    .map(({ label, sequences, stopped }) =>
      stopped === 'target'
        ? `${label} after ${sequences.toLocaleString('en')}`
        : `${label} not within ${sequences.toLocaleString('en')}`,
    )
    .join('; ');

export const SECTIONS: readonly Section[] = [
  {
    name: 'adding',
    title: 'Adding, T = 600',
    says: 'Each step has a number in [0, 1) and a mark; wanted is the sum of the two marked numbers, one in each half. Guessing 1 has a mean squared error of 0.1667 (1/6). Hochreiter & Schmidhuber 1997, in the form of Arjovsky et al. 2016. To reach: 1e-3 with LSTM and GRU.',
    columns: [['mse', 'test MSE', 3]],
    problems: 'T = 600',
    verdict(results) {
      const mse = (label: string, problem?: string): number =>
        results.runs.find((run) => run.label === label && run.problem === problem)?.figures.mse ?? Number.NaN;
      const relu = mse('RNN 32, relu, identity start');
      const tanh = mse('RNN 64, tanh');
      const gated = [mse('GRU 32, chrono start'), mse('LSTM 32, chrono start')];
      return [
        `GRU and LSTM with a chrono start (Tallec & Ollivier 2018) reach ${gated.map((one) => one.toExponential(1)).join(' and ')}: ${gated.every((one) => one <= 1e-3) ? 'both below 1e-3' : 'not both below 1e-3'}.`,
        `The tanh RNN stays at the guess (${tanh.toFixed(3)}); the relu RNN with identity start (Le et al. 2015) ends at ${relu.toPrecision(2)}${relu < 0.8 * tanh ? ', far better' : ', no better within the time given'}. At T = 100 they end at ${mse('RNN 64, tanh', 'T = 100').toPrecision(2)} and ${mse('RNN 64, relu, identity start', 'T = 100').toPrecision(2)}. Without a chrono start the GRU also learns, the LSTM does not within the time given.`,
        'Published (Bai et al. 2018, T = 600, 70,000 weights): LSTM 0.164, GRU 5.3e-5, RNN 0.177.',
      ].join(' ');
    },
  },
  {
    name: 'copy',
    title: 'Copy memory, T = 200',
    says: 'Ten symbols of eight kinds, 200 steps of waiting, then the ten back. Without a memory the loss per step is 10 ln 8 / 220 = 0.0945. To reach: a tenth of it.',
    columns: [
      ['loss', 'test loss', 3],
      ['timesBetter', 'memoryless / loss', 3],
    ],
    verdict(results) {
      const best = results.runs.reduce((a, b) => (a.figures.loss < b.figures.loss ? a : b));
      const plain = results.runs.find(({ label }) => label === 'LSTM 64') ?? best;
      return `Best: ${best.label}, ${best.figures.timesBetter.toFixed(0)} times below the memoryless loss; the plain LSTM ends at ${plain.figures.loss.toFixed(4)}, the memoryless loss. A skip connection is told how far to look; a chrono start only about how long to remember. Published for T = 1000 (Bai et al. 2018): LSTM 0.0204, GRU 0.0197, both at the memoryless 0.0204.`;
    },
  },
  {
    name: 'order',
    title: 'Temporal order, 100 to 110 steps',
    says: 'Two X or Y among distractors, far apart; the class says which came in which order. A sequence is right when all four probabilities are within 0.3 of 0 or 1. Hochreiter & Schmidhuber 1997, experiment 6a. Training stops when 2,000 sequences are right.',
    columns: [['right', 'right of 2,560 tested, %', -2]],
    verdict: ({ runs }) =>
      `Sequences until solved: ${solved(runs)}. Published: LSTM 31,390 sequences, one at a time with plain gradient descent; that LSTM had no forget gate. One that starts at a half forgets within a few steps, which is what the chrono start changes.`,
  },
  {
    name: 'reber',
    title: 'Embedded Reber grammar',
    says: 'Say after each letter which may follow; the last but one repeats the second. A string is right when at each step every legal letter is above every other. Hochreiter & Schmidhuber 1997, experiment 1. Training stops when 4,000 strings are right.',
    columns: [['right', 'right of 2,000 tested, %', -2]],
    verdict: ({ runs }) =>
      `Strings until solved: ${solved(runs)}. Published: LSTM 8,440 to 39,740 strings (97 to 100 % of the runs), Elman networks never.`,
  },
  {
    name: 'rows',
    title: 'MNIST row by row',
    says: '28 steps of 28 pixels, 55,000 digits to learn from, 5,000 to choose the weights by, all 10,000 of the test set to test with. To reach: 98.5 %.',
    columns: [['accuracy', 'test accuracy, %', -2]],
    verdict: ({ runs: [run] }) =>
      `${run.figures.accuracy.toFixed(2)} % after ${(run.sequences / 55_000).toFixed(0)} passes.`,
  },
  {
    name: 'pixels',
    title: 'MNIST pixel by pixel',
    says: '784 steps of one pixel. A subset in time, not in kind: as many of the 59,500 training digits as fit into the limit, tested on the first 2,000 of the test set.',
    columns: [['accuracy', 'test accuracy, %', -2]],
    verdict({ runs: [run] }) {
      const gap = (published: number): string =>
        `${Math.abs(run.figures.accuracy - published).toFixed(1)} points ${run.figures.accuracy < published ? 'below' : 'above'} its`;
      return `${run.figures.accuracy.toFixed(1)} % after ${(run.sequences / 59_500).toFixed(1)} passes over the digits. Bai et al. 2018 after many passes, 70,000 weights: LSTM 87.2, GRU 96.2, RNN 21.5: ${gap(87.2)} LSTM, ${gap(96.2)} GRU.`;
    },
  },
  {
    name: 'leaky',
    title: 'Leaky units and skip connections against the RNN',
    says: 'The same short problems for Elman’s RNN, leaky units and skip connections through time, all with tanh and 32 units, and with the same steps. The skip is about as long as what must be remembered.',
    columns: [
      ['loss', 'loss', 3],
      ['right', 'right, %', -1],
      ['mse', 'MSE', 3],
      ['timesBetter', 'memoryless / loss', 3],
    ],
    problems: 'temporal order, 50 steps, skip 20',
    verdict: whenEachHelps,
  },
];

/** The lowest losses, networks down and problems across, the best of each problem in bold. */
function whenEachHelps({ runs }: MemoryResults): string {
  const problems = [...new Set(runs.map(({ problem = '' }) => problem))];
  const labels = [...new Set(runs.map(({ label }) => label))];
  const lowest = (label: string, problem: string): number => {
    const run = runs.find((one) => one.label === label && one.problem === problem);
    return Math.min(...(run?.curve.map(({ validation }) => validation) ?? []));
  };
  const row = (label: string): string[] => [
    label,
    ...problems.map((problem) => {
      const loss = lowest(label, problem);
      const best = Math.min(...labels.map((other) => lowest(other, problem)));
      return loss === best ? `**${loss.toPrecision(2)}**` : loss.toPrecision(2);
    }),
  ];
  const lines = [['lowest loss', ...problems], ['', ...problems].map(() => '---'), ...labels.map(row)];
  const matrix = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${matrix}\n\nA leaky unit keeps what it has by itself: it helps where something must last (temporal order) and, with α learned, so that some units keep and others do not, where it must also be summed (adding). A fixed α of 0.9 blurs, which hurts where each step counts (Reber). A skip helps where the distance is known, and then by far most (copy). Where the RNN reaches as far as needed (Reber), it needs neither.`;
}
