import { keys } from './keys/keys.ts';
import type { Kind } from './kind.ts';
import { melody } from './melody/melody.ts';
import type { ComposeKind } from './options.ts';
import { voices } from './voices/voices.ts';

/**
 * All kinds by name. What a piece and an architecture are is the kind's own business, and whoever asks by name hands back only what the
 * same kind gave.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export const KIND_BY_NAME: Readonly<Record<ComposeKind, Kind<any, any>>> = { keys, melody, voices };
