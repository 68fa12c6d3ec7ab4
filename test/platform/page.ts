import * as engine from 'recurve/engine';
import * as nn from 'recurve/nn';

export const page = { engine, nn };
