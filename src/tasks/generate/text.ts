/** Splits a text at a character into what is learned and the end that measures the model. */
export function cutText(text: string, share: number): { learned: string; heldOut: string } {
  let border = Math.floor(text.length * (1 - share));
  // Between two halves of a surrogate pair there is no character to begin with.
  if (/[\udc00-\udfff]/.test(text[border] ?? '')) border--;
  return { learned: text.slice(0, border), heldOut: text.slice(border) };
}
