/** Compiled kernels of one engine tier, as they travel inside the library. */
export interface KernelModule {
  /** Size of the module in bytes. */
  readonly byteLength: number;
  /** SHA-256 of the module's bytes, hexadecimal. */
  readonly sha256: string;
  /** The module itself, as `decodeEmbedded` reads it. */
  readonly text: string;
}

/**
 * The exports of the compiled `kernels/index.ts`, as JavaScript calls them. Arrays are byte addresses, sizes are counts,
 * `scratch` is a byte address with room for {@link Kernels.gemm}; `b0`, `b1` bound the batch rows a call works on. Time loops
 * without recurrent weights (`NONE`) leave their products out.
 */
export interface Kernels {
  /**
   * Strides in bytes. `from`: c (adds to it), `NONE` (starts from 0) or, with `fs` = 0, one row for all. Scratch: 770,560 bytes, laid out in
   * kernels/gemm.ts.
   */
  gemm(
    c: number,
    cs: number,
    from: number,
    fs: number,
    a: number,
    ar: number,
    ak: number,
    w: number,
    wk: number,
    wn: number,
    M: number,
    N: number,
    K: number,
    scratch: number,
  ): void;
  /** As {@link Kernels.gemm}. */
  gemmPacked(
    c: number,
    cs: number,
    from: number,
    fs: number,
    a: number,
    as: number,
    packed: number,
    M: number,
    N: number,
    K: number,
    scratch: number,
  ): void;
  packPanels(p: number, w: number, wk: number, wn: number, N: number, K: number): void;
  /** Columns of a panel. */
  panelColumns(): number;

  unary(op: number, y: number, x: number, n: number): void;
  unaryBackward(op: number, dx: number, dy: number, x: number, y: number, n: number): void;
  binary(op: number, c: number, a: number, b: number, n: number): void;
  binaryBackward(op: number, da: number, db: number, dc: number, a: number, b: number, n: number): void;
  affine(y: number, x: number, n: number, alpha: number, beta: number): void;
  axpy(y: number, x: number, n: number, alpha: number): void;
  clamp(y: number, x: number, n: number, low: number, high: number): void;

  expand(y: number, x: number, outer: number, count: number, inner: number, accumulate: boolean): void;
  /** Rows of x are `ldx` numbers apart. */
  reduce(y: number, x: number, outer: number, count: number, inner: number, ldx: number, descending: boolean): void;
  copyBlock(y: number, ldy: number, x: number, ldx: number, rows: number, columns: number, accumulate: boolean): void;
  sum(x: number, n: number): number;
  sumSquares(x: number, n: number): number;

  toTimeMajor(
    y: number,
    x: number,
    lengths: number,
    B: number,
    T: number,
    D: number,
    b0: number,
    b1: number,
    accumulate: boolean,
  ): void;
  toBatchFirst(
    y: number,
    x: number,
    lengths: number,
    B: number,
    T: number,
    D: number,
    b0: number,
    b1: number,
    accumulate: boolean,
  ): void;
  takeLast(y: number, states: number, lengths: number, B: number, T: number, H: number): void;
  takeLastBackward(dstates: number, dy: number, lengths: number, B: number, T: number, H: number): void;
  selectRows(y: number, a: number, c: number, lengths: number, t: number, B: number, H: number): void;
  selectRowsBackward(da: number, dc: number, dy: number, lengths: number, t: number, B: number, H: number): void;

  gatherRows(y: number, table: number, indices: number, rows: number, D: number): void;
  scatterAddRows(dtable: number, dy: number, indices: number, rows: number, D: number): void;
  softmax(y: number, x: number, rows: number, K: number): void;
  softmaxBackward(dx: number, dy: number, y: number, rows: number, K: number): void;
  crossEntropy(loss: number, probabilities: number, x: number, targets: number, rows: number, K: number): void;
  crossEntropyBackward(
    dx: number,
    dloss: number,
    probabilities: number,
    targets: number,
    rows: number,
    K: number,
  ): void;
  layerNorm(
    y: number,
    mean: number,
    rstd: number,
    x: number,
    gain: number,
    bias: number,
    rows: number,
    D: number,
    epsilon: number,
  ): void;
  layerNormBackward(
    dx: number,
    dgain: number,
    dbias: number,
    dy: number,
    x: number,
    gain: number,
    mean: number,
    rstd: number,
    rows: number,
    D: number,
  ): void;
  /** `threshold` = ⌊p · 2³²⌋, `share` = 1 − p. */
  dropout(
    y: number,
    x: number,
    n: number,
    key0: number,
    key1: number,
    counter: number,
    threshold: number,
    share: number,
    accumulate: boolean,
  ): void;

  rnnForward(
    gates: number,
    hidden: number,
    w: number,
    lengths: number,
    T: number,
    B: number,
    H: number,
    b0: number,
    b1: number,
    relu: boolean,
    leak: number,
    ws: number,
    d: number,
    scratch: number,
  ): void;
  rnnBackward(
    dgates: number,
    dhidden: number,
    hidden: number,
    w: number,
    lengths: number,
    T: number,
    B: number,
    H: number,
    b0: number,
    b1: number,
    relu: boolean,
    leak: number,
    gates: number,
    dleak: number,
    ws: number,
    d: number,
    scratch: number,
  ): void;
  lstmForward(
    gates: number,
    hidden: number,
    cells: number,
    w: number,
    lengths: number,
    T: number,
    B: number,
    H: number,
    b0: number,
    b1: number,
    ws: number,
    d: number,
    scratch: number,
  ): void;
  lstmBackward(
    dgates: number,
    dhidden: number,
    dcell: number,
    gates: number,
    cells: number,
    w: number,
    lengths: number,
    T: number,
    B: number,
    H: number,
    b0: number,
    b1: number,
    ws: number,
    d: number,
    scratch: number,
  ): void;
  gruForward(
    gates: number,
    hidden: number,
    candidate: number,
    wrz: number,
    wn: number,
    bias: number,
    lengths: number,
    T: number,
    B: number,
    H: number,
    b0: number,
    b1: number,
    resetAfter: boolean,
    wsrz: number,
    wsn: number,
    d: number,
    scratch: number,
  ): void;
  gruBackward(
    dgates: number,
    dcandidate: number,
    dhidden: number,
    gates: number,
    candidate: number,
    hidden: number,
    wrz: number,
    wn: number,
    lengths: number,
    T: number,
    B: number,
    H: number,
    b0: number,
    b1: number,
    resetAfter: boolean,
    wsrz: number,
    wsn: number,
    d: number,
    scratch: number,
  ): void;

  adam(
    w: number,
    dw: number,
    m: number,
    v: number,
    n: number,
    scale: number,
    rate: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    epsilon: number,
    keep: number,
    l2: number,
    correction1: number,
    correction2: number,
  ): void;
  sgd(
    w: number,
    dw: number,
    velocity: number,
    n: number,
    scale: number,
    rate: number,
    momentum: number,
    nesterov: boolean,
    l2: number,
  ): void;
  rmsprop(
    w: number,
    dw: number,
    square: number,
    velocity: number,
    n: number,
    scale: number,
    rate: number,
    alpha: number,
    rest: number,
    epsilon: number,
    momentum: number,
    l2: number,
  ): void;
}
