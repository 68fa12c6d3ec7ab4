import { expectList } from '../options.ts';
import { element, text } from './svg.ts';

/** A stretch of text and how it is marked. */
export interface MarkedPart {
  text: string;
  /** −1 … 1: how strongly, orange below 0 and blue above; 0 or absent: not at all. */
  weight?: number;
  /** Shown when the pointer rests on it. */
  title?: string;
}

/** Below this strength a mark would only be noise to the eye. */
const FAINT = 0.04;

/** A text with coloured stretches and a line above it: what each word speaks for, how surprising each letter is. */
export function markedText(heading: string, parts: readonly MarkedPart[]): string {
  expectList('markedText', 'parts', parts, 'give { text, … } each');
  const spans = parts.map(({ text: content, weight = 0, title }) => {
    const strength = Math.min(Math.abs(weight), 1);
    if (!(strength >= FAINT)) return text(content);
    const color = weight > 0 ? '74, 144, 210' : '220, 130, 63';
    const style = `background: rgba(${color}, ${(0.75 * strength).toFixed(2)}); border-radius: 3px`;
    return element('span', { style, title }, text(content));
  });
  return element(
    'div',
    { class: 'marked' },
    element('p', { class: 'note' }, element('strong', {}, text(heading))),
    // Of a text that is written from the right the first word stands right.
    element('p', { dir: 'auto' }, ...spans),
  );
}
