import { listNames } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import { formatCount } from '../../format.ts';

/** Weight of each class in a loss: all alike, inverse to its frequency, or by name; a class not named has 1. */
export type ClassWeights = 'none' | 'balanced' | Readonly<Record<string, number>>;

/** Largest and smallest weight: further apart, the others would vanish in f32. */
const MOST = 1e6;

/** Refuses weights that cannot work, whatever the classes are. */
export function checkClassWeights(task: string, weights: ClassWeights): void {
  const refuse = (expected: string, got: unknown, next: string): never => {
    throw new RecurveError('usage', `${task}: expected ${expected}, got ${got}; ${next}`);
  };
  if (typeof weights === 'object') {
    if (Object.hasOwn(weights, '__proto__')) {
      const next = 'rename that class or leave it out';
      refuse('class weights of names that a model file can hold', 'one of __proto__', next);
    }
    const bad = Object.entries(weights).find(([, weight]) => !(weight >= 1 / MOST && weight <= MOST));
    if (bad) {
      const range = `between ${1 / MOST} and ${formatCount(MOST)}`;
      refuse(`a weight ${range} for class ${bad[0]}`, bad[1], 'correct it or leave the class out');
    }
  } else if (!['none', 'balanced'].includes(weights)) {
    refuse('classWeights to be none, balanced or a weight per class', weights, 'give one of them');
  }
}

/**
 * The weight of each class.
 *
 * @param counts how often each class is there in training
 * @throws RecurveError `usage` for the name of no class
 */
export function classWeightsOf(
  task: string,
  weights: ClassWeights,
  classes: readonly string[],
  counts: ArrayLike<number>,
): number[] {
  if (weights === 'none') return classes.map(() => 1);
  if (weights === 'balanced') {
    const seen = Array.from(counts).filter(Boolean);
    const total = seen.reduce((sum, count) => sum + count, 0);
    return classes.map((_, k) => (counts[k] === 0 ? 1 : total / (seen.length * counts[k])));
  }
  const unknown = Object.keys(weights).filter((name) => !classes.includes(name));
  if (unknown.length > 0) {
    throw new RecurveError(
      'usage',
      `${task}: expected class weights of ${listNames(classes)}, got one of ${listNames(unknown)}; correct the name`,
    );
  }
  return classes.map((name) => (Object.hasOwn(weights, name) ? weights[name] : 1));
}
