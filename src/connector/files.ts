/**
 * The folder jail: files a connector may read lie in one declared folder, and no pattern and no symbolic link leads out of it.
 */
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import { NeedsOperatorError } from '../errors.ts';
import type { Fault } from './contract.ts';

const DIGEST_CHUNK_BYTES = 1024 * 1024;

export interface FoundFile {
  /** Relative to the folder, with `/`. */
  readonly name: string;
  /** Free of symbolic links. */
  readonly path: string;
  readonly stats: Stats;
}

export interface Listing {
  /** In natural order of names: `part2` before `part10`. */
  readonly files: FoundFile[];
  readonly faults: Fault[];
}

/** The folder's real path. */
export async function openFolder(baseFolder: string, folder: string): Promise<string> {
  const wanted = path.resolve(baseFolder, folder);
  try {
    const real = await realpath(wanted);
    await readdir(real);
    return real;
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : `cannot be read (${(error as Error).message})`;
    throw new NeedsOperatorError('SOURCE_UNREADABLE', `the folder ${wanted} ${why}; create it, or correct \`folder\``, { cause: error });
  }
}

/** Files of the folder that match one of the patterns, outside `except` (a real path). Hidden files and locks of office programs are no data. */
export async function listFiles(root: string, patterns: readonly string[], except?: string): Promise<Listing> {
  for (const pattern of patterns) refuseOutsidePattern(pattern);
  const matches = picomatch([...patterns], { nocase: true });
  const deep = patterns.some((pattern) => pattern.includes('/') || pattern.includes('**'));
  const listing: Listing = { files: [], faults: [] };
  for (const entry of await readdir(root, { recursive: deep, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name);
    const name = path.relative(root, full).split(path.sep).join('/');
    if (isInside(full, except) || entry.name.startsWith('~$')) continue;
    if (entry.isSymbolicLink()) await followLink(root, full, name, matches(name), deep, listing);
    else if (entry.isFile() && matches(name)) await addFile(full, name, listing);
  }
  listing.files.sort((a, b) => compareNames(a.name, b.name));
  return listing;
}

function refuseOutsidePattern(pattern: string): void {
  if (!path.isAbsolute(pattern) && !path.win32.isAbsolute(pattern) && !pattern.split(/[/\\{},]/).includes('..')) return;
  throw new NeedsOperatorError(
    'SOURCE_OUTSIDE_FOLDER',
    `the pattern "${pattern}" leads out of the declared folder; patterns are relative to \`folder\`, declare another folder to read from there`,
  );
}

/** A link to a file inside is that file; a link to a folder is never followed, since what lies inside is found anyway. */
async function followLink(root: string, full: string, name: string, matched: boolean, deep: boolean, listing: Listing): Promise<void> {
  let target: string;
  let isFolder: boolean;
  try {
    target = await realpath(full);
    isFolder = (await stat(target)).isDirectory();
  } catch {
    if (matched)
      listing.faults.push(fault('SOURCE_UNREADABLE', name, `${name} is a symbolic link to nothing; remove it, or restore its target`));
    return;
  }
  if (!isInside(target, root) && (matched || (isFolder && deep))) {
    listing.faults.push(
      fault(
        'SOURCE_OUTSIDE_FOLDER',
        name,
        `${name} is a symbolic link out of the declared folder; put the file itself there, or declare the other folder`,
      ),
    );
  } else if (matched && !isFolder) await addFile(target, name, listing);
}

async function addFile(full: string, name: string, listing: Listing): Promise<void> {
  try {
    listing.files.push({ name, path: full, stats: await stat(full) });
  } catch (error) {
    // Taken away since the folder was listed.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      listing.faults.push(fault('SOURCE_UNREADABLE', name, `${name} cannot be read: ${(error as Error).message}`));
    }
  }
}

export function isInside(full: string, folder: string | undefined): boolean {
  if (folder === undefined) return false;
  const relative = path.relative(folder, full);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

function fault(code: Fault['code'], file: string, message: string): Fault {
  return { code, origin: { file }, message };
}

const collator = new Intl.Collator('en', { numeric: true });

/** Total: names that collate alike are told apart by their characters. */
function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** Tells contents apart that share size and time. */
export async function digestFile(handle: FileHandle, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(DIGEST_CHUNK_BYTES);
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, DIGEST_CHUNK_BYTES, position);
    if (bytesRead === 0) return hash.digest('base64url');
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
