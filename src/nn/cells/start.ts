import { RecurveError } from '../../errors.ts';
import {
  blocks,
  chrono,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initialiser,
  identity,
  normal,
  uniform,
  zeros,
} from '../init.ts';
import { orthogonal } from '../orthogonal.ts';

/**
 * First values of a matrix, drawn for each gate's block of rows by itself. `uniform`: U(−1/√H, 1/√H), PyTorch's; the others as the
 * initialisers of the same name. `{ identity: 1 }`, `{ normal: 0.001 }`, `{ orthogonal: 1.1 }`, `{ uniform: 0.1 }` set the scale, the
 * deviation, the gain and the bound.
 */
export type MatrixStart =
  | 'uniform'
  | 'glorotUniform'
  | 'glorotNormal'
  | 'heUniform'
  | 'heNormal'
  | 'orthogonal'
  | 'identity'
  | 'zeros'
  | { identity: number }
  | { normal: number }
  | { orthogonal: number }
  | { uniform: number };

/** Which first values a cell draws; each part by default as PyTorch's `nn.RNNBase`: U(−1/√H, 1/√H). */
export interface CellStart {
  /** Of `weight_ih`. Keras: `glorotUniform`. */
  input?: MatrixStart;
  /**
   * Of `weight_hh` and `weight_sk`. Keras: `orthogonal`, which keeps the norm of states and gradients (Saxe et al. 2014);
   * `identity` with relu is the IRNN of Le et al. 2015.
   */
  recurrent?: MatrixStart;
  /**
   * Of `bias_ih` and `bias_hh`. `{ chrono: T }`, LSTM and GRU only: gates start with memories of 1 to T steps (Tallec & Ollivier
   * 2018); choose T near the longest dependency.
   */
  bias?: 'uniform' | 'zeros' | { chrono: number };
}

type Scaled = 'identity' | 'normal' | 'orthogonal' | 'uniform';

const PLAIN: Record<Extract<MatrixStart, string>, (bound: number) => Initialiser> = {
  uniform: (bound) => uniform(bound),
  glorotUniform: () => glorotUniform,
  glorotNormal: () => glorotNormal,
  heUniform: () => heUniform,
  heNormal: () => heNormal,
  orthogonal: () => orthogonal(),
  identity: () => identity(),
  zeros: () => zeros,
};

const SCALED: Record<Scaled, (scale: number) => Initialiser> = { identity, normal, orthogonal, uniform };

/** Initialiser of a matrix of `gates` blocks; PyTorch's bound where nothing is asked for. */
export function matrixStart(start: MatrixStart = 'uniform', gates: number, bound: number): Initialiser {
  if (typeof start === 'string' && Object.hasOwn(PLAIN, start)) return blocks(gates, PLAIN[start](bound));
  const [name, scale] = Object.entries(start ?? {})[0] ?? [];
  if (typeof start === 'object' && Object.hasOwn(SCALED, name ?? '') && Number.isFinite(scale)) {
    return blocks(gates, SCALED[name as Scaled](scale as number));
  }
  throw new RecurveError(
    'usage',
    `init: expected one of ${Object.keys(PLAIN).join(', ')} or one of { ${Object.keys(SCALED).join(', ')} } with a number, got ${JSON.stringify(start)}; see CellStart`,
  );
}

/** What biases start from; `memory` are the signs of chrono's gates by their place: +1 keeps the past, −1 admits news, 0 neither. */
export function biasStart(
  start: CellStart['bias'] = 'uniform',
  memory: readonly number[] | undefined,
  bound: number,
): { ih: Initialiser; hh: Initialiser } {
  if (start === 'uniform') return { ih: uniform(bound), hh: uniform(bound) };
  if (start === 'zeros') return { ih: zeros, hh: zeros };
  if (typeof start !== 'object' || !Number.isFinite(start?.chrono)) {
    throw new RecurveError(
      'usage',
      `init: expected bias to be uniform, zeros or { chrono: steps }, got ${JSON.stringify(start)}; see CellStart`,
    );
  }
  if (!memory) {
    throw new RecurveError(
      'usage',
      'init: expected chrono for a cell with a gate that keeps the past, got a cell without one; use lstm or gru',
    );
  }
  return { ih: chronoGates(memory, chrono(start.chrono)), hh: zeros };
}

/** One draw for all gates: a unit that keeps its past for long admits little. */
function chronoGates(memory: readonly number[], draw: Initialiser): Initialiser {
  return (values, _shape, random) => {
    const H = values.length / memory.length;
    const kept = new Float64Array(H);
    draw(kept, [H], random);
    memory.forEach((sign, gate) => {
      for (let j = 0; j < H; j++) values[gate * H + j] = sign === 0 ? 0 : sign * kept[j];
    });
  };
}
