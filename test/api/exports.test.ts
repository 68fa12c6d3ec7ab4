import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { root } from '../../tools/setup.mjs';

const KINDS: [flag: ts.SymbolFlags, name: string][] = [
  [ts.SymbolFlags.Function, 'function'],
  [ts.SymbolFlags.Class, 'class'],
  [ts.SymbolFlags.Variable, 'const'],
  [ts.SymbolFlags.Interface, 'interface'],
  [ts.SymbolFlags.TypeAlias, 'type'],
];

/** One line per exported name of every subpath, with its kind: `recurve/engine  Engine  interface`. */
function listSurface(): string {
  const entries = Object.entries(manifest.exports).flatMap(([name, target]) =>
    typeof target === 'string' ? [] : [{ name: name.replace(/^\./, 'recurve'), file: join(root, target.types) }],
  );
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, skipLibCheck: true },
  );
  const checker = program.getTypeChecker();
  const lines = entries.flatMap(({ name, file }) => {
    const source = program.getSourceFile(file);
    if (source === undefined) return [`${name}  (missing: ${file.slice(root.length + 1)})`];
    const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!);
    const rows = symbols.map((symbol) => {
      const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const kind = KINDS.find(([flag]) => real.flags & flag)?.[1] ?? 'other';
      return `${name}  ${symbol.name}  ${kind}`;
    });
    return rows.sort();
  });
  return lines.join('\n');
}

test('the built package exports exactly the names of test/api/surface.txt (renew it with `vitest run test/api --update`)', async () => {
  await expect(listSurface()).toMatchFileSnapshot('surface.txt');
});

test('no subpath exports a default', () => {
  expect(listSurface()).not.toMatch(/ {2}default {2}/);
});

test('the types of the package are found from every subpath', () => {
  for (const target of Object.values(manifest.exports)) {
    if (typeof target === 'string') continue;
    expect(readFileSync(join(root, target.types), 'utf8')).toContain('export');
  }
});
