import { describe, expect, test } from 'vitest';
import { checkLayers, drawLayers, withDiagram } from './check-layers.ts';

const check = (sources: Record<string, string>) => checkLayers(new Map(Object.entries(sources)));

describe('checkLayers refuses', () => {
  const planted: [title: string, file: string, text: string, message: string][] = [
    [
      'an arrow that runs backwards, and names file, line, import and rule',
      'src/engine/wasm.ts',
      "import { x } from './arena.ts';\nimport { tape } from '../autograd/tape.ts';",
      'src/engine/wasm.ts:2 imports "../autograd/tape.ts": engine may import base; not autograd',
    ],
    [
      'data that knows the engine',
      'src/data/table.ts',
      "import type { Engine } from '../engine/engine.ts';",
      'src/data/table.ts:1 imports "../engine/engine.ts": data may import base; not engine',
    ],
    [
      'a Node module in browser code, prefixed or not, even when imported lazily',
      'src/train/fit.ts',
      "const fs = await import('fs');",
      'src/train/fit.ts:1 imports "fs": train runs in the browser too: no Node modules',
    ],
    [
      'src/node imported by anything but the command line',
      'src/tasks/forecast.ts',
      "export * from '../node/files.ts';",
      'src/tasks/forecast.ts:1 imports "../node/files.ts": tasks may import base, ',
    ],
    [
      'a package in the core',
      'src/nn/init.ts',
      "import { z } from 'zod';",
      'src/nn/init.ts:1 imports "zod": nn may import no package',
    ],
    [
      'a package that is not on the list of its layer',
      'src/data/csv.ts',
      "import x from 'csv-parse/sync';",
      'src/data/csv.ts:1 imports "csv-parse/sync": data may import only the packages papaparse, ',
    ],
    [
      'shipped code that imports a test case file',
      'src/engine/wasm.ts',
      "import { conformance } from './conformance.case.ts';",
      'src/engine/wasm.ts:1 imports "./conformance.case.ts": what ships never imports tests',
    ],
    [
      'shipped code that imports a tool',
      'src/cli/main.ts',
      "import { root } from '../../tools/setup.mjs';",
      'src/cli/main.ts:1 imports "../../tools/setup.mjs": what ships never imports tests, tools',
    ],
    [
      'a worker file of another layer',
      'src/engine/threads.ts',
      "new Worker(new URL('../node/worker.ts', import.meta.url));",
      'src/engine/threads.ts:1 imports "../node/worker.ts": engine may import base; not node',
    ],
    [
      'a folder no row covers',
      'src/helpers/misc.ts',
      "import '../errors.ts';",
      'src/helpers/misc.ts:1 imports "../errors.ts": no row of tools/layers.ts covers src/helpers/misc.ts',
    ],
    [
      'errors.ts, random.ts and exact.ts that know anything else',
      'src/random.ts',
      "import './data/table.ts';",
      'src/random.ts:1 imports "./data/table.ts": base may import base; not data',
    ],
  ];
  test.each(planted)('%s', (_title, file, text, message) => {
    const messages = check({ [file]: text });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(message);
  });

  test('a cycle of value imports through three files, naming all of them', () => {
    expect(
      check({
        'src/nn/c.ts': "import './a.ts';",
        'src/nn/a.ts': "import { b } from './b.ts';",
        'src/nn/b.ts': "export { c } from './c.ts';",
      }),
    ).toEqual(['src/nn/a.ts imports itself through src/nn/b.ts → src/nn/c.ts → src/nn/a.ts: no import cycles']);
  });
});

describe('checkLayers allows', () => {
  test('arrows that run forwards, base files, packages on the list, Node modules in the command line', () => {
    expect(
      check({
        'src/tasks/forecast.ts': "import '../train/fit.ts'; import { RecurveError } from '../errors.ts';",
        'src/data/csv.ts': "const papa = await import('papaparse');",
        'src/cli/main.ts': "import '../node/files.ts'; import fs from 'node:fs'; import pc from 'picocolors';",
        'src/index.ts': "export * from './tasks/index.ts';",
      }),
    ).toEqual([]);
  });

  test('a test that imports anything, and imports named in comments or strings', () => {
    expect(
      check({
        'src/engine/wasm.test.ts': "import fs from 'node:fs'; import '../tasks/forecast.ts';",
        'src/engine/wasm.ts': "// import 'node:fs'\nexport const text = \"import 'zod'\";",
      }),
    ).toEqual([]);
  });

  test('a cycle that the compiler erases because one side is a type import', () => {
    expect(check({ 'src/nn/a.ts': "import './b.ts';", 'src/nn/b.ts': "import type { A } from './a.ts';" })).toEqual([]);
  });
});

describe('drawLayers', () => {
  test('draws the arrows that are there and leaves out those that follow from others', () => {
    const sources = new Map([
      ['src/nn/a.ts', "import '../autograd/t.ts'; import '../engine/e.ts'; import '../errors.ts';"],
      ['src/autograd/t.ts', "import '../engine/e.ts';"],
      ['src/engine/e.ts', ''],
    ]);
    expect(drawLayers(sources).split('\n')).toEqual([
      'flowchart TD',
      '  engine[src/engine/]',
      '  autograd[src/autograd/]',
      '  autograd --> engine',
      '  nn[src/nn/]',
      '  nn --> autograd',
    ]);
  });

  test('is put between its markers and nowhere else', () => {
    const page = 'before\n<!-- layers: drawn by tools/check-layers.ts --write -->\nold\n<!-- /layers -->\nafter\n';
    const renewed = withDiagram(page, 'flowchart TD')!;
    expect(renewed).toMatch(/^before\n<!--.*-->\n```mermaid\nflowchart TD\n```\n<!-- \/layers -->\nafter\n$/);
    expect(withDiagram(renewed, 'flowchart TD')).toBe(renewed);
    expect(withDiagram('no markers', 'flowchart TD')).toBeUndefined();
  });
});
