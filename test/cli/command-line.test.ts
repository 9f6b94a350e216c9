import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { App } from '../../src/cli/app.ts';
import { EXIT_MEANINGS } from '../../src/cli/exit-codes.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { kontor, makeFolder, SHOP_FILES, startKontor } from './run-kontor.ts';

const COMMANDS = [
  'demo',
  'init',
  'check',
  'map',
  'record',
  'certify',
  'pull',
  'runs',
  'accounts',
  'prices',
  'stock',
  'quarantine',
  'worker',
  'schedules',
  'serve',
  'keys',
  'migrate',
  'health',
];
const LEAVES = [
  ...[
    'demo',
    'init',
    'check',
    'map',
    'record',
    'certify',
    'pull',
    'radar',
    'prices',
    'stock',
    'worker',
    'schedules',
    'serve',
    'migrate',
    'health',
  ],
  ...['runs list', 'runs show'],
  ...['accounts list', 'accounts show', 'accounts history'],
  ...['rules put', 'rules limits', 'rules list', 'rules show', 'rules activate', 'rules test'],
  ...['calendars put', 'calendars list', 'calendars show', 'calendars assign'],
  ...['absences import', 'absences list', 'absences add', 'absences remove'],
  ...['deputies add', 'deputies list', 'deputies revoke'],
  ...[
    'budgets put',
    'budgets list',
    'budgets show',
    'budgets statement',
    'budgets preview',
    'budgets transfer',
    'budgets top-up',
    'budgets close',
    'budgets reopen',
    'budgets rebuild',
    'budgets drift',
    'budgets calendars list',
    'budgets calendars put',
  ],
  ...['rates import', 'rates list'],
  ...['approvals coverage'],
  ...['quarantine list', 'quarantine show', 'quarantine replay'],
  ...[
    'orders submit',
    'orders list',
    'orders show',
    'orders why',
    'orders approve',
    'orders decline',
    'orders comment',
    'orders withdraw',
    'orders agree',
    'orders delegate',
    'orders revise',
    'orders rejudge',
    'orders receipt',
    'orders handoffs',
    'orders resend',
    'orders settle',
    'orders differences',
    'orders accept-difference',
    'orders reconcile',
    'orders history',
    'orders reorder',
  ],
  ...['mail list', 'mail show', 'mail resend', 'mail preview', 'mail bounces'],
  ...['keys create', 'keys list', 'keys revoke'],
];

/** Of every command that does something, as --help prints it. */
const helps = new Map<string, string>();
const { env, stdout, stderr } = process;
collect(await buildProgram(new App({ env, stdout, stderr, cwd: '.', connectors: [] }), '0'), '');

function collect(command: Command, path: string): void {
  for (const child of command.commands) {
    const name = `${path}${child.name()}`;
    if (child.commands.length > 0) {
      collect(child, `${name} `);
      continue;
    }
    let text = '';
    child.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
    helps.set(name, text);
  }
}

const page = () => readFile(join(import.meta.dirname, '../../docs/commands.md'), 'utf8');

describe('help', () => {
  it('lists every command and the exit codes, and is what nothing at all gets', async () => {
    const cwd = await makeFolder();
    const [asked, bare] = await Promise.all([kontor(['--help'], { cwd }), kontor([], { cwd })]);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(bare).toEqual(asked);
    for (const name of COMMANDS) expect(asked.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    for (const [code, meaning] of EXIT_MEANINGS) expect(asked.stdout).toContain(`${String(code).padEnd(5)}${meaning}`);
  });

  it('has examples and the global options on every command', () => {
    expect([...helps.keys()].sort()).toEqual([...LEAVES].sort());
    for (const [leaf, help] of helps) {
      expect(help, leaf).toMatch(/Examples:\n {2}.*kontor /);
      expect(help, leaf).toMatch(/--json .*in JSON/);
    }
  });

  it('is told by docs/commands.md option for option', async () => {
    const told = await page();
    for (const [leaf, help] of helps) {
      const section = told.split(/^(?=## )/m).find((part) => part.startsWith(`## \`kontor ${leaf}`)) ?? '';
      const [own = ''] = help.split('Global Options:');
      const options = [...own.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)]
        .map(([, option = '']) => option)
        .filter((option) => option !== '--help');
      const missing = options.filter((option) => !section.includes(`\`${option}`));
      expect({ leaf, isThere: section !== '', missing }).toEqual({ leaf, isThere: true, missing: [] });
    }
  });

  it('has its exit codes in docs/commands.md', async () => {
    const told = await page();
    expect(EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`).filter((row) => !told.includes(row))).toEqual([]);
  });
});

describe('a command line that is not understood', () => {
  it.each([
    ['an unknown command', ['acounts'], /unknown command 'acounts' \(Did you mean accounts\?\)/],
    [
      'a misspelt command before an option',
      ['orders', 'aprove', 'KO-1', '--as', 'P-1'],
      /orders has no command "aprove"; did you mean "approve"\?/,
    ],
    ['a misspelt command after a flag', ['budgets', '--json', 'statment', 'N'], /budgets has no command ..statment/],
    ['an option nobody knows, and its value', ['orders', '--tomorrow', 'aprove'], /unknown option '--tomorrow'/],
    ['a misspelt command of a group', ['budgets', 'statment', 'NORD'], /budgets has no command "statment"; did you mean "statement"\?/],
    ['a reason that says nothing', [...'budgets top-up A --amount 1 --as P --reason'.split(' '), ' '], /it must say something; see --help/],
    ['a reason to judge anew that says nothing', ['orders', 'rejudge', 'A', '--reason', ''], /it must say something; see --help/],
    ['a reason to close a budget that says nothing', ['budgets', 'close', 'A', '--reason', ' '], /it must say something; see --help/],
    [
      'a number in the ERP that says nothing',
      [...'orders settle A --reason r --number'.split(' '), ' '],
      /it must say something; see --help/,
    ],
    ['an unknown option', ['runs', '--limt', '3'], /unknown option '--limt'.*Did you mean --limit/],
    ['a missing argument', ['pull'], /missing required argument 'connection'/],
    ['a number that is none', ['runs', '--limit', 'x'], /it must be a whole number from 1 to 1000/],
    ['an entity that is none', ['map', 'shop', 'acount'], /did you mean "account"\?/],
    ['a choice that is none', ['runs', '--outcome', 'green'], /Allowed choices are complete, partial/],
  ])('ends with 2 and says so in one line: %s', async (_title, args, expected) => {
    const { code, stdout, stderr } = await kontor(args, { cwd: await makeFolder() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('says so in JSON when asked for JSON', async () => {
    const { code, stderr } = await kontor(['pull', '--json'], { cwd: await makeFolder() });
    expect({ code, error: JSON.parse(stderr).error.code }).toEqual({ code: 2, error: 'USAGE' });
  });
});

describe('errors', () => {
  it('name the line of kontor.yaml and end with 3, in words and in JSON', async () => {
    const cwd = await makeFolder({ 'kontor.yaml': 'worker: { concurency: 1 }' });
    const [words, json] = await Promise.all([kontor(['check'], { cwd }), kontor(['check', '--json'], { cwd })]);
    expect(words).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('kontor.yaml:1:11: "concurency" is not known') });
    expect(json).toMatchObject({ code: 3, stdout: '' });
    expect(JSON.parse(json.stderr)).toEqual({
      error: { code: 'CONFIG_INVALID', message: expect.stringContaining('did you mean "concurrency"?'), details: { problems: 1 } },
    });
  });

  it('tell what to do when there is no kontor.yaml, and which connections there are when there is', async () => {
    const empty = await kontor(['pull', 'shop'], { cwd: await makeFolder() });
    const other = await kontor(['pull', 'shp'], { cwd: await makeFolder(SHOP_FILES) });
    expect(empty).toMatchObject({ code: 3, stderr: expect.stringContaining('run `kontor init`') });
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no connection "shp"; did you mean "shop"? known: shop'),
    });
  });

  it('end with 6 when the database does not answer, and show causes only with --debug', async () => {
    const place = { cwd: await makeFolder(), env: { DATABASE_URL: 'postgres://kontor:s3cretpass@127.0.0.1:1/none' } };
    const [short, long] = await Promise.all([kontor(['runs'], place), kontor(['runs', '--debug'], place)]);
    expect(short).toMatchObject({ code: 6, stderr: expect.stringContaining('DATABASE_UNREACHABLE') });
    expect(short.stderr).not.toContain('caused by');
    expect(long.stderr).toContain('caused by');
    expect(short.stderr + long.stderr).not.toContain('s3cretpass');
  });
});

describe('kontor init', () => {
  it('writes a file that passes check, and overwrites only when forced', async () => {
    const cwd = await makeFolder({ 'customers/accounts.csv': 'Customer No,Name\nA-1,Hansa\n' });
    const first = await kontor(['init'], { cwd });
    const again = await kontor(['init', '--json'], { cwd });
    const forced = await kontor(['init', '--force'], { cwd });
    const check = await kontor(['check', '--json'], { cwd });
    expect([first.code, again.code, forced.code, check.code]).toEqual([0, 2, 0, 0]);
    expect(JSON.parse(again.stderr).error.message).toMatch(/exists already; edit it, or overwrite it with --force/);
    expect(JSON.parse(check.stdout).connections).toMatchObject([{ connection: 'customers', ok: true }]);
    const [, schema = ''] = /\$schema=(.*)/.exec(await readFile(join(cwd, 'kontor.yaml'), 'utf8')) ?? [];
    expect(JSON.parse(await readFile(resolve(cwd, schema), 'utf8')).$schema).toContain('json-schema.org');
  });
});

describe('kontor map', () => {
  it('shows theirs beside ours beside problems without a database, and ends with 4 when something is wrong', async () => {
    const place = { cwd: await makeFolder(SHOP_FILES), env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } };
    const [words, json] = await Promise.all([
      kontor(['map', 'shop', 'accounts', '--sample', '3'], place),
      kontor(['map', 'shop', 'account', '-n', '1', '--json'], place),
    ]);
    expect(words.code).toBe(4);
    expect(words.stdout).toMatch(/Limit\s+48\.500,00\s+creditLimit\s+EUR 48,500\.00/);
    expect(words.stdout).toMatch(/accounts\.csv, row 4 {2}would be quarantined/);
    expect(words.stdout).toMatch(/2 of 3 records would be accepted; nothing was stored/);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout).records).toMatchObject([{ draft: { externalId: 'A-1', values: { creditLimit: 4850000 } } }]);
  });
});

describe('output', () => {
  it('has no colours in a pipe, and some where they are forced', async () => {
    const cwd = await makeFolder({ 'kontor.yaml': 'connections: {}' });
    const plain = await kontor(['check'], { cwd });
    const forced = await kontor(['check'], { cwd, env: { FORCE_COLOR: '1' } });
    const refused = await kontor(['check', '--no-color'], { cwd, env: { FORCE_COLOR: '1' } });
    const unwanted = await kontor(['check'], { cwd, env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(forced.stdout).toContain('\u001b[');
    for (const { stdout } of [plain, refused, unwanted]) expect(stdout).not.toContain('\u001b[');
  });

  it('ends quietly when nobody reads any more', async () => {
    const started = startKontor(['--help'], { cwd: await makeFolder() });
    started.stopReading();
    expect(await started.ended).toMatchObject({ code: 0, stderr: '' });
  });
});
