import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { connectors } from '../../connectors/index.ts';
import { editorSchema } from '../../src/config/editor-schema.ts';
import { ENVIRONMENT } from '../../src/config/environment.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import { sampleFile } from '../../src/config/sample-file.ts';

const root = join(import.meta.dirname, '../..');
const page = (path: string) => readFile(join(root, path), 'utf8');

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'kontor-schema-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

/** What an editor would say about a text. */
async function isValidInEditor(yaml: string): Promise<boolean> {
  const schema = z.fromJSONSchema(JSON.parse(await page('kontor.schema.json')));
  return schema.safeParse(parse(yaml)).success;
}

describe('the JSON schema for editors', () => {
  it('is the committed kontor.schema.json; `npx vitest run test/config -u` renews it', async () => {
    await expect(`${JSON.stringify(editorSchema(connectors), null, 2)}\n`).toMatchFileSnapshot('../../kontor.schema.json');
  });

  it('takes what loadSettings takes, secrets included', async () => {
    expect(await isValidInEditor(await page('examples/kontor.yaml'))).toBe(true);
    expect(await isValidInEditor(sampleFile())).toBe(true);
    expect(await isValidInEditor('database: { url: { command: [vault, read, x] } }')).toBe(true);
    expect(await isValidInEditor(`redis: { url: "rediss://:\${REDIS_PASSWORD}@cache", tls: { ca: { file: ca.pem } } }`)).toBe(true);
  });

  it.each([
    ['a key nobody knows', 'workers: {}'],
    ['an unknown connector', 'connections: { a: { connector: nothing, entities: { account: {} } } }'],
    [
      'a setting the connector does not know',
      'connections: { a: { connector: spreadsheet, settings: { foldr: x }, entities: { account: {} } } }',
    ],
    [
      'a read option the connector does not know',
      'connections: { a: { connector: spreadsheet, settings: { folder: x }, entities: { account: { read: { files: a.csv, fils: 1 } } } } }',
    ],
    [
      'a connection name with blanks',
      'connections: { "my erp": { connector: spreadsheet, settings: { folder: x }, entities: { account: {} } } }',
    ],
  ])('refuses %s', async (_title, yaml) => {
    expect(await isValidInEditor(yaml)).toBe(false);
  });

  it('describes every key that people write, so that hovering explains it', () => {
    const undescribed: string[] = [];
    const walk = (node: unknown, path: string) => {
      const { properties = {} } = (node ?? {}) as { properties?: Record<string, { description?: string }> };
      for (const [key, child] of Object.entries(properties)) {
        if (!child.description && !path.includes('/read') && !path.includes('/settings')) undescribed.push(`${path}/${key}`);
        walk(child, `${path}/${key}`);
      }
    };
    const schema = editorSchema(connectors) as { definitions: Record<string, unknown> };
    walk(schema, '');
    for (const [name, definition] of Object.entries(schema.definitions)) walk(definition, name);
    expect(undescribed).toEqual([]);
  });
});

describe('the file that `kontor init` writes', () => {
  it('loads as it stands, and with everything it comments out', async () => {
    const text = sampleFile();
    const all = text.replace(
      /^( *)# (?=(redis| {2}url|schedule| {2}cron| {2}zone| {2}catchUp|guards|parent|payment|creditL|currency|contact|address| {2}read| {2}mapping)\b)/gm,
      '$1',
    );
    for (const [name, yaml] of [
      ['as-it-stands', text],
      ['everything', all],
    ] as const) {
      await writeFile(join(cwd, `${name}.yaml`), yaml);
      const settings = await loadSettings({ file: `${name}.yaml`, env: { DATABASE_PASSWORD: 'x' }, cwd, connectors });
      expect([...settings.connections.keys()]).toEqual(['customers']);
    }
    const everything = await loadSettings({ file: 'everything.yaml', env: { DATABASE_PASSWORD: 'x' }, cwd, connectors });
    expect(everything.connections.get('customers')?.entities.map(({ entity }) => entity)).toEqual(['account', 'contact', 'address']);
    expect(everything).toMatchObject({ redis: { url: 'redis://localhost:6379' } });
  });

  it('points editors to the schema', () => {
    expect(sampleFile().split('\n')[0]).toBe('# yaml-language-server: $schema=./node_modules/kontor/kontor.schema.json');
  });
});

describe('docs/configuration.md', () => {
  it('tells every environment variable with its setting', async () => {
    const text = await page('docs/configuration.md');
    const rows = ENVIRONMENT.map(({ name, path, about }) => `| \`${name}\` | ${path ? `\`${path.join('.')}\`` : ''} | ${about} |`);
    expect(rows.filter((row) => !text.includes(row))).toEqual([]);
  });
});
