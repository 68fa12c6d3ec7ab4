import { describeCell } from './cell-suite.case.ts';
import { CELLS } from './cells.case.ts';

describeCell(CELLS.rnnTanh);
describeCell(CELLS.rnnRelu);
