/** The defaults with what is given in their place; an option that is undefined counts as left out. */
export function filledIn<S extends object>(defaults: S, options: { readonly [K in keyof S]?: S[K] | undefined }): S {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as Partial<S>) };
}
