import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('a steady pace is found exactly, however often it is fed', () => {
  for (const every of [1, 7, 100]) {
    const pace = new Pace();
    for (let step = 0; step <= 1000; step += every) pace.add(step, step / 50);
    expect(pace.rate).toBeCloseTo(50, 9);
    expect(pace.secondsFor(200)).toBeCloseTo(4, 9);
  }
});

test('no pace is known before the second event', () => {
  const pace = new Pace();
  expect(pace.secondsFor(10)).toBeNaN();
  pace.add(1, 0.1);
  expect(pace.rate).toBeNaN();
});

test('five seconds after a machine halves its speed, half the change has arrived', () => {
  const pace = new Pace();
  for (let second = 0; second <= 60; second++) pace.add(second * 100, second);
  for (let second = 1; second <= 5; second++) pace.add(6000 + second * 50, 60 + second);
  expect(pace.rate).toBeCloseTo(75, 0);
});

test('steps that are left out do not count', () => {
  const pace = new Pace();
  for (let step = 0; step <= 100; step++) pace.add(step, step / 50);
  pace.skipTo(6000, 3);
  for (let step = 1; step <= 100; step++) pace.add(6000 + step, 3 + step / 50);
  expect(pace.rate).toBeCloseTo(50, 9);
});

test('a clock that stands still loses no step, and a step count that goes back starts over', () => {
  const pace = new Pace();
  for (const [step, seconds] of [
    [0, 0],
    [10, 0],
    [20, 1],
  ] as const)
    pace.add(step, seconds);
  expect(pace.rate).toBeCloseTo(20, 9);
  pace.add(5, 2);
  expect(pace.rate).toBeNaN();
});
