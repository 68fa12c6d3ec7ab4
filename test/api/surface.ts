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

/** Every exported name of every subpath, with what it stands for. */
function exportsOf(program: ts.Program): { subpath: string; name: string; symbol: ts.Symbol }[] {
  const checker = program.getTypeChecker();
  return entries.flatMap(({ name: subpath, file }) => {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`${subpath}: expected ${file.slice(root.length + 1)}, got no such file`);
    return checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).map((symbol) => ({
      subpath,
      name: symbol.name,
      symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    }));
  });
}

/** One line per exported name of every subpath, with its kind: `recurve/engine  Engine  interface`. */
export function listSurface(program: ts.Program): string {
  const exported = exportsOf(program);
  const lines = entries.flatMap((entry) =>
    exported
      .filter(({ subpath }) => subpath === entry.name)
      .map(({ subpath, name, symbol }) => {
        const kind = KINDS.find(([flag]) => symbol.flags & flag)?.[1] ?? 'other';
        return `${subpath}  ${name}  ${kind}`;
      })
      .sort(),
  );
  return lines.join('\n');
}

/** Exported names that no doc comment explains. */
export function undocumented(program: ts.Program): string[] {
  return exportsOf(program)
    .filter(({ symbol }) => !symbol.declarations?.some((one) => ts.getJSDocCommentsAndTags(one).length > 0))
    .map(({ subpath, name }) => `${subpath}  ${name}`);
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
