// The export list: the whole interface between the kernels and src/engine/kernels.ts, and nothing else.
export { binary, binaryBackward } from './binary';
export { affine, axpy, clamp, unary, unaryBackward } from './elementwise';
export { gemm, gemmPacked } from './gemm';
export { layerNorm, layerNormBackward } from './norm';
export { packPanels, panelColumns } from './pack';
export { adam, rmsprop, sgd } from './optim';
export { selectRows, selectRowsBackward, takeLast, takeLastBackward, toBatchFirst, toTimeMajor } from './ragged';
export { dropout } from './random';
export { copyBlock, expand, reduce, sum, sumSquares } from './reduce';
export { crossEntropy, crossEntropyBackward, gatherRows, scatterAddRows, softmax, softmaxBackward } from './rows';
export { gruBackward, gruForward, lstmBackward, lstmForward, rnnBackward, rnnForward } from './sequence';
