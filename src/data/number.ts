/** Powers of ten that are exact in f64, so that one division of an exact integer rounds correctly. */
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

const ZERO = 48;
const NINE = 57;
const SPACE = 32;
const TAB = 9;

/**
 * Reads a decimal number such as `-12.5`, `+.5` or `1e-3`, rounded to the nearest f64.
 *
 * Spaces around it are ignored. Returns `NaN` for any other text (hexadecimal, digit groups, units), and an
 * infinity for `inf`, `Infinity` and numbers past the range of f64, which callers refuse.
 *
 * @param decimal the decimal sign, `.` or `,`; the other one is not accepted
 */
export function parseNumber(text: string, decimal: '.' | ',' = '.'): number {
  let at = 0;
  let end = text.length;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  while (end > at && isSpace(text.charCodeAt(end - 1))) end--;
  const start = at;
  let code = text.charCodeAt(at);
  const negative = code === 45;
  if (negative || code === 43) at++;

  const point = decimal === '.' ? 46 : 44;
  let mantissa = 0;
  let digits = 0;
  let decimals = 0;
  let seenPoint = false;
  for (; at < end; at++) {
    code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      mantissa = mantissa * 10 + (code - ZERO);
      digits++;
      if (seenPoint) decimals++;
    } else if (code === point && !seenPoint) seenPoint = true;
    else break;
  }
  // At most 15 digits are an exact integer, and dividing it by an exact power of ten rounds once: the nearest f64.
  if (at === end && digits > 0 && digits <= 15) {
    const magnitude = mantissa / POWERS[decimals]!;
    return negative ? -magnitude : magnitude;
  }
  if (digits === 0) return infinityOf(text.slice(start, end));
  if (at < end && !isExponent(text, at, end)) return Number.NaN;
  const exact = text.slice(start, end);
  return Number(decimal === ',' ? exact.replace(',', '.') : exact);
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB || code === 0xa0;
}

function isExponent(text: string, at: number, end: number): boolean {
  if ((text.charCodeAt(at) | 32) !== 101) return false;
  at++;
  const sign = text.charCodeAt(at);
  if (sign === 43 || sign === 45) at++;
  if (at >= end) return false;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}

function infinityOf(text: string): number {
  if (!/^[-+]?(inf|infinity|∞)$/i.test(text)) return Number.NaN;
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
