/** Values and characters that become one piece. */
const MOST = 4096;

/**
 * JSON on one line, as `JSON.stringify` writes it, in pieces that together may be longer than a string can be. Typed arrays, and whatever
 * else is iterated, as what is made `lazily`, are lists. What is no number is null.
 *
 * @param value plain data
 */
export function* jsonPieces(value: unknown, most = MOST): Generator<string> {
  if (left(value, most) >= 0) {
    // In a list, undefined is null.
    yield JSON.stringify(value, plain) ?? 'null';
  } else if (typeof value === 'string') {
    yield* textPieces(value, Math.max(2, most));
  } else if (isList(value)) {
    yield '[';
    let comma = '';
    for (const inner of value) {
      yield comma;
      yield* jsonPieces(inner, most);
      comma = ',';
    }
    yield ']';
  } else {
    yield '{';
    let comma = '';
    for (const [key, inner] of Object.entries(value as object)) {
      if (inner === undefined) continue;
      yield `${comma}${JSON.stringify(key)}:`;
      yield* jsonPieces(inner, most);
      comma = ',';
    }
    yield '}';
  }
}

/** Lists are JSON's: `JSON.stringify` would make objects of typed arrays. */
function plain(_: string, value: unknown): unknown {
  return isList(value) && !Array.isArray(value) ? Array.from(value) : value;
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** What is left of `most` values and characters; below 0 as soon as there are more. */
function left(value: unknown, most: number): number {
  let rest = most - 1;
  if (typeof value === 'string') return rest - value.length;
  if (typeof value !== 'object' || value === null) return rest;
  for (const inner of isList(value) ? value : Object.values(value)) {
    rest = left(inner, rest);
    if (rest < 0) break;
  }
  return rest;
}

function* textPieces(text: string, most: number): Generator<string> {
  yield '"';
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + most);
    // Half a character is written otherwise than a whole one.
    if (to < text.length && /[\ud800-\udbff]/.test(text[to - 1])) to--;
    yield JSON.stringify(text.slice(from, to)).slice(1, -1);
    from = to;
  }
  yield '"';
}
