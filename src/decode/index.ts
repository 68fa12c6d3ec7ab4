export { checkSampling, createSampler, type SampleOptions, type Sampler } from './sample.ts';
