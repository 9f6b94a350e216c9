import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { read, utils } from 'xlsx';
import { connectors } from '../connectors/index.ts';
import { loadSettings } from '../src/config/load-settings.ts';
import { SecretValues } from '../src/config/secrets.ts';

const root = join(import.meta.dirname, '..');

/** What a person would see; how well it is compressed differs between versions of Node.js. */
async function contentOf(folder: string) {
  const names = (await readdir(folder)).sort();
  const contents = names.map(async (name) => {
    const bytes = await readFile(join(folder, name));
    if (name.endsWith('.csv')) return [name, bytes.toString('latin1')];
    const { SheetNames, Sheets } = read(bytes);
    return [name, SheetNames.map((sheet) => [sheet, utils.sheet_to_csv(Sheets[sheet] ?? {})])];
  });
  return Promise.all(contents);
}

it('makes the samples again as they are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-examples-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await promisify(execFile)(process.execPath, [join(root, 'scripts/make-examples.mjs'), folder]);
  expect(await contentOf(folder)).toEqual(await contentOf(join(root, 'examples/data')));
});

it('has a configuration of the samples that can be used as it stands', async () => {
  const file = join(root, 'examples/kontor.yaml');
  const { connections } = await loadSettings({ file, env: {}, cwd: root, connectors, secrets: new SecretValues() });
  expect([...connections.values()].map(({ name, entities }) => [name, entities.map(({ entity }) => entity)])).toEqual([
    ['sheets', ['account', 'contact', 'address', 'price', 'stock']],
    ['erp', []],
  ]);
});
