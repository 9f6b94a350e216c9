/** Where to resume: which files are done, and how far the one in hand was read. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cursor } from '../../src/connector/contract.ts';
import type { Position } from '../../src/connector/tabular/row.ts';
import type { ReadOptions } from './settings.ts';

export interface DoneFile {
  readonly size: number;
  readonly modifiedMs: number;
  readonly digest: string;
}

export interface FolderState {
  /** By name within the folder. A list in the stored cursor: file names are foreign and must not become property names. */
  readonly done: Map<string, DoneFile>;
  at: { readonly name: string; readonly digest: string; readonly position: Position } | undefined;
}

const storedCursor = z.object({
  reading: z.string(),
  done: z.array(z.tuple([z.string(), z.number(), z.number(), z.string()])),
  at: z.tuple([z.string(), z.string(), z.number(), z.number()]).optional(),
});

export function openCursor(cursor: Cursor | null, options: ReadOptions): FolderState {
  const stored = storedCursor.safeParse(cursor);
  // Files read in another way are not read yet.
  if (!stored.success || stored.data.reading !== digestOptions(options)) return { done: new Map(), at: undefined };
  return readStored(stored.data);
}

/** Files done, whatever options they were read with. */
export function doneFiles(cursor: Cursor): Map<string, DoneFile> {
  const stored = storedCursor.safeParse(cursor);
  return stored.success ? readStored(stored.data).done : new Map();
}

function readStored({ done, at }: z.infer<typeof storedCursor>): FolderState {
  return {
    done: new Map(done.map(([name, size, modifiedMs, digest]) => [name, { size, modifiedMs, digest }])),
    at: at && { name: at[0], digest: at[1], position: { sheet: at[2], row: at[3] } },
  };
}

/** Makes cursors of a state as it changes. While a file is being read, the list of those done stays the same. */
export function cursorWriter(options: ReadOptions): (state: FolderState) => Cursor {
  const reading = digestOptions(options);
  const listOf = ({ done }: FolderState) => [...done].map(([name, { size, modifiedMs, digest }]) => [name, size, modifiedMs, digest]);
  let during: { name: string; list: ReturnType<typeof listOf> } | undefined;
  return (state) => {
    const { at } = state;
    if (!at) return { reading, done: listOf(state) };
    if (during?.name !== at.name) during = { name: at.name, list: listOf(state) };
    return { reading, done: during.list, at: [at.name, at.digest, at.position.sheet, at.position.row] };
  };
}

/** `files` is left out: taking one more file in does not change how the others are read. */
function digestOptions({ files: _, ...options }: ReadOptions): string {
  const ordered = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(ordered)).digest('base64url').slice(0, 16);
}
