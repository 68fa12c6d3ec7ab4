// The export list: the whole interface between the kernels and src/engine/kernels.ts, and nothing else.
export { affine, axpy, binary, binaryBackward, clamp, unary, unaryBackward } from './elementwise';
export { gemm, gemmPacked, packPanels } from './gemm';
export { selectRows, selectRowsBackward, takeLast, takeLastBackward, toBatchFirst, toTimeMajor } from './ragged';
export { copyBlock, expand, reduce, sum, sumSquares } from './reduce';
