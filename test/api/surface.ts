import { join } from 'node:path';
import ts from 'typescript';
import manifest from '../../package.json' with { type: 'json' };
import { root } from '../../tools/setup.mjs';

/** Subpaths of the package and the declaration file of each, in `dist/`. */
const entries = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [{ name: name.replace(/^\./, 'recurve'), file: join(root, target.types) }],
);

const compilerOptions: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
  strict: true,
  noEmit: true,
  // Paths as a user's node_modules would lead: to dist, not to src.
  paths: Object.fromEntries(entries.map(({ name, file }) => [name, [file]])),
};

const KINDS: [flag: ts.SymbolFlags, name: string][] = [
  [ts.SymbolFlags.Function, 'function'],
  [ts.SymbolFlags.Class, 'class'],
  [ts.SymbolFlags.Variable, 'const'],
  [ts.SymbolFlags.Interface, 'interface'],
  [ts.SymbolFlags.TypeAlias, 'type'],
];

/** Every declaration file of the package, and programs that use it, as one compilation. */
export function compile(files: readonly string[]): ts.Program {
  return ts.createProgram([...files, ...entries.map(({ file }) => file)], compilerOptions);
}

/** What a browser can import, as a page sees it whose program knows neither Node's types nor newer libraries, and checks all declarations. */
export function compileForPage(): ts.Program {
  const files = entries.filter(({ name }) => name !== 'recurve/node').map(({ file }) => file);
  return ts.createProgram(files, {
    ...compilerOptions,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: [],
    skipLibCheck: false,
  });
}

/** One line per exported name of every subpath, with its kind: `recurve/engine  Engine  interface`. */
export function listSurface(program: ts.Program): string {
  const checker = program.getTypeChecker();
  const lines = entries.flatMap(({ name, file }) => {
    const source = program.getSourceFile(file);
    if (source === undefined) return [`${name}  (missing: ${file.slice(root.length + 1)})`];
    const rows = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).map((symbol) => {
      const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return `${name}  ${symbol.name}  ${KINDS.find(([flag]) => real.flags & flag)?.[1] ?? 'other'}`;
    });
    return rows.sort();
  });
  return lines.join('\n');
}

/** What the compiler has to say, one line each. */
export function complaints(program: ts.Program): string[] {
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    if (diagnostic.file === undefined) return text;
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
    return `${diagnostic.file.fileName.slice(root.length + 1)}:${line + 1} ${text}`;
  });
}
