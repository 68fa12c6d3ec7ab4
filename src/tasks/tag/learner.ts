import type { Engine } from '../../engine/index.ts';
import type { TagArchitecture } from './architecture.ts';
import type { TagSettings } from './options.ts';

/** Who learns, and how. */
export interface TagLearner {
  engine: Engine;
  architecture: TagArchitecture;
  settings: TagSettings;
  /** Whether a regression answers beside the network. */
  regression: boolean;
  /** Weight of each class in the loss. */
  classWeights: readonly number[];
}
