import { describe, expect, test } from 'vitest';
import { classScores, confusionMatrix, rocCurve } from './class-metrics.ts';

describe('class metrics', () => {
  // scikit-learn 1.5: classification_report(truth, prediction, zero_division=0)
  const truth = [0, 0, 0, 1, 1, 2];
  const prediction = [0, 0, 1, 1, 0, 0];

  test('counts who was taken for whom', () => {
    expect(confusionMatrix(truth, prediction, 3)).toEqual([
      [2, 1, 0],
      [1, 1, 0],
      [1, 0, 0],
    ]);
  });

  test('scores each class, a class never named included', () => {
    const { accuracy, f1, classes } = classScores(confusionMatrix(truth, prediction, 3));
    expect(accuracy).toBeCloseTo(0.5, 12);
    expect(classes.map(({ precision }) => precision)).toEqual([0.5, 0.5, 0]);
    expect(classes.map(({ recall }) => recall)).toEqual([2 / 3, 0.5, 0]);
    expect(classes.map((one) => one.f1)).toEqual([4 / 7, 0.5, 0]);
    expect(f1).toBeCloseTo((4 / 7 + 0.5) / 3, 12);
  });

  test('leaves a class that neither is there nor is told out of macro F1', () => {
    // f1_score([0, 1, 1], [0, 1, 1], average='macro') is 1 however many classes the model knows.
    const { f1, classes } = classScores(confusionMatrix([0, 1, 1], [0, 1, 1], 4));
    expect(f1).toBe(1);
    expect(classes[3]).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
  });

  test('the area under the curve is the share of pairs in order, ties by half', () => {
    const scores = [0.9, 0.8, 0.8, 0.4, 0.4, 0.1];
    const positive = [true, false, true, true, false, false];
    let pairs = 0;
    scores.forEach((a, i) => {
      scores.forEach((b, j) => {
        if (positive[i] && !positive[j]) pairs += a > b ? 1 : a === b ? 0.5 : 0;
      });
    });
    const roc = rocCurve(scores, positive);
    expect(roc?.auc).toBeCloseTo(pairs / 9, 12);
    expect([roc?.falsePositive.at(-1), roc?.truePositive.at(-1)]).toEqual([1, 1]);
    // All tied: no better than chance, and a straight line.
    expect(rocCurve([1, 1, 1], [true, false, true])).toEqual({ falsePositive: [0, 1], truePositive: [0, 1], auc: 0.5 });
    expect(rocCurve([1, 2], [true, true])).toBeNull();
    // Log-probabilities of what is held impossible are scores too.
    expect(rocCurve([Number.NEGATIVE_INFINITY, 0, -0, Number.NEGATIVE_INFINITY], [false, true, false, true])?.auc).toBe(
      0.5,
    );
  });

  test('refuses unlike lengths and nothing to score', () => {
    expect(() => confusionMatrix([0], [], 2)).toThrow('expected one prediction per example, got 0 for 1');
    expect(() => rocCurve([], [])).toThrow('expected at least one example to score');
    expect(() => rocCurve([0.5, Number.NaN], [true, false])).toThrow('roc: expected numbers as scores, got NaN');
  });
});
