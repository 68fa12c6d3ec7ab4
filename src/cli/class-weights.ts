import { RecurveError } from '../errors.ts';
import type { ClassWeights } from '../tasks/index.ts';

/** Reads the value of `--class-weights`. */
export function parseClassWeights(text: string): ClassWeights {
  if (text === 'none' || text === 'balanced') return text;
  const parts = text.split(',').map((part) => /^(.+)=([^=]+)$/.exec(part.trim()));
  if (parts.some((part) => !part || !Number.isFinite(Number(part[2])))) {
    throw new RecurveError(
      'usage',
      `--class-weights: expected none, balanced or weights such as yes=3,no=1, got "${text}"; see --help`,
    );
  }
  const weights = new Map(parts.map((part) => [part?.[1] ?? '', Number(part?.[2])]));
  if (weights.size < parts.length) {
    throw new RecurveError(
      'usage',
      `--class-weights: expected one weight per class, got a class twice in "${text}"; keep one of them`,
    );
  }
  return Object.fromEntries(weights);
}
