import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { findBreaches, reachable } from './architecture/check.ts';
import { readImports } from './architecture/imports.ts';
import { ARROWS, HOMES } from './architecture/rules.ts';

const root = join(import.meta.dirname, '..');

function readHouse(): Map<string, string> {
  const paths = globSync(['{src,connectors,jobs}/**/*.ts', 'bin/*.js'], { cwd: root }).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/** A small house that breaks no rule, and one more file. */
function houseWith(path: string, source: string): Map<string, string> {
  const files = [
    'src/main',
    'src/errors',
    'src/cli/program',
    'src/config/settings',
    'src/config/load',
    'src/connector/contract',
    'src/connector/http',
  ]
    .concat([
      'src/domain/money',
      'src/store/runs',
      'src/sync/pull',
      'src/queue/backend',
      'jobs/pull',
      'connectors/index',
      'connectors/load-connector',
      'connectors/odoo/index',
    ])
    .concat(['connectors/odoo/mapping', 'connectors/spreadsheet/index']);
  return new Map([...files.map((file) => [`${file}.ts`, ''] as const), [path, source]]);
}

describe('the house', () => {
  it('imports one way, keeps every library at home, has no circle and no long file', () => {
    const house = readHouse();
    expect([...house.keys()]).toEqual(expect.arrayContaining(['src/errors.ts', 'src/connector/contract.ts', 'bin/kontor.js']));
    expect(findBreaches(house)).toEqual([]);
  });

  it('has a table of arrows without a circle', () => {
    const inACircle = Object.keys(ARROWS).filter((part) => reachable(part).has(part));
    expect(inACircle).toEqual([]);
    expect(reachable('a', { a: ['b'], b: ['c'], c: ['a'] })).toContain('a');
  });

  it('has a home for every library it depends on, and for no other', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(Object.keys(HOMES).sort()).toEqual(Object.keys(dependencies).sort());
  });
});

it('depends on nothing that nobody asks for', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const text = [...readHouse().values()].join('\n');
  const idle = Object.keys(dependencies).filter((name) => !text.includes(`'${name}'`) && !text.includes(`'${name}/`));
  expect(idle).toEqual([]);
});

describe('the check of the house', () => {
  it.each([
    ['src/store/runs.ts', "import { pull } from '../sync/pull.ts';", 'imports src/sync/pull.ts, against the arrows'],
    ['src/errors.ts', "import { money } from './domain/money.ts';", 'imports src/domain/money.ts, against the arrows'],
    ['src/domain/money.ts', "export * from '../store/runs.ts';", 'imports src/store/runs.ts, against the arrows'],
    ['src/domain/money.ts', "import type { Run } from '../store/runs.ts';", 'imports src/store/runs.ts, against the arrows'],
    ['src/sync/pull.ts', "const queue = await import('../queue/backend.ts');", 'imports src/queue/backend.ts, against the arrows'],
    ['src/queue/backend.ts', "import { runs } from '../store/runs.ts';", 'imports src/store/runs.ts, against the arrows'],
    ['src/sync/pull.ts', "import { connectors } from '../../connectors/index.ts';", 'imports connectors/index.ts, against the arrows'],
    ['connectors/odoo/index.ts', "import { runs } from '../../src/store/runs.ts';", 'imports src/store/runs.ts, against the arrows'],
    [
      'connectors/odoo/index.ts',
      "import type { Money } from '../../src/domain/money.ts';",
      'imports src/domain/money.ts, against the arrows',
    ],
    [
      'connectors/odoo/index.ts',
      "export { read } from '../spreadsheet/index.ts';",
      'imports connectors/spreadsheet/index.ts, another connector',
    ],
    ['connectors/odoo/index.ts', "import { all } from '../index.ts';", 'imports connectors/index.ts, another connector'],
    ['src/sync/pull.ts', "import { load } from '../config/load.ts';", 'imports src/config/load.ts, against the arrows'],
    ['src/sync/pull.ts', "import { DEFAULTS } from '../config/settings.ts';", 'imports src/config/settings.ts, against the arrows'],
    ['src/connector/http.ts', "threadEntry(import.meta.url, '../store/runs.ts');", 'starts src/store/runs.ts, against the arrows'],
    ['jobs/pull.ts', "import { Worker } from 'bullmq';", 'imports bullmq, whose home is src/queue/'],
    ['src/sync/pull.ts', "import type { Knex } from 'knex';", 'imports knex, whose home is src/store/ and connectors/sql/'],
    ['connectors/odoo/index.ts', "import { parse } from 'csv-parse';", 'imports csv-parse, whose home is src/connector/'],
    ['src/queue/backend.ts', "import { from } from 'pg-copy-streams/x';", 'imports pg-copy-streams, whose home is src/store/'],
    ['src/domain/money.ts', "import _ from 'lodash';", 'imports lodash, which has no home in test/architecture/rules.ts'],
    ['src/domain/money.ts', "import './gone.ts';", 'imports ./gone.ts, which is no source file of the house'],
    ['src/domain/money.ts', "import '../errors.js';", 'imports ../errors.js, which is no source file of the house'],
    ['src/cli/program.ts', 'await import(process.argv[2]);', 'imports something computed, which nobody can check'],
    ['src/attic/old.ts', "import '../errors.ts';", 'stands in no part of the house; test/architecture/rules.ts lists them'],
  ])('refuses %s with %s', (path, source, breach) => {
    expect(findBreaches(houseWith(path, source))).toEqual([`${path}:1 ${breach}`]);
  });

  it.each([
    ['src/cli/program.ts', "import { runs } from '../store/runs.ts'; import { Command } from 'commander';"],
    ['jobs/pull.ts', "import { define } from '../src/queue/backend.ts'; import { pull } from '../src/sync/pull.ts';"],
    ['connectors/odoo/index.ts', "import { map } from './mapping.ts'; import '../../src/errors.ts'; import { z } from 'zod';"],
    ['connectors/index.ts', "import './odoo/index.ts'; import './spreadsheet/index.ts';"],
    ['src/domain/money.ts', "import type { Settings } from '../config/settings.ts';"],
    ['src/sync/reader-thread.ts', "import '../../connectors/load-connector.ts';"],
    ['src/main.ts', "import './cli/program.ts'; import '../connectors/index.ts'; import './config/load.ts';"],
    ['bin/kontor.js', "import 'node:fs'; await import('../dist/src/main.js');"],
    ['src/errors.ts', "// import './domain/money.ts'\nexport const text = \"import './domain/money.ts'\";"],
  ])('lets %s with %s pass', (path, source) => {
    expect(findBreaches(houseWith(path, source))).toEqual([]);
  });

  it('names the way round a circle of imports', () => {
    const files = houseWith('src/domain/money.ts', "import './zone.ts';");
    files.set('src/domain/zone.ts', "export type { Money } from './money.ts';");
    expect(findBreaches(files)).toEqual(['src/domain/money.ts -> src/domain/zone.ts -> src/domain/money.ts is a circle of imports']);
  });

  it('refuses a file that grew too long', () => {
    expect(findBreaches(houseWith('src/domain/money.ts', '\n'.repeat(301)))).toEqual([
      'src/domain/money.ts has 301 lines; 300 is the most one idea may take',
    ]);
    expect(findBreaches(houseWith('src/domain/money.ts', '\n'.repeat(300)))).toEqual([]);
  });

  it('tells types from values, and knows the line', () => {
    const source =
      "import { type A } from 'a';\nimport { type B, c } from 'b';\ntype D = import('d').D;\nexport type { E } from 'e';\nimport 'f';";
    expect(readImports(source).map(({ from, typeOnly, line }) => [from, typeOnly, line])).toEqual([
      ['a', true, 1],
      ['b', false, 2],
      ['d', true, 3],
      ['e', true, 4],
      ['f', false, 5],
    ]);
  });
});
