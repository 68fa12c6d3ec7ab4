/** A list as long as another one, whose items are made while it is iterated, each time anew: it is never there whole. */
export function lazily<T, U>(list: Iterable<T>, itemOf: (value: T, index: number) => U): Iterable<U> {
  return {
    *[Symbol.iterator]() {
      let index = 0;
      for (const value of list) yield itemOf(value, index++);
    },
  };
}
