export { type BeamModel, type BeamOptions, beamSearch, type Hypothesis, logSoftmax } from './beam.ts';
export { checkSampling, createSampler, type SampleOptions, type Sampler } from './sample.ts';
export { createStopper, type Stopper } from './stop.ts';
