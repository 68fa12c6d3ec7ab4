/**
 * A writer for SVG and HTML markup: strings in, one string out, every text and attribute escaped.
 *
 * Children are markup; anything that comes from data goes through `text` first.
 */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Code points no XML document may hold: control characters, lone surrogates and the two non-characters. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{7e}\u{85}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Escapes `value` for use as text or inside a quoted attribute; what XML forbids becomes U+FFFD. */
export function text(value: string | number): string {
  return String(value)
    .replace(FORBIDDEN, '\u{fffd}')
    .replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** Writes `<name …>children</name>`; attributes that are `undefined` or `false` are left out, numbers go through `px`. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly string[]): string {
  let open = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (value === true) open += ` ${key}`;
    else open += ` ${key}="${typeof value === 'number' ? px(value) : text(value)}"`;
  }
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('')}</${name}>`;
}

/** A coordinate to a tenth of a pixel, so that the same data gives the same bytes; never `-0` or an exponent. */
export function px(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return rounded === 0 ? '0' : String(rounded);
}

/** Path data through `points`; a `null` lifts the pen, and a point alone becomes a dot (needs round line caps). */
export function linePath(points: readonly (readonly [number, number] | null)[]): string {
  let path = '';
  let run = 0;
  for (const point of points) {
    if (point === null) {
      if (run === 1) path += 'h0';
      run = 0;
      continue;
    }
    path += `${run === 0 ? 'M' : 'L'}${px(point[0])} ${px(point[1])}`;
    run++;
  }
  return run === 1 ? `${path}h0` : path;
}
