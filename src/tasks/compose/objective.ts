import type { Network } from '../../nn/index.ts';
import { threefry2x32 } from '../../random.ts';
import type { Objective } from '../../train/index.ts';
import type { Kind, Passage } from './kind.ts';
import type { ComposeSettings } from './options.ts';

/** What is learned: passages of at most `segment` steps (Infinity: whole pieces), each in a key of its own every time. */
export function trainingObjective<P, A>(
  kind: Kind<P, A>,
  network: Network,
  architecture: A,
  pieces: readonly P[],
  { transpose, related, segment }: Pick<ComposeSettings, 'transpose' | 'related'> & { segment: number },
): { objective: Objective; lengths: number[] } {
  const spans = pieces.flatMap((piece) =>
    cut(kind.length(piece), segment).map(({ from, to }) => ({ piece, from, to })),
  );
  const shifts = shiftsOf(transpose, related);
  const plain = spans.map((span) => ({ ...span, shift: 0, chance: 0 }));
  return {
    lengths: spans.map(({ from, to }) => to - from),
    objective: {
      examples: spans.length,
      weight: (batch) => batch.reduce((sum, i) => sum + kind.weight(plain[i]), 0),
      loss(batch, pass, tape) {
        const draws = pass.training ? drawer(pass.dropoutKey()) : undefined;
        const passages = Array.from(batch, (i, row): Passage<P> => {
          const [word, chance] = draws?.(row) ?? [0, 0];
          return { ...spans[i], shift: draws ? shifts[word % shifts.length] : 0, chance };
        });
        return kind.loss(network.root, architecture, passages, pass, tape);
      },
    },
  };
}

/** What is measured: whole pieces as they stand, those of like lengths together. */
export function scoringObjective<P, A>(
  kind: Kind<P, A>,
  network: Network,
  architecture: A,
  pieces: readonly P[],
): Objective {
  const passages = pieces
    .map((piece) => ({ piece, from: 0, to: kind.length(piece), shift: 0, chance: 0 }))
    .sort((a, b) => a.to - b.to);
  return {
    examples: passages.length,
    weight: (batch) => batch.reduce((sum, i) => sum + kind.weight(passages[i]), 0),
    loss: (batch, pass, tape) =>
      kind.loss(
        network.root,
        architecture,
        Array.from(batch, (i) => passages[i]),
        pass,
        tape,
      ),
  };
}

/** Two random words per row, a function of seed and step alone, so that a resumed training draws the same. */
function drawer({ key0, key1, counter }: { key0: number; key1: number; counter: number }) {
  return (row: number): [number, number] => threefry2x32(key0, key1, row, counter);
}

/** Equal parts of at most `segment` steps. */
function cut(length: number, segment: number): { from: number; to: number }[] {
  const parts = Math.max(1, Math.ceil(length / segment));
  const at = (k: number): number => Math.floor((k * length) / parts);
  return Array.from({ length: parts }, (_, k) => ({ from: at(k), to: at(k + 1) }));
}

/** Semitones between keys at most two fifths apart. */
const RELATED = [2, 5, 7];

/** The shifts a piece may be learned in, each as likely as it is often in the list. */
function shiftsOf(transpose: number, related: boolean): number[] {
  const all = Array.from({ length: 2 * transpose + 1 }, (_, k) => k - transpose);
  if (!related) return all;
  const others = all.filter((k) => RELATED.includes(Math.abs(k)));
  return [...others, ...(others.length > 0 ? others.map(() => 0) : [0])];
}
