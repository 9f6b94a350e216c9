/** `npm run new:connector` in a copy of the project: what it writes passes the suite before a line of it is changed. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const COPIED = ['src', 'connectors', 'scripts', 'test/connector-contract.ts', 'test/contract', 'test/support/wait.ts', 'test/simulator']
  .concat(['test/connectors/template.test.ts', 'package.json', 'tsconfig.json', 'biome.json']); // biome-ignore format: one list

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'kontor-new-connector-'));
  for (const path of COPIED) await cp(join(root, path), join(copy, path), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  // The suite needs no database, so none is started.
  await writeFile(join(copy, 'vitest.config.ts'), "export default { test: { include: ['test/**/*.test.ts'], testTimeout: 120_000 } };\n");
});
afterAll(() => rm(copy, { recursive: true, force: true }));

interface Ended {
  code: number;
  output: string;
}

function run(script: string, ...args: string[]): Promise<Ended> {
  const { PATH, HOME } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, [join(copy, script), ...args], { cwd: copy, env: { PATH, HOME, NO_COLOR: '1' } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
  });
}

const page = (path: string) => readFile(join(copy, path), 'utf8');

describe('npm run new:connector', () => {
  it('writes a connector, its simulator and its test, which compile, are formatted and pass', async () => {
    const written = await run('scripts/new-connector.mjs', 'acme-erp');
    expect(written).toMatchObject({ code: 0 });
    const files = ['connectors/acme-erp', 'connectors/index.ts', 'test/simulator/dialects/acme-erp.ts', 'test/connectors/acme-erp.test.ts'];
    const checked = await run('node_modules/@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false', ...files);
    expect(checked.output).toContain('No fixes applied');
    expect(checked.code).toBe(0);
    const compiled = await run('node_modules/typescript/bin/tsc', '--noEmit');
    expect(compiled.output).not.toMatch(/acme-erp/);
    const suite = await run('node_modules/vitest/vitest.mjs', 'run', 'test/connectors/acme-erp.test.ts');
    expect(suite.output).toMatch(/Tests {2}\d{2,} passed \(\d+\)/);
    expect(suite.code).toBe(0);
  }, 600_000);

  it('enters it where connectors are listed, in their order', async () => {
    expect(await page('connectors/index.ts')).toMatch(/import \{ acmeErp \} from '\.\/acme-erp\/index\.ts';\nimport/);
    expect(await page('connectors/index.ts')).toMatch(/AnyConnector\[\] = \[\s*acmeErp,/);
    expect(await page('connectors/README.md')).toMatch(/\|---\|---\|---\|\n\| \[acme-erp\]\(acme-erp\/README\.md\) \|/);
    expect(await page('connectors/acme-erp/index.ts')).toContain("name: 'acme-erp'");
  });

  it.each([
    ['a name it cannot be', 'Acme ERP', 'small letters'],
    ['a word of the language', 'delete', 'a word of the language'],
    ['one that is there', 'spreadsheet', 'is there already'],
  ])('refuses %s', async (_, name, why) => {
    const ended = await run('scripts/new-connector.mjs', name);
    expect(ended.output).toContain(why);
    expect(ended.code).toBe(1);
  });
});
