/** Moves files into the archive once every entity that reads them is done with them. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import type { Cursor, Session } from '../../src/connector/contract.ts';
import { digestFile, type FoundFile, isInside, listFiles, openFolder } from '../../src/connector/files.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import { doneFiles } from './cursor.ts';
import type { ReadOptions, SpreadsheetSettings } from './settings.ts';

/** The archive's path, if one is configured. It may lie inside the folder, never around it. */
export function archiveFolder({ baseFolder, config }: Session<SpreadsheetSettings>): string | undefined {
  if (config.archive === undefined) return undefined;
  const archive = path.resolve(baseFolder, config.archive);
  if (!isInside(path.resolve(baseFolder, config.folder), archive)) return archive;
  throw new NeedsOperatorError(
    'CONFIG_INVALID',
    `\`archive\` (${config.archive}) holds \`folder\` (${config.folder}); name another folder`,
  );
}

export async function archiveDoneFiles(
  session: Session<SpreadsheetSettings>,
  read: ReadonlyArray<{ options: unknown; cursor: Cursor }>,
): Promise<void> {
  const archive = archiveFolder(session);
  if (archive === undefined) return;
  const readers = read.map(({ options, cursor }) => {
    const { files } = options as ReadOptions;
    return { files, reads: picomatch(files, { nocase: true }), done: doneFiles(cursor) };
  });
  const root = await openFolder(session.baseFolder, session.config.folder);
  const patterns = readers.flatMap((reader) => reader.files);
  if (patterns.length === 0) return;
  const { files } = await listFiles(root, patterns, archive);
  for (const file of files) {
    session.signal.throwIfAborted();
    const digests = readers.filter((reader) => reader.reads(file.name)).map((reader) => reader.done.get(file.name)?.digest);
    const digest = digests[0];
    if (digest !== undefined && digests.every((other) => other === digest) && (await holds(file, digest))) {
      await moveFile(path.join(root, file.name), path.join(archive, file.name));
    }
  }
}

async function holds(file: FoundFile, digest: string): Promise<boolean> {
  const handle = await open(file.path, 'r');
  try {
    return (await digestFile(handle)) === digest;
  } finally {
    await handle.close();
  }
}

/** Never overwrites: `customers.csv` becomes `customers (2).csv` where one lies already. */
async function moveFile(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  const { dir, name, ext } = path.parse(to);
  for (let copy = 1; ; copy++) {
    const target = copy === 1 ? to : path.join(dir, `${name} (${copy})${ext}`);
    if (await place(from, target)) break;
  }
  await unlink(from);
}

/** False if something else lies there. Linking and copying exclusively, unlike renaming, tell. */
async function place(from: string, target: string): Promise<boolean> {
  try {
    await link(from, target);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return isSameFile(from, target);
    return copyExclusively(from, target);
  }
}

/** The archive lies on another disk, or on one that knows no links. */
async function copyExclusively(from: string, target: string): Promise<boolean> {
  try {
    await copyFile(from, target, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** We were stopped between linking and unlinking. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([stat(a), stat(b)]);
  return one.ino === other.ino && one.dev === other.dev;
}
