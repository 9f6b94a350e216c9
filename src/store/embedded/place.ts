/** Where the embedded server keeps its things. */
import { createHash, randomBytes } from 'node:crypto';
import { chown, link, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Account, canEnter, unprivilegedAccount } from './account.ts';

export interface Place {
  /** The folder Kontor was given, usually `.kontor`. */
  readonly folder: string;
  /** Holds everything the server must reach: the folder itself, or one outside it that its account can enter. */
  readonly base: string;
  /** Data and password; made as a whole or not at all. */
  readonly home: string;
  readonly data: string;
  readonly passwordFile: string;
  readonly log: string;
  readonly account: Account | null;
}

/** /var/lib before the temporary folders: those are swept by age, which would eat a living database file by file. */
const OUTSIDE = ['/var/lib', '/var/tmp', tmpdir()];

/**
 * Usually everything lies in the folder. When root works below a folder that the server's account cannot enter
 * (/root is such), the server's part moves to a folder outside, and `postgres.location` in the folder tells where.
 */
export async function findPlace(folder: string): Promise<Place> {
  await mkdir(folder, { recursive: true });
  const real = await realpath(folder);
  const account = await unprivilegedAccount();
  const base = (await readLocation(real)) ?? ((await canEnter(account, real)) ? real : await moveOut(real, account));
  const home = path.join(base, 'postgres');
  return {
    folder: real,
    base,
    home,
    data: path.join(home, 'data'),
    passwordFile: path.join(home, 'password'),
    log: path.join(real, 'postgres.log'),
    // Root keeps serving what another user began as that user.
    account: account && ((await ownerOf(home)) ?? account),
  };
}

/** Other outside folders made for the same folder: what is left when someone deleted `.kontor`. */
export async function abandonedBases(place: Place): Promise<string[]> {
  if (place.base === place.folder) return [];
  const parent = path.dirname(place.base);
  const siblings = (await readdir(parent)).filter((name) => name.startsWith(outsidePrefix(place.folder)));
  const others = siblings.map((name) => path.join(parent, name)).filter((sibling) => sibling !== place.base);
  // In a folder where all may write, a stranger could lay something for us to delete.
  const ours = await Promise.all(others.map(async (other) => [0, place.account?.uid].includes((await lstat(other)).uid)));
  return others.filter((_, at) => ours[at]);
}

async function readLocation(folder: string): Promise<string | null> {
  const file = path.join(folder, 'postgres.location');
  const base = await readFile(file, 'utf8').catch(() => null);
  if (base === null) return null;
  if (await stat(base).catch(() => null)) return base;
  await rm(file, { force: true });
  return null;
}

async function moveOut(folder: string, account: Account | null): Promise<string> {
  const base = await mkdtemp(path.join(await outsideParent(account), outsidePrefix(folder)));
  if (account) await chown(base, account.uid, account.gid);
  // A link is made only where none is, and shows the whole text at once: of two processes the first one decides.
  const draft = path.join(folder, `postgres.location.${randomBytes(6).toString('hex')}`);
  await writeFile(draft, base, { mode: 0o600 });
  const first = await link(draft, path.join(folder, 'postgres.location')).then(
    () => true,
    () => false,
  );
  await rm(draft);
  if (first) return base;
  await rm(base, { recursive: true });
  return (await readLocation(folder)) ?? moveOut(folder, account);
}

async function outsideParent(account: Account | null): Promise<string> {
  for (const parent of OUTSIDE) {
    const usable = (await stat(parent).catch(() => null)) && (await canEnter(account, parent));
    if (usable) return parent;
  }
  return tmpdir();
}

function outsidePrefix(folder: string): string {
  return `kontor-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}-`;
}

async function ownerOf(home: string): Promise<Account | null> {
  const found = await stat(home).catch(() => null);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : null;
}
