import { RecurveError } from '../errors.ts';

/** A value that JSON can hold without loss. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** A plain JSON object. */
export type JsonObject = { [key: string]: Json };

/** Deeper nesting than this is refused: no document of ours comes near it, and a hostile one may not overflow a parser's stack. */
const maxDepth = 64;

/**
 * Parses JSON that may be hostile: besides bad syntax, refuses duplicate keys (`JSON.parse` would keep the last in
 * silence), the key `__proto__`, and nesting deeper than 64.
 *
 * @param who what is being read, at the head of the error message
 * @param options `anyKey`: objects may have the key `__proto__`, as one of names that come with data; read them by their entries
 * @throws RecurveError `model`
 */
export function parseJson(text: string, who: string, { anyKey = false }: { anyKey?: boolean } = {}): unknown {
  const refuse = (got: string, cause?: unknown): never => {
    throw new RecurveError(
      'model',
      `${who}: expected valid JSON, got ${got}; the file is damaged, copy or write it again`,
      {
        cause,
      },
    );
  };
  scanKeys(text, anyKey, refuse);
  try {
    return JSON.parse(text);
  } catch (error) {
    // The host's message quotes the text, whose control characters have no place in a sentence.
    return refuse(`a syntax error (${(error as Error).message.replace(/\p{Cc}+/gu, ' ')})`, error);
  }
}

/** One pass over the text that looks only at brackets and keys; syntax is left to `JSON.parse`. */
function scanKeys(text: string, anyKey: boolean, refuse: (got: string) => never): void {
  // The keys seen so far in each open bracket; a list has none.
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : undefined);
      if (open.length > maxDepth) refuse(`nesting deeper than ${maxDepth}`);
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (char === '"') {
      const start = i;
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
      const keys = open.at(-1);
      if (keys && isKey(text, i + 1)) {
        const key = unquote(text.slice(start, i + 1));
        if (key === '__proto__' && !anyKey) refuse('the key "__proto__"');
        if (keys.has(key)) refuse(`the key ${JSON.stringify(key)} twice`);
        keys.add(key);
      }
    }
  }
}

/** Whether the next character after white space is the colon that makes the string before it a key. */
function isKey(text: string, from: number): boolean {
  let i = from;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i++;
  return text[i] === ':';
}

/** The string a quoted token means, so that `"a"` and `"\u0061"` count as the same key. */
function unquote(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return JSON.parse(token);
  } catch {
    // A bad escape: the real parse, which comes next, reports it with its position.
    return token;
  }
}

/**
 * Writes a value as JSON and refuses what JSON would lose or turn to `null` in silence: NaN, infinities, typed arrays, class
 * instances, functions, holes. A property whose value is `undefined` is left out.
 *
 * @param who what is being written, at the head of the error message
 * @param indent spaces per level, 0 for one line
 * @throws RecurveError `model`
 */
export function writeJson(value: unknown, who: string, indent = 0): string {
  assertJson(value, who, '', 0);
  return JSON.stringify(value, undefined, indent);
}

function assertJson(value: unknown, who: string, path: string, depth: number): void {
  const refuse = (got: string, next: string): never => {
    const where = path === '' ? who : `${who}: ${path}`;
    throw new RecurveError('model', `${where}: expected a plain JSON value, got ${got}; ${next}`);
  };
  if (depth > maxDepth)
    refuse(`nesting deeper than ${maxDepth}`, 'flatten it, or check that no object contains itself');
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) refuse(String(value), 'store a finite number or null');
    return;
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) assertJson(value[i], who, `${path}[${i}]`, depth + 1);
    return;
  }
  if (typeof value !== 'object')
    refuse(`a value of type ${typeof value}`, 'store a string, a number, a list or an object');
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    refuse(`an instance of ${prototype.constructor?.name}`, 'turn it into a plain list or object first');
  }
  for (const [key, item] of Object.entries(value as object)) {
    const inner = path === '' ? key : `${path}.${key}`;
    if (key === '__proto__') refuse('the key "__proto__"', 'choose another name');
    if (item !== undefined) assertJson(item, who, inner, depth + 1);
  }
}

/** Plain JSON of a value: typed arrays become lists, numbers that are not finite null, absent keys vanish. */
export function plainJson(value: object): JsonObject {
  return JSON.parse(
    JSON.stringify(value, (_key, v) =>
      ArrayBuffer.isView(v) ? Array.from(v as Float64Array) : typeof v === 'number' && !Number.isFinite(v) ? null : v,
    ),
  ) as JsonObject;
}
