/** A binary heap over the indices of `values`: takes the largest out first, among equals the lowest index. */
export interface Largest {
  readonly size: number;
  /** The index of the largest value left. */
  pop(): number;
  /** Puts all indices back. */
  refill(): void;
  /** Every index that is left, in no order. */
  rest(each: (index: number) => void): void;
}

/** Lays the heap out in `order`, which has room for one index per value. O(K), and O(log K) for each that is taken out. */
export function largest(values: Float64Array, order: Int32Array): Largest {
  let size = 0;
  const before = (a: number, b: number): boolean => values[a] > values[b] || (values[a] === values[b] && a < b);
  const sink = (from: number): void => {
    const index = order[from];
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && before(order[child + 1], order[child])) child++;
      if (!before(order[child], index)) break;
      order[place] = order[child];
      place = child;
    }
    order[place] = index;
  };
  const refill = (): void => {
    size = values.length;
    for (let k = 0; k < size; k++) order[k] = k;
    for (let k = (size >> 1) - 1; k >= 0; k--) sink(k);
  };
  refill();
  return {
    get size() {
      return size;
    },
    pop() {
      const index = order[0];
      order[0] = order[--size];
      sink(0);
      return index;
    },
    refill,
    rest(each) {
      for (let k = 0; k < size; k++) each(order[k]);
    },
  };
}
