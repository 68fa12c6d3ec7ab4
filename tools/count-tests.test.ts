import { describe, expect, test } from 'vitest';
import { countTests } from './count-tests.mjs';

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((t) => ({ status: t })) });

describe('countTests', () => {
  test('counts single tests; what is pending, to do or skipped is skipped', () => {
    const report = {
      testResults: [file('passed', 'passed', 'todo', 'skipped'), file('failed', 'passed', 'failed', 'pending')],
    };
    expect(countTests(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 3 });
  });

  test('counts a file that could not be loaded as one failure', () => {
    expect(countTests({ testResults: [file('failed'), file('passed', 'passed')] }, 1)).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  test('counts a file whose set-up threw, so that its tests were skipped, as one failure', () => {
    expect(countTests({ testResults: [file('failed', 'skipped', 'skipped')] }, 1)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 2,
    });
  });

  test('counts a bad exit code with nothing but passed tests (an error after the last one) as one failure', () => {
    expect(countTests({ testResults: [file('passed', 'passed')] }, 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  test('counts a run that left no report as one failure, even with exit code 0', () => {
    expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
