import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { connectors } from '../connectors/index.ts';
import { App } from '../src/cli/app.ts';
import { buildProgram } from '../src/cli/program.ts';
import { ENTITIES } from '../src/connector/entities.ts';
import { ERROR_CODES } from '../src/errors.ts';

const root = join(import.meta.dirname, '..');
const page = (path: string) => readFileSync(join(root, path), 'utf8');

const pages = globSync(['*.md', '{docs,connectors,examples}/**/*.md'], { cwd: root }).sort();

/** Cells of the tables below a heading, without their head. */
function tableUnder(heading: string, text: string): string[][] {
  const section = text.split(/^(?=## )/m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => row.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim())); // biome-ignore format: one chain
}

/** What stands between backticks. */
const codeIn = (text: string) => new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code));

function namesOfProperties(schema: unknown): string[] {
  if (schema === null || typeof schema !== 'object') return [];
  const { properties } = schema as { properties?: Record<string, unknown> };
  return [...Object.keys(properties ?? {}), ...Object.values(schema).flatMap(namesOfProperties)];
}

describe('the documentation', () => {
  it('tells every error as the table of codes does, in its order', () => {
    const written = tableUnder('## Codes', page('docs/errors.md'));
    const known = Object.entries(ERROR_CODES).map(([code, [kind, means, cure]]) => [`\`${code}\``, `\`${kind}\``, means, cure]);
    expect(written).toEqual(known);
  });

  it('has no code that nothing reports', () => {
    const sources = globSync(['{src,connectors,jobs}/**/*.ts', '!src/error-codes.ts'], { cwd: root });
    const told = new Set(sources.flatMap((path) => page(path).match(/\b[A-Z][A-Z_]+\b/g) ?? []));
    expect(told).toContain('CONFIG_INVALID');
    expect(Object.keys(ERROR_CODES).filter((code) => !told.has(code))).toEqual([]);
  });

  it.each(['## In use', '## Reserved'])('lists the words of the glossary in alphabetical order: %s', (heading) => {
    const words = tableUnder(heading, page('docs/glossary.md')).map(([word]) => word);
    expect(words.length).toBeGreaterThan(0);
    expect(words).toEqual([...new Set(words)].sort());
  });

  it('has a word in the glossary for every entity', () => {
    const words = tableUnder('## In use', page('docs/glossary.md')).map(([word]) => word);
    expect(words).toEqual(expect.arrayContaining(Object.keys(ENTITIES)));
  });

  it('gives every dependency its reason, in alphabetical order', () => {
    const { dependencies } = JSON.parse(page('package.json'));
    const bill = page('docs/decisions/0001-bill-of-materials.md');
    const reasons = [...bill.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)];
    expect(reasons.map(([, name]) => name)).toEqual(Object.keys(dependencies).sort());
    expect(reasons.filter(([, , reason]) => !reason?.trim())).toEqual([]);
  });

  it('numbers the decisions without a gap', () => {
    const numbers = readdirSync(join(root, 'docs/decisions')).flatMap((name) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1] ?? []);
    expect(numbers.sort()).toEqual(numbers.map((_, n) => String(n + 1).padStart(4, '0')));
  });

  it('mentions every key of the configuration schema', () => {
    const keys = new Set(namesOfProperties(JSON.parse(page('kontor.schema.json'))));
    // What only one connector knows stands on its own page.
    const pages = ['docs/configuration.md', ...readdirSync(join(root, 'connectors')).map((name) => `connectors/${name}/README.md`)];
    const told = pages
      .filter((path) => existsSync(join(root, path)))
      .map(page)
      .join('\n');
    expect(keys).toContain('connections');
    expect([...keys].filter((key) => !new RegExp(`\\b${key}\\b`).test(told))).toEqual([]);
  });

  it('mentions every field of every entity where mappings are explained', () => {
    const told = page('docs/mapping.md');
    const fields = new Set(Object.values(ENTITIES).flatMap((entity) => Object.keys(entity.fields)));
    expect([...fields].filter((field) => !codeIn(told).has(field))).toEqual([]);
  });

  it('tells of every connector what it reads, and what it does with orders', () => {
    const rows = page('connectors/README.md').matchAll(/^\| \[([\w-]+)\]\([\w-]+\/README\.md\) \|([^|]*)\|([^|]*)\|([^|]*)\|/gm);
    const written = [...rows].map(([, name, , entities = '', orders = '']) => [name, entities.trim(), ['create', 'change', 'cancel'].filter((word) => orders.includes(word))]); // biome-ignore format: one row
    const known = connectors.map(({ name, sources, orders }) => [
      name,
      Object.keys(sources).join(', '),
      orders ? ['create', ...(orders.revise ? ['change'] : []), ...(orders.cancel ? ['cancel'] : [])] : [],
    ]);
    expect(written).toEqual(known.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
  });

  it('names only commands and options that exist', async () => {
    const app = new App({ stdout: process.stdout, stderr: process.stderr, env: {}, cwd: root, connectors: [] });
    const program = await buildProgram(app, '0.0.0');
    const told = pages.flatMap((path) => commandLines(page(path)).map((line) => ({ path, line })));
    expect(told.map(({ line }) => line)).toContain('kontor check');
    expect(
      told.filter(({ line }) => faultOf(line, program)).map(({ path, line }) => `${path}: ${line}: ${faultOf(line, program)}`),
    ).toEqual([]);
    expect(faultOf('kontor chekc', program)).toBe('there is no chekc');
    expect(faultOf('kontor runs --tomorrow', program)).toBe('there is no --tomorrow');
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(page('package.json'));
    const named = pages.flatMap((path) => [...page(path).matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, script]) => script));
    expect(named).toContain('demo');
    expect(named.filter((script) => !Object.hasOwn(scripts, script ?? ''))).toEqual([]);
  });

  it('links only to files and headings that exist', () => {
    const broken = pages.flatMap((path) =>
      [...page(path).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
        .filter(([, file = '', heading]) => !leadsSomewhere(file ? join(path, '..', file) : path, heading))
        .map(([link]) => `${path}: ${link}`),
    );
    expect(pages).toContain('CONTRIBUTING.md');
    expect(broken).toEqual([]);
  });
});

function leadsSomewhere(path: string, heading: string | undefined): boolean {
  if (!existsSync(join(root, path))) return false;
  if (!heading) return true;
  const anchors = [...page(path).matchAll(/^#+ (.*)$/gm)].map(
    ([, title = '']) =>
    title.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-'), // biome-ignore format: one chain
  );
  return anchors.includes(heading);
}

/** `kontor ...` as it stands between backticks, or begins a line of a code block. */
function commandLines(text: string): string[] {
  const blocks = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...blocks, ...spans].flatMap((line) => /^(?:\$ )?(?:npx )?(kontor [^#|>]+)/.exec(line)?.[1]?.trim() ?? []);
}

/** What a command line names that is not there. Words in capitals stand for the reader's own. */
function faultOf(line: string, program: Command): string | undefined {
  let command = program;
  for (const word of line.split(/\s+/).slice(1)) {
    if (word.startsWith('-')) {
      // A command without a subcommand takes the options of its default one.
      const options = [program, command, ...command.commands].flatMap((one) => one.options);
      const [name = ''] = word.split('=');
      if (name !== '--help' && !options.some(({ long, short }) => long === name || short === name)) return `there is no ${name}`;
    } else if (command.commands.length > 0 && word !== word.toUpperCase()) {
      const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
      if (!next) return `there is no ${word}`;
      command = next;
    }
  }
  return undefined;
}
