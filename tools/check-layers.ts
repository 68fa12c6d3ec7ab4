// Refuses imports that break the layers of tools/layers.ts and import cycles, and draws the diagram of the house in
// docs/architecture.md from the imports that are really there. `--check` fails on a stale diagram, `--write` renews it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Import, isNodeModule, packageOf, readImports } from './imports.ts';
import { LAYERS, layerOf } from './layers.ts';
import { listFiles, root } from './setup.mjs';

/** Checks one import; returns the broken rule in words, or undefined. */
function brokenRule({ file, specifier, target }: Import): string | undefined {
  const from = layerOf(file);
  if (from === 'tests') return undefined;
  if (from === undefined) return `no row of tools/layers.ts covers ${file}`;
  const layer = LAYERS[from];
  if (target === undefined) {
    if (isNodeModule(specifier)) return layer.node ? undefined : `${from} runs in the browser too: no Node modules`;
    const allowed = layer.npm ?? [];
    if (allowed.includes(packageOf(specifier))) return undefined;
    return `${from} may import ${allowed.length > 0 ? `only the packages ${allowed.join(', ')}` : 'no package'}`;
  }
  const to = layerOf(target);
  if (to === 'tests') return 'what ships never imports tests, tools or files outside src';
  if (to === undefined) return `no row of tools/layers.ts covers ${target}`;
  if (to === from || layer.may.includes(to) || (to === 'base' && from !== 'kernels')) return undefined;
  return `${from} may import ${[...new Set(['base', ...layer.may])].join(', ')}; not ${to}`;
}

/** Every cycle among value imports, each as the files on it, starting with the alphabetically first. */
function findCycles(imports: readonly Import[]): string[][] {
  const edges = new Map<string, Import[]>();
  for (const entry of imports) {
    // A type import is erased, so it cannot make a module run before what it needs.
    if (entry.target && !entry.typeOnly) edges.set(entry.file, [...(edges.get(entry.file) ?? []), entry]);
  }
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string) => {
    state.set(file, 'open');
    path.push(file);
    for (const { target } of edges.get(file) ?? []) {
      const seen = state.get(target!);
      if (seen === 'open') {
        const cycle = path.slice(path.indexOf(target!));
        const first = cycle.indexOf([...cycle].sort()[0]);
        cycles.push([...cycle.slice(first), ...cycle.slice(0, first)]);
      } else if (seen === undefined) visit(target!);
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of [...edges.keys()].sort()) if (!state.has(file)) visit(file);
  return cycles;
}

/**
 * Checks a set of source files, path from the root → text.
 * Returns one message per broken rule: `file:line imports "specifier": rule`.
 */
export function checkLayers(sources: ReadonlyMap<string, string>): string[] {
  const imports = [...sources].flatMap(([file, text]) => readImports(file, text));
  const messages = imports.flatMap((entry) => {
    const rule = brokenRule(entry);
    return rule === undefined ? [] : [`${entry.file}:${entry.line} imports "${entry.specifier}": ${rule}`];
  });
  const shipped = imports.filter(({ file }) => layerOf(file) !== 'tests');
  for (const cycle of findCycles(shipped)) {
    messages.push(`${cycle[0]} imports itself through ${[...cycle.slice(1), cycle[0]].join(' → ')}: no import cycles`);
  }
  return messages;
}

/** The layers and their arrows as a Mermaid flowchart; an arrow that follows from others is left out, as is `base`. */
export function drawLayers(sources: ReadonlyMap<string, string>): string {
  const arrows = new Map<string, Set<string>>();
  for (const [file, text] of sources) {
    const from = layerOf(file);
    if (from === undefined || from === 'tests' || from === 'base') continue;
    if (!arrows.has(from)) arrows.set(from, new Set());
    for (const { target } of readImports(file, text)) {
      const to = target && layerOf(target);
      if (to && to !== 'base' && to !== 'tests' && to !== from) arrows.get(from)!.add(to);
    }
  }
  // The engine carries the compiled kernels as a generated file: an arrow no import shows.
  if (arrows.has('kernels')) arrows.get('engine')?.add('kernels');
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(arrows.get(from) ?? [])].some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))));
  const lines = ['flowchart TD'];
  for (const layer of Object.keys(LAYERS)) {
    const targets = arrows.get(layer);
    if (targets === undefined) continue;
    const direct = [...targets].filter((to) => ![...targets].some((via) => via !== to && reaches(via, to))).sort();
    lines.push(`  ${layer}[${title(layer)}]`, ...direct.map((to) => `  ${layer} --> ${to}`));
  }
  return lines.join('\n');
}

function title(layer: string): string {
  if (layer === 'kernels') return 'kernels/';
  return layer === 'index' ? 'src/index.ts' : `src/${layer}/`;
}

const BEGIN = '<!-- layers: drawn by tools/check-layers.ts --write -->';
const END = '<!-- /layers -->';

/** Puts the diagram between its markers; undefined when the text has none. */
export function withDiagram(text: string, diagram: string): string | undefined {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) return undefined;
  return `${text.slice(0, begin)}${BEGIN}\n\`\`\`mermaid\n${diagram}\n\`\`\`\n${text.slice(end)}`;
}

if (import.meta.main) {
  const files = ['src', 'kernels'].flatMap((folder) => listFiles(folder, (file) => file.endsWith('.ts')));
  const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const messages = checkLayers(sources);

  const page = join(root, 'docs/architecture.md');
  const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const after = withDiagram(before, drawLayers(sources));
  if (after === undefined) messages.push(`docs/architecture.md: expected the lines ${BEGIN} and ${END}, got none`);
  else if (process.argv.includes('--write')) writeFileSync(page, after);
  else if (after !== before) {
    messages.push('docs/architecture.md: the diagram is stale; run `node tools/check-layers.ts --write`');
  }

  for (const message of messages) console.error(message);
  if (messages.length === 0) console.log(`layers: ${files.length} files keep the rules of tools/layers.ts`);
  process.exitCode = messages.length > 0 ? 1 : 0;
}
