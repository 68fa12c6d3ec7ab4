import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';

/** One import statement, export-from, dynamic import, import type or worker URL of a file. */
export interface Import {
  /** Importing file, relative to the root. */
  readonly file: string;
  /** 1-based line of the specifier. */
  readonly line: number;
  /** The specifier as written. */
  readonly specifier: string;
  /** Imported file relative to the root, for a relative specifier. */
  readonly target?: string;
  /** Erased by the compiler: `import type`, `export type`, `import('…').T`. */
  readonly typeOnly: boolean;
}

/** Lists what a source file imports, in order of appearance, found with TypeScript's parser. */
export function readImports(file: string, text: string): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const add = (node: ts.Node, typeOnly: boolean) => {
    if (!ts.isStringLiteralLike(node)) return;
    const specifier = node.text;
    const target = /^\.\.?\//.test(specifier) ? posix.join(posix.dirname(file), specifier) : undefined;
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    imports.push({ file, line, specifier, typeOnly, ...(target !== undefined && { target }) });
  };
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isNewExpression(node) && node.expression.getText() === 'URL' && node.arguments?.length === 2) {
      // new URL('./worker.ts', import.meta.url): how a worker is named
      if (node.arguments[1].getText() === 'import.meta.url') add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

/** True for Node's own modules, with or without the `node:` prefix. */
export function isNodeModule(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/** Package name of a bare specifier: `@scope/name/sub` → `@scope/name`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
